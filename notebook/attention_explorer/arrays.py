"""Tensors of any library as NumPy arrays, and attention as models return it as one array a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def array(value: Any) -> np.ndarray:
    """A tensor of NumPy, PyTorch (on any device, bfloat16 included), JAX or TensorFlow, as float32."""
    for step in ("detach", "float", "cpu"):  # of PyTorch; `float` because NumPy has no bfloat16
        if hasattr(value, step):
            value = getattr(value, step)()
    return np.asarray(value, dtype=np.float32)


def layers(attention: Sequence[Any], name: str) -> list[np.ndarray]:
    """Attention as a model returns it, as one [H, Tq, Tk] a layer.

    One tensor [1, H, Tq, Tk] or [H, Tq, Tk] a layer; layers that are None are left out. What `generate` returns, a
    tuple of such tuples with one for each step, is put together: rows one below the other, keys that a step didn't have as 0.
    """
    if len(attention) == 0:
        raise ValueError(f"no attention: {name} is empty; call the model with output_attentions=True")
    if isinstance(attention[0], (tuple, list)):
        return _generated(attention, name)
    return [_one(layer, f"{name}[{i}]") for i, layer in enumerate(attention) if layer is not None]


def _one(value: Any, name: str) -> np.ndarray:
    weights = array(value)
    if weights.ndim == 4 and weights.shape[0] == 1:
        weights = weights[0]
    if weights.ndim == 4:
        raise ValueError(f"more than one text: {name} has {weights.shape[0]} rows; give one, such as {name}[i:i + 1]")
    if weights.ndim != 3:
        raise ValueError(f"bad shape: {name} is {list(weights.shape)}, not [heads, queries, keys]")
    return weights


def _generated(steps: Sequence[Sequence[Any]], name: str) -> list[np.ndarray]:
    count = len(steps[0])
    result = []
    for layer in range(count):
        parts = [_one(step[layer], f"{name}[{i}][{layer}]") for i, step in enumerate(steps)]
        keys = max(part.shape[2] for part in parts)
        padded = [np.pad(part, ((0, 0), (0, 0), (0, keys - part.shape[2]))) for part in parts]
        result.append(np.concatenate(padded, axis=1))
    return result
