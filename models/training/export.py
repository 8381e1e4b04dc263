"""Stock ONNX exports (by Optimum) of a trained network, and the same with weights in half precision."""

import shutil
import tempfile
from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16
from optimum.exporters.onnx import main_export

HUB_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
)


def export(trained: Path, task: str, full: Path, shipped: Path) -> None:
    """Exports the folder `trained`: float32 to `full`, and the hub's layout with float16 weights to `shipped`."""
    with tempfile.TemporaryDirectory() as temporary:
        main_export(str(trained), temporary, task=task, do_validation=True, no_post_process=False)
        full.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(temporary) / "model.onnx", full / "model.onnx")
        (shipped / "onnx").mkdir(parents=True, exist_ok=True)
        for name in HUB_FILES:
            if (Path(temporary) / name).exists():
                shutil.copy(Path(temporary) / name, shipped / name)
    half = convert_float_to_float16(onnx.load(full / "model.onnx"), keep_io_types=True, op_block_list=[])
    onnx.save(half, shipped / "onnx" / "model_fp16.onnx")
