"""One pass of a PyTorch model of transformers, with its attention, and its queries and keys where they can be had.

Models that call an exchangeable attention function (most since transformers 4.48) are given one that records, and hand
on each layer's tensors as they come, so that no more than one layer's attention lies on a device at a time: models of
any size and placement. Others are asked for `output_attentions`, and their query and key projections are listened to.

Of a model that reads images the convolution that cuts them is listened to as well: it says where each token lies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Optional

import numpy as np

from attention_explorer.arrays import array
from attention_explorer.pixels import pixels_of
from attention_explorer.texts import tokens_of, without_padding
from attention_explorer.trace import Image, Kind, Site, Trace
from attention_explorer.vision import convolutions_in, inputs_for, patches_of, reader_of, takes

NAME = "attention_explorer"

#: Names of the linear layers that make queries and keys, in models without an exchangeable attention function.
PROJECTIONS = (("query", "key"), ("q_lin", "k_lin"), ("q_proj", "k_proj"), ("query_proj", "key_proj"), ("q", "k"))

#: The module in such models that makes what is added to the scores of its own layer, or of all that are within its parent.
BIAS = "relative_position_bias"

#: How far softmax of what was heard may be from the attention that was returned.
TOLERANCE = 1e-3


def capture(
    model: Any,
    inputs: Mapping[str, Any],
    *,
    tokenizer: Any = None,
    processor: Any = None,
    image: Any = None,
    name: Optional[str] = None,
) -> Trace:
    """Runs `model(**inputs)` once, without gradients, and returns what happened as a trace of the first text or image.

    `inputs`: as a tokenizer or an image processor returns them (a text, a pair of texts, an image); moved to the model's own
    device. Padding of the first text is left out. With the tokenizer, tokens read as its vocabulary spells them, else as their
    numbers. An image is drawn from `pixel_values`, as `pixels_of` says: best with the `processor`, or give it as `image`. Of a
    model with towers for images and texts the one for images runs. Raises ValueError where no attention comes out, and where an
    image's tokens aren't its patches, as in models that look within windows.
    """
    import torch

    sees = "pixel_values" in inputs
    path, reader = reader_of(model) if sees else ("", model)
    mine = inputs_for(reader, inputs, whole=reader is model) if sees else inputs
    device = next(reader.parameters()).device
    given = {key: value.to(device) if hasattr(value, "to") else value for key, value in mine.items()}
    name = name or getattr(model.config, "_name_or_path", "") or type(model).__name__
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad(), (convolutions_in(reader) if sees else nullcontext([])) as convolutions:
            recorded = _recorded(reader, given)
            sites, notes = recorded if recorded else _returned(reader, given)
    finally:
        model.train(was_training)
    if not sites:
        raise ValueError(f"no attention: {type(reader).__name__} returned none")
    trace = Trace(sites, {}, name=name, architecture=type(model).__name__, labels=_labels(reader), notes=notes)
    if sees:
        pixels, more = pixels_of(mine["pixel_values"][0], processor, image)
        tokens, patches = patches_of(reader, pixels.shape[:2], convolutions, sites)
        trace.tokens = {"encoder": tokens}
        trace.image = Image(pixels, patches.rows, patches.columns, patches.first, patches.step)
        trace.notes += more
        if path:
            trace.notes.append(f"This is {path} of {type(model).__name__} alone: the part of it that reads images.")
    else:
        trace.tokens = tokens_of(model, given, sites, tokenizer)
        without_padding(trace, given)
    trace.check()
    return trace


def _labels(model: Any) -> Optional[list[str]]:
    """Of a classifier."""
    names = getattr(model.config, "id2label", None)
    if not names or "Classification" not in type(model).__name__:
        return None
    return [str(names[i]) for i in sorted(names)]


def _one(weights: Any, model: Any, inputs: Mapping[str, Any]) -> np.ndarray:
    """Attention of the first text, or of the image. [H, Tq, Tk]"""
    if "pixel_values" in inputs and len(weights) != 1:
        raise ValueError(
            f"attention within windows: {type(model).__name__} looks at {len(weights)} parts of the image apart, and no view"
            " lays those together"
        )
    return array(weights[0])


# Models whose attention function can be exchanged


@contextmanager
def _attention(model: Any, implementation: str) -> Iterator[None]:
    """The model, and all that it is made of, with another attention function."""
    configs = {id(c): c for c in (getattr(m, "config", None) for m in model.modules()) if c is not None}
    before = [(c, c._attn_implementation) for c in configs.values() if hasattr(c, "_attn_implementation")]
    try:
        for config, _ in before:
            config._attn_implementation = implementation
        yield
    finally:
        for config, old in before:
            config._attn_implementation = old


def _recorded(model: Any, inputs: Mapping[str, Any]) -> Optional[tuple[list[Site], list[str]]]:
    """None where the model's classes don't call an exchangeable function everywhere."""
    if not hasattr(sys.modules[type(model).__module__], "ALL_ATTENTION_FUNCTIONS"):
        return None
    try:
        from transformers import AttentionInterface
        from transformers.masking_utils import AttentionMaskInterface, eager_mask
    except ImportError:
        return None
    sites: list[Site] = []

    def record(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **more: Any) -> tuple[Any, Any]:
        own = getattr(sys.modules[type(module).__module__], "eager_attention_forward", None)
        if own is None:
            raise NotImplementedError(type(module).__module__)
        if "output_attentions" in more:  # functions that leave them out unless they are asked for them
            more["output_attentions"] = True
        output, weights = own(module, query, key, value, attention_mask, **more)
        sites.append(
            Site(
                attention=_one(weights, model, inputs)[..., : key.shape[2]],
                kind=_kind(model, module, query, key),
                layer=_layer(module),
                queries=array(query[0]),
                keys=array(key[0]),
            )
        )
        return output, weights

    AttentionInterface.register(NAME, record)
    AttentionMaskInterface.register(NAME, eager_mask)
    try:
        with _attention(model, NAME):
            model(**inputs, use_cache=False) if takes(model, "use_cache") else model(**inputs)
    except (NotImplementedError, KeyError):
        return None
    return (_numbered(sites), []) if sites else None


def _layer(module: Any) -> Optional[int]:
    for name in ("layer_idx", "layer_index", "layer_id"):
        if isinstance(getattr(module, name, None), int):
            return getattr(module, name)
    return None


def _kind(model: Any, module: Any, query: Any, key: Any) -> Kind:
    if not getattr(model.config, "is_encoder_decoder", False):
        return "decoder" if getattr(module, "is_causal", False) or getattr(model.config, "is_decoder", False) else "encoder"
    path = next((name for name, other in model.named_modules() if other is module), "")
    if "encoder_attn" in path or "cross" in path.lower() or "EncDec" in path:
        return "cross"
    return "decoder" if "decoder" in path.split(".") else "encoder"


def _numbered(sites: list[Site]) -> list[Site]:
    """Layers counted by kind, in the order in which they ran, where modules don't say or say the same twice."""
    for kind in ("encoder", "decoder", "cross"):
        own = [site for site in sites if site.kind == kind]
        if [site.layer for site in own] != sorted({site.layer for site in own if site.layer is not None}):
            for layer, site in enumerate(own):
                site.layer = layer
    return sites


# Models that return attention


def _returned(model: Any, inputs: Mapping[str, Any]) -> tuple[list[Site], list[str]]:
    if not takes(model, "output_attentions") and not takes(model, "kwargs"):
        return [], []  # it has none
    heard: list[tuple[str, str, Any]] = []
    hooks = []
    for path, module in model.named_modules():
        leaf = path.rsplit(".", 1)[-1]
        if leaf == BIAS or (any(leaf in pair for pair in PROJECTIONS) and hasattr(module, "weight")):
            hooks.append(module.register_forward_hook(lambda m, i, out, path=path: heard.append((*_split(path), out))))
    try:
        with _attention(model, "eager"):  # others don't return it
            output = model(**inputs, output_attentions=True)
    finally:
        for hook in hooks:
            hook.remove()
    sites: list[Site] = []
    for field, kind in (
        ("encoder_attentions", "encoder"),
        ("decoder_attentions", "decoder"),
        ("cross_attentions", "cross"),
        ("attentions", _only_kind(model)),
    ):
        for layer, weights in enumerate(getattr(output, field, None) or ()):
            if weights is not None:
                sites.append(Site(_one(weights, model, inputs), kind, layer))  # type: ignore[arg-type]
    notes: list[str] = []
    if not getattr(model.config, "is_encoder_decoder", False):
        notes = _with_queries(sites, heard)
    else:
        notes.append("Queries and keys of this encoder-decoder could not be told apart, so they are left out.")
    return sites, notes


def _split(path: str) -> tuple[str, str]:
    parent, _, leaf = path.rpartition(".")
    return parent, leaf


def _only_kind(model: Any) -> Kind:
    causal = getattr(model.config, "is_decoder", False) or "CausalLM" in type(model).__name__
    return "decoder" if causal else "encoder"


def _with_queries(sites: list[Site], heard: list[tuple[str, str, Any]]) -> list[str]:
    """Gives each site the queries and keys that were heard in its layer, where they make its attention."""
    waiting: dict[str, dict[str, Any]] = {}
    biases: dict[str, np.ndarray] = {}
    pairs = []  # in the order in which they ran; layers that share their weights run one module several times
    for parent, leaf, out in heard:
        if leaf == BIAS:
            biases[parent] = array(out)  # [1, H, T, T]
            continue
        own = waiting.setdefault(parent, {})
        own[leaf] = out
        for q, k in PROJECTIONS:
            if q in own and k in own:
                pairs.append((parent, own.pop(q), own.pop(k)))
    if len(pairs) != len(sites):
        return [f"Queries and keys were left out: {len(pairs)} pairs of projections for {len(sites)} layers."]
    left_out = 0
    for site, (parent, query, key) in zip(sites, pairs):
        heads, rows, columns = site.attention.shape
        q, k = array(query[0]), array(key[0])
        if q.shape != (rows, q.shape[-1]) or k.shape[0] != columns or q.shape[-1] % heads or k.shape != q.shape:
            left_out += 1
            continue
        split = lambda x: x.reshape(len(x), heads, -1).transpose(1, 0, 2)  # noqa: E731  [H, T, d]
        q, k = split(q), split(k)
        bias = sum(each for of, each in biases.items() if f"{parent}.".startswith(f"{of}."))
        if _explains(q, k, bias, site.attention):
            site.queries, site.keys = q, k
        else:
            left_out += 1
    return [f"Queries and keys of {left_out} layers don't make their attention, so they are left out."] if left_out else []


def _explains(q: np.ndarray, k: np.ndarray, bias: Any, attention: np.ndarray) -> bool:
    """Whether softmax(q kᵀ / √d + bias) is the attention, where that isn't masked."""
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]) + bias
    scores = np.where(attention > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return bool(np.abs(weights - attention).max() < TOLERANCE)
