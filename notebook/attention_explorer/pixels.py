"""The image as a model saw it, out of the numbers that it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from attention_explorer.arrays import array

#: Mean and deviation of channels by which processors of transformers normalise images, and the ranges 0 to 1 and 0 to 255.
CUSTOMARY: Sequence[tuple[Sequence[float], Sequence[float]]] = (
    ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),  # ImageNet's
    ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),  # CLIP's
    ((0, 0, 0), (1, 1, 1)),
    ((0, 0, 0), (1 / 255, 1 / 255, 1 / 255)),
)

#: How far from whole numbers pixels of 8 bits may be that were normalised in half precision.
WHOLE = 0.1


def pixels_of(given: Any, processor: Any = None, image: Any = None) -> tuple[np.ndarray, list[str]]:
    """uint8 [height, width, 3] of pixel_values [channels, height, width], and what a reader should know of them.

    With the processor its normalisation is undone; an `image` of the same size stands for itself. With neither, the customary
    normalisation is undone by which all pixels are whole numbers from 0 to 255; where there is none, values are spread from the
    lowest to the highest, and a note says so. Raises ValueError for an image of another size, and where channels aren't colours.
    """
    values = array(given).astype(np.float64).transpose(1, 2, 0)
    if image is not None:
        return _same_size(image, values.shape[:2]), []
    if values.shape[2] not in (1, 3):
        raise ValueError(f"bad pixel_values: {values.shape[2]} channels aren't colours; pass image=, as the model saw it")
    if processor is not None:
        found, notes = _undone(values, processor)
    else:
        found, notes = _customary(values)
    whole = np.rint(np.clip(found, 0, 255)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(whole, (*whole.shape[:2], 3))), notes


def _same_size(image: Any, size: tuple[int, ...]) -> np.ndarray:
    found = np.asarray(image.convert("RGB") if hasattr(image, "convert") else image)
    if found.dtype != np.uint8 or found.shape != (*size, 3):
        raise ValueError(
            f"bad image: {found.dtype} {list(found.shape)}, but the model saw {list(size)}: pass what it saw, uint8"
            " [height, width, 3], or the processor instead"
        )
    return found


def _undone(values: np.ndarray, processor: Any) -> tuple[np.ndarray, list[str]]:
    processor = getattr(processor, "image_processor", processor)
    if not hasattr(processor, "image_mean"):
        raise ValueError(f"no image processor: {type(processor).__name__} has no image_mean")
    if getattr(processor, "do_normalize", True):
        values = values * np.asarray(processor.image_std) + np.asarray(processor.image_mean)
    if getattr(processor, "do_rescale", True):
        values = values / processor.rescale_factor
    elif values.max() <= 1.5:  # not rescaled here, but before
        values = values * 255
    low, high = values.min(), values.max()
    if low < -0.5 or high > 255.5:
        return values, [f"Pixels reach from {low:.0f} to {high:.0f} by this processor, and are cut to 0 to 255."]
    return values, []


def _customary(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    fitting: list[tuple[float, np.ndarray]] = []
    for mean, std in CUSTOMARY:
        channels = values.shape[2]  # of one channel, the mean of the first is as good as any
        found = (values * np.asarray(std[:channels]) + np.asarray(mean[:channels])) * 255
        off = float(np.abs(found - np.rint(found)).max())
        if off < WHOLE and found.min() > -0.5 and found.max() < 255.5:
            fitting.append((off, found))
    if fitting:
        return min(fitting, key=lambda each: each[0])[1], []
    low, high = values.min(), values.max()
    note = "How the image was normalised isn't known, so it is drawn from its lowest value to its highest: pass processor=."
    return (values - low) / (high - low or 1) * 255, [note]
