"""One pass of a PyTorch model of transformers, with its attention, and its queries and keys where they can be had.

Models that call an exchangeable attention function (most since transformers 4.48) are given one that records, and hand
on each layer's tensors as they come, so that no more than one layer's attention lies on a device at a time: models of
any size and placement. Others are asked for `output_attentions`, and their query and key projections are listened to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Optional

import numpy as np

from attention_explorer.arrays import array
from attention_explorer.trace import Kind, Site, Tokens, Trace

NAME = "attention_explorer"

#: Names of the linear layers that make queries and keys, in models without an exchangeable attention function.
PROJECTIONS = (("query", "key"), ("q_lin", "k_lin"), ("q_proj", "k_proj"), ("query_proj", "key_proj"), ("q", "k"))

#: How far softmax of what was heard may be from the attention that was returned.
TOLERANCE = 1e-3


def capture(model: Any, inputs: Mapping[str, Any], *, tokenizer: Any = None, name: Optional[str] = None) -> Trace:
    """Runs `model(**inputs)` once, without gradients, and returns what happened as a trace of the first text.

    `inputs`: as a tokenizer returns them (a text, or a pair of texts); moved to the model's own device. Padding of the
    first text is left out. With the tokenizer, tokens read as its vocabulary spells them, else as their numbers.
    Raises ValueError where no attention comes out.
    """
    import torch

    device = next(model.parameters()).device
    given = {key: value.to(device) if hasattr(value, "to") else value for key, value in inputs.items()}
    name = name or getattr(model.config, "_name_or_path", "") or type(model).__name__
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            recorded = _recorded(model, given)
            sites, notes = recorded if recorded else _returned(model, given)
    finally:
        model.train(was_training)
    if not sites:
        raise ValueError(f"no attention: {type(model).__name__} returned none")
    tokens = _tokens(model, given, sites, tokenizer)
    trace = Trace(sites, tokens, name=name, architecture=type(model).__name__, notes=notes)
    _without_padding(trace, given)
    trace.check()
    return trace


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
        output, weights = own(module, query, key, value, attention_mask, **more)
        sites.append(
            Site(
                attention=array(weights[0])[..., : key.shape[2]],
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
            model(**inputs, use_cache=False) if _takes(model, "use_cache") else model(**inputs)
    except (NotImplementedError, KeyError):
        return None
    return (_numbered(sites), []) if sites else None


def _takes(model: Any, name: str) -> bool:
    import inspect

    return name in inspect.signature(model.forward).parameters


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
    heard: list[tuple[str, str, Any]] = []
    hooks = []
    for path, module in model.named_modules():
        leaf = path.rsplit(".", 1)[-1]
        if any(leaf in pair for pair in PROJECTIONS) and hasattr(module, "weight"):
            hooks.append(module.register_forward_hook(lambda m, i, out, path=path: heard.append((*_split(path), out))))
    try:
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
                sites.append(Site(array(weights[0]), kind, layer))  # type: ignore[arg-type]
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
    pairs = []  # in the order in which they ran; layers that share their weights run one module several times
    for parent, leaf, out in heard:
        own = waiting.setdefault(parent, {})
        own[leaf] = out
        for q, k in PROJECTIONS:
            if q in own and k in own:
                pairs.append((own.pop(q), own.pop(k)))
    if len(pairs) != len(sites):
        return [f"Queries and keys were left out: {len(pairs)} pairs of projections for {len(sites)} layers."]
    left_out = 0
    for site, (query, key) in zip(sites, pairs):
        heads, rows, columns = site.attention.shape
        q, k = array(query[0]), array(key[0])
        if q.shape != (rows, q.shape[-1]) or k.shape[0] != columns or q.shape[-1] % heads or k.shape != q.shape:
            left_out += 1
            continue
        split = lambda x: x.reshape(len(x), heads, -1).transpose(1, 0, 2)  # noqa: E731  [H, T, d]
        q, k = split(q), split(k)
        if _explains(q, k, site.attention):
            site.queries, site.keys = q, k
        else:
            left_out += 1
    return [f"Queries and keys of {left_out} layers don't make their attention, so they are left out."] if left_out else []


def _explains(q: np.ndarray, k: np.ndarray, attention: np.ndarray) -> bool:
    """Whether softmax(q kᵀ / √d) is the attention, where that isn't masked."""
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    scores = np.where(attention > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return bool(np.abs(weights - attention).max() < TOLERANCE)


# Tokens


def _tokens(model: Any, inputs: Mapping[str, Any], sites: list[Site], tokenizer: Any) -> dict[str, Tokens]:
    kinds = {site.kind for site in sites}
    first = "encoder" if "encoder" in kinds else "decoder"
    stacks = {first: _of_ids(inputs.get("input_ids"), tokenizer, inputs.get("token_type_ids"))}
    if getattr(model.config, "is_encoder_decoder", False):
        ids = inputs.get("decoder_input_ids")
        if ids is None:
            raise ValueError("no decoder tokens: give decoder_input_ids, so that its tokens have names")
        stacks["decoder"] = _of_ids(ids, tokenizer, None)
    return stacks


def _of_ids(ids: Any, tokenizer: Any, segments: Any) -> Tokens:
    if ids is None:
        raise ValueError("no tokens: give input_ids")
    numbers = [int(i) for i in array(ids[0])]
    if tokenizer is None:
        return Tokens([str(i) for i in numbers], numbers)
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    types = None if segments is None else [int(s) for s in array(segments[0])]
    return Tokens(
        [str(t) for t in tokenizer.convert_ids_to_tokens(numbers)],
        numbers,
        types if types and any(types) else None,
        [i in special for i in numbers],
    )


def _without_padding(trace: Trace, inputs: Mapping[str, Any]) -> None:
    """Leaves out padded places of the first text."""
    for stack, name in (("encoder", "attention_mask"), ("decoder", "attention_mask"), ("decoder", "decoder_attention_mask")):
        mask = inputs.get(name)
        tokens = trace.tokens.get(stack)  # type: ignore[arg-type]
        if mask is None or tokens is None or array(mask).ndim != 2 or len(tokens) != array(mask).shape[1]:
            continue
        kept = np.flatnonzero(array(mask)[0])
        if len(kept) == len(tokens):
            continue
        pick = lambda values: None if values is None else [values[i] for i in kept]  # noqa: E731
        trace.tokens = {
            **trace.tokens,
            stack: Tokens(pick(tokens.tokens), pick(tokens.ids), pick(tokens.segments), pick(tokens.special)),
        }
        for site in trace.sites:
            looks = {"encoder": "encoder", "decoder": "decoder", "cross": "decoder"}[site.kind]
            looked = {"encoder": "encoder", "decoder": "decoder", "cross": "encoder"}[site.kind]
            if looks == stack:
                site.attention = site.attention[:, kept]
                site.queries = None if site.queries is None else site.queries[:, kept]
            if looked == stack:
                site.attention = site.attention[:, :, kept]
                site.keys = None if site.keys is None else site.keys[:, kept]
