"""Writes the same attention as pages of BertViz and of this project's package: `python notebook.py FOLDER LAYERS HEADS TOKENS`.

`head_view` and `model_view` with the same arguments.
"""

import sys
from pathlib import Path

import attention_explorer
import bertviz
import torch

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    layers, heads, length = map(int, sys.argv[2:5])
    torch.manual_seed(0)
    attention = [torch.randn(1, heads, length, length).mul(2).softmax(-1) for _ in range(layers)]
    tokens = [f"token{i}" for i in range(length)]
    for name, package in (("bertviz", bertviz), ("own", attention_explorer)):
        for view in ("head_view", "model_view"):
            markup = getattr(package, view)(attention, tokens, html_action="return").data
            page = f'<!doctype html><meta charset="utf-8"><title>{view}</title><body>{markup}</body>'
            (folder / f"{name}-{view}.html").write_text(page, encoding="utf-8")
