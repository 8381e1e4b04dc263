"""BertViz's neuron view: queries, keys and what becomes of them, for any model that `capture` can run."""

from __future__ import annotations

from typing import Any, Optional

from attention_explorer.capture import capture
from attention_explorer.page import Html
from attention_explorer.views import show as show_trace


def show(
    model: Any,
    model_type: Optional[str] = None,
    tokenizer: Any = None,
    sentence_a: Optional[str] = None,
    sentence_b: Optional[str] = None,
    display_mode: Optional[str] = None,
    layer: Optional[int] = None,
    head: Optional[int] = None,
    html_action: str = "view",
) -> Optional[Html]:
    """Runs the model on one text or a pair, and shows queries and keys.

    Any model of transformers will do: no patched class is needed, and `model_type` (for BertViz's sake) changes nothing.
    Raises ValueError where the model gives no queries and keys.
    """
    if tokenizer is None or sentence_a is None:
        raise ValueError("no text: give a tokenizer and sentence_a")
    inputs = tokenizer(sentence_a, sentence_b, return_tensors="pt")
    trace = capture(model, inputs, tokenizer=tokenizer)
    if not any(site.queries is not None for site in trace.sites):
        raise ValueError(f"no queries and keys: {type(model).__name__} doesn't give them; " + "; ".join(trace.notes))
    heads = None if head is None else [head]
    return show_trace(trace, "neuron", layer=layer, heads=heads, theme=display_mode, html_action=html_action)
