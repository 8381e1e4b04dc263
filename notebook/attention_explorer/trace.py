"""What was computed, and the file that it is written to: safetensors with a description in its metadata."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Optional, Union

import numpy as np

Kind = Literal["encoder", "decoder", "cross"]
Stack = Literal["encoder", "decoder"]
Precision = Literal["float32", "float16", "uint8"]

FORMAT, VERSION = "attention-explorer-trace", "1"

#: Whose tokens look, and whose are looked at.
SIDES: Mapping[Kind, tuple[Stack, Stack]] = {
    "encoder": ("encoder", "encoder"),
    "decoder": ("decoder", "decoder"),
    "cross": ("decoder", "encoder"),
}


@dataclass
class Tokens:
    """The tokens of an encoder or a decoder, as the vocabulary spells them."""

    tokens: Sequence[str]
    ids: Optional[Sequence[int]] = None
    #: 0 for the first text, 1 for the second of a pair.
    segments: Optional[Sequence[int]] = None
    special: Optional[Sequence[bool]] = None

    def __len__(self) -> int:
        return len(self.tokens)

    def described(self) -> dict[str, Any]:
        parts = {
            "tokens": [str(token) for token in self.tokens],
            "ids": self.ids and [int(i) for i in self.ids],
            "segments": self.segments and [int(s) for s in self.segments],
            "special": self.special and [bool(s) for s in self.special],
        }
        return {name: value for name, value in parts.items() if value is not None}


@dataclass
class Site:
    """Attention of one layer: probabilities [H, Tq, Tk], and where they are known queries [H, Tq, d] and keys [Hkv, Tk, d]."""

    attention: np.ndarray
    kind: Kind = "encoder"
    layer: Optional[int] = None
    queries: Optional[np.ndarray] = None
    keys: Optional[np.ndarray] = None


@dataclass
class Image:
    """The image as the model saw it, uint8 [height, width, 3], and how its patches are tokens: row by row, from `first` on."""

    pixels: np.ndarray
    rows: int
    columns: int
    #: The token of the first patch; those before it, such as [CLS], stand for none.
    first: int = 1
    #: From one patch to the next in pixels, down and across; patches fill the image where it isn't given.
    step: Optional[tuple[int, int]] = None
    name: str = "image"

    def steps(self) -> tuple[int, int]:
        height, width = self.pixels.shape[:2]
        return self.step or (height // self.rows, width // self.columns)

    def check(self, tokens: int) -> None:
        """Raises ValueError where it isn't an image, or patches don't fit it or the tokens."""
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ValueError(f"no image: {pixels.dtype} {list(pixels.shape)} instead of uint8 [height, width, 3]")
        if self.rows < 1 or self.columns < 1:
            raise ValueError(f"no patches: {self.rows} x {self.columns}")
        down, across = self.steps()
        height, width = pixels.shape[:2]
        if down < 1 or across < 1 or down * self.rows > height or across * self.columns > width:
            raise ValueError(f"patches don't fit: {self.rows} x {self.columns} of {down} x {across} in {height} x {width}")
        if self.first < 0 or self.first + self.rows * self.columns > tokens:
            raise ValueError(
                f"lengths differ: {self.rows} x {self.columns} patches from token {self.first} on, of {tokens} tokens"
            )

    def described(self) -> dict[str, Any]:
        height, width = self.pixels.shape[:2]
        return {
            "name": self.name,
            "width": width,
            "height": height,
            "rows": self.rows,
            "columns": self.columns,
            "step": list(self.steps()),
            "first": self.first,
        }


@dataclass
class Trace:
    """One pass of a model. Tokens by stack; a model with one stack has that of its kind of attention."""

    sites: Sequence[Site]
    tokens: Mapping[Stack, Tokens]
    name: str = "trace"
    architecture: Optional[str] = None
    #: Attributions computed elsewhere: {method: one value a token}, of the stack that looks last.
    attributions: Mapping[str, Sequence[float]] = field(default_factory=dict)
    #: The image whose patches the tokens of an encoder are.
    image: Optional[Image] = None
    #: What a reader should know: what was rounded or left out.
    notes: list[str] = field(default_factory=list)
    #: What a classifier tells apart, by number.
    labels: Optional[Sequence[str]] = None

    def check(self) -> None:
        """Raises ValueError where sizes don't fit, naming what is wrong."""
        if not self.sites:
            raise ValueError("no attention: the trace has no sites")
        for i, site in enumerate(self.sites):
            query, key = SIDES[site.kind]
            for stack in (query, key):
                if stack not in self.tokens:
                    raise ValueError(f"no tokens: {site.kind} attention of site {i} needs those of the {stack}")
            rows, columns = len(self.tokens[query]), len(self.tokens[key])
            shape = site.attention.shape
            if len(shape) != 3 or shape[1:] != (rows, columns):
                raise ValueError(
                    f"lengths differ: attention of site {i} is {list(shape)}, but there are {rows} tokens that look"
                    f" and {columns} that are looked at"
                )
            for name, part, length in (("queries", site.queries, rows), ("keys", site.keys, columns)):
                if part is not None and (part.ndim != 3 or part.shape[1] != length):
                    raise ValueError(f"lengths differ: {name} of site {i} are {list(part.shape)} for {length} tokens")
            if (site.queries is None) != (site.keys is None):
                raise ValueError(f"queries without keys, or keys without queries: site {i}")
            if site.queries is not None and site.queries.shape[0] != shape[0]:
                raise ValueError(f"heads differ: site {i} has {shape[0]} of attention, {site.queries.shape[0]} of queries")

        if self.image is not None:
            if set(self.tokens) != {"encoder"}:
                raise ValueError("an image is of an encoder's tokens alone")
            self.image.check(len(self.tokens["encoder"]))

    def to_bytes(self, precision: Precision = "float16") -> bytes:
        """As a safetensors file. Attention is rounded to `precision`; queries and keys to float16 at most."""
        self.check()
        tensors: dict[str, np.ndarray] = {}
        for i, site in enumerate(self.sites):
            tensors[f"attention.{i}"] = _rounded(site.attention, precision)
            if site.queries is not None and site.keys is not None:
                other = "float32" if precision == "float32" else "float16"
                tensors[f"queries.{i}"] = _rounded(site.queries, other)
                tensors[f"keys.{i}"] = _rounded(site.keys, other)
        if self.image is not None:
            tensors["image"] = np.ascontiguousarray(self.image.pixels)
        about = json.dumps(self.described(), ensure_ascii=False)
        return _safetensors(tensors, {"format": FORMAT, "version": VERSION, "about": about})

    def described(self) -> dict[str, Any]:
        """The description that stands in the file."""
        counts = {kind: 0 for kind in SIDES}
        sites = []
        for site in self.sites:
            layer = counts[site.kind] if site.layer is None else site.layer
            counts[site.kind] += 1
            shared = site.attention.shape[0] if site.keys is None else site.keys.shape[0]
            sites.append({"layer": layer, "kind": site.kind, "heads": site.attention.shape[0], "kvHeads": shared})
        stack = SIDES[self.sites[-1].kind][0]
        return {
            "model": {"name": self.name, "architecture": self.architecture, "labels": self.labels and list(self.labels)},
            "tokens": {stack: tokens.described() for stack, tokens in self.tokens.items()},
            "sites": sites,
            "attributions": [
                {"method": method, "stack": stack, "values": [float(v) for v in values]}
                for method, values in self.attributions.items()
            ],
            **({"image": self.image.described()} if self.image is not None else {}),
        }


def save_trace(trace: Trace, path: Union[str, Path], precision: Precision = "float32") -> Path:
    """Writes a trace that Attention Explorer opens: drop it on the page, or name its address in a link."""
    path = Path(path)
    path.write_bytes(trace.to_bytes(precision))
    return path


def _rounded(values: np.ndarray, precision: Precision) -> np.ndarray:
    if precision == "uint8":
        return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(values, dtype=np.float16 if precision == "float16" else np.float32)


_NAMES = {np.dtype(np.float32): "F32", np.dtype(np.float16): "F16", np.dtype(np.uint8): "U8"}


def _safetensors(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    # Widest elements first, so that all are aligned.
    ordered = sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize)
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    for name, values in ordered:
        header[name] = {
            "dtype": _NAMES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [at, at + values.nbytes],
        }
        at += values.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    little = [values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes() for _, values in ordered]
    return struct.pack("<Q", len(text)) + text + b"".join(little)
