"""How models of transformers read an image: what in them reads it, and which of their tokens are its patches."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from attention_explorer.trace import Site, Tokens


def takes(module: Any, name: str) -> bool:
    """Whether a module's forward names an argument."""
    return name in inspect.signature(module.forward).parameters


def reader_of(model: Any) -> tuple[str, Any]:
    """Path and module of what reads an image and nothing else: the model itself (""), or its tower for images.

    Raises ValueError where there is none, as in models that read patches and words in one row.
    """
    both = getattr(getattr(model, "config", None), "is_encoder_decoder", False)
    for path, module in model.named_modules():
        alone = takes(module, "pixel_values") and not takes(module, "input_ids")
        if alone and hasattr(module, "config") and not (both and module is model):
            return path, module
    raise ValueError(f"no image: nothing in {type(model).__name__} reads pixel_values alone")


def inputs_for(reader: Any, inputs: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    """What it is given of the first image; a tower (not `whole`) only what it takes. Raises ValueError for what is no image."""
    pixels = inputs["pixel_values"]
    shape = list(getattr(pixels, "shape", ()))
    if not hasattr(pixels, "detach"):
        raise ValueError(f"bad pixel_values: {type(pixels).__name__}; call the processor with return_tensors='pt'")
    if len(shape) != 4:
        raise ValueError(
            f"bad pixel_values: {shape} instead of [images, channels, height, width]; frames of a video, and patches that"
            f" are cut before {type(reader).__name__} reads them, can't be laid over an image"
        )
    if getattr(getattr(reader, "config", None), "model_type", "") == "vit_mae":
        raise ValueError(
            f"patches in random order: {type(reader).__name__} shuffles and hides them; load its weights as the model that it"
            " was trained for, such as ViTModel"
        )
    first = {
        key: value[:1] if getattr(value, "shape", ())[:1] == pixels.shape[:1] else value for key, value in inputs.items()
    }
    return first if whole else {key: value for key, value in first.items() if takes(reader, key)}


@dataclass
class Convolution:
    """What one did in a pass: pixels of a patch, from one to the next, and around the image; sizes that came and went."""

    kernel: Sequence[int]
    stride: Sequence[int]
    padding: Any
    taken: Sequence[int]
    made: Sequence[int]


@contextmanager
def convolutions_in(reader: Any) -> Iterator[list[Convolution]]:
    """Those that run meanwhile, in their order."""
    import torch

    heard: list[Convolution] = []

    def hear(module: Any, given: Any, out: Any) -> None:
        sizes = [tuple(int(n) for n in x.shape[-2:]) for x in (given[0], out)]
        heard.append(Convolution(module.kernel_size, module.stride, module.padding, *sizes))

    hooks = [m.register_forward_hook(hear) for m in reader.modules() if isinstance(m, torch.nn.Conv2d)]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


@dataclass
class Patches:
    """Rows and columns of patches, the token of the first one, and pixels from one to the next, down and across."""

    rows: int
    columns: int
    first: int
    step: tuple[int, int]


def patches_of(
    reader: Any, size: tuple[int, int], convolutions: Sequence[Convolution], sites: Sequence[Site]
) -> tuple[Tokens, Patches]:
    """The tokens of an image of `size` (height, width), named as the app names them, and where in them its patches are.

    They are those of the convolution that took the image. Raises ValueError where tokens aren't patches side by side.
    """
    name = type(reader).__name__
    cut = next((each for each in convolutions if tuple(each.taken) == size), None)
    if cut is None:
        raise ValueError(f"no patches: no convolution of {name} takes the image as it is")
    padded = cut.padding not in (0, (0, 0), "valid")
    if padded or tuple(cut.kernel) != tuple(cut.stride):
        raise ValueError(f"no patches: those of {name} overlap, or reach over the edge")
    for site in sites:
        rows, columns = site.attention.shape[1:]
        if rows != columns:
            raise ValueError(f"no patches: in layer {site.layer} of {name} {rows} tokens look at {columns} others")
    counts = sorted({site.attention.shape[1] for site in sites}, reverse=True)
    if len(counts) > 1:
        raise ValueError(f"no patches: layers of {name} have {' and '.join(map(str, counts))} tokens")
    down, across = cut.made
    others = counts[0] - down * across
    if others < 0:
        raise ValueError(f"no patches: {name} has {counts[0]} tokens for {down} x {across} of them")
    before, behind = _others(reader, others)
    names = [f"r{row + 1}c{column + 1}" for row in range(down) for column in range(across)]
    special = [True] * len(before) + [False] * len(names) + [True] * len(behind)
    patches = Patches(down, across, len(before), (int(cut.stride[0]), int(cut.stride[1])))
    return Tokens([*before, *names, *behind], special=special), patches


def _others(reader: Any, count: int) -> tuple[list[str], list[str]]:
    """Tokens that stand for no patch: before the patches, or behind them where they are queries of a detector."""
    detects = min(count, getattr(reader.config, "num_detection_tokens", 0))
    distilled = any(name.endswith("distillation_token") for name, _ in reader.named_parameters())
    named = ["[CLS]", *(["[DIST]"] if distilled else [])]
    before = [named[i] if i < len(named) else f"[REG{i}]" for i in range(count - detects)]
    return before, [f"[DET{i + 1}]" for i in range(detects)]
