"""The tokens of a text that a model of transformers read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from attention_explorer.arrays import array
from attention_explorer.trace import Site, Tokens, Trace


def tokens_of(model: Any, inputs: Mapping[str, Any], sites: list[Site], tokenizer: Any) -> dict[str, Tokens]:
    """By stack. Raises ValueError where there are no ids to name them by."""
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


def without_padding(trace: Trace, inputs: Mapping[str, Any]) -> None:
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
