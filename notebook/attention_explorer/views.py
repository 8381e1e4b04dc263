"""The views: with the arguments of BertViz's functions, so that a notebook runs after changing its import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional
from urllib.parse import urlencode

from attention_explorer.arrays import layers as layers_of
from attention_explorer.page import Html, deliver, frame
from attention_explorer.trace import Kind, Precision, Site, Tokens, Trace


def head_view(
    attention: Optional[Sequence[Any]] = None,
    tokens: Optional[Sequence[str]] = None,
    sentence_b_start: Optional[int] = None,
    prettify_tokens: bool = True,
    layer: Optional[int] = None,
    heads: Optional[Sequence[int]] = None,
    encoder_attention: Optional[Sequence[Any]] = None,
    decoder_attention: Optional[Sequence[Any]] = None,
    cross_attention: Optional[Sequence[Any]] = None,
    encoder_tokens: Optional[Sequence[str]] = None,
    decoder_tokens: Optional[Sequence[str]] = None,
    include_layers: Optional[Sequence[int]] = None,
    html_action: str = "view",
    *,
    theme: Optional[str] = None,
    height: int = 560,
    precision: Optional[Precision] = None,
) -> Optional[Html]:
    """The lines of one layer's heads.

    `attention`: a tensor [1, H, T, T] a layer, as a model returns it with output_attentions=True; for encoder-decoders the
    three of them with their tokens. `layer` and `heads` are looked at first. Raises ValueError where lengths don't fit.
    `prettify_tokens` is there for BertViz's sake: tokens are always shown as a person reads them, and kept as they are.
    """
    trace = trace_of(
        attention,
        tokens,
        sentence_b_start,
        encoder_attention,
        decoder_attention,
        cross_attention,
        encoder_tokens,
        decoder_tokens,
        include_layers,
    )
    look = {"view": "heads", "layer": layer, "heads": heads and ",".join(str(int(h)) for h in heads)}
    return _show(trace, look, html_action, theme, height, precision)


def model_view(
    attention: Optional[Sequence[Any]] = None,
    tokens: Optional[Sequence[str]] = None,
    sentence_b_start: Optional[int] = None,
    prettify_tokens: bool = True,
    display_mode: Optional[str] = None,
    encoder_attention: Optional[Sequence[Any]] = None,
    decoder_attention: Optional[Sequence[Any]] = None,
    cross_attention: Optional[Sequence[Any]] = None,
    encoder_tokens: Optional[Sequence[str]] = None,
    decoder_tokens: Optional[Sequence[str]] = None,
    include_layers: Optional[Sequence[int]] = None,
    include_heads: Optional[Sequence[int]] = None,
    html_action: str = "view",
    *,
    height: int = 640,
    precision: Optional[Precision] = None,
) -> Optional[Html]:
    """Every head of every layer. Arguments as in `head_view`; `display_mode` is 'light' or 'dark', else the notebook's."""
    trace = trace_of(
        attention,
        tokens,
        sentence_b_start,
        encoder_attention,
        decoder_attention,
        cross_attention,
        encoder_tokens,
        decoder_tokens,
        include_layers,
        include_heads,
    )
    return _show(trace, {"view": "model"}, html_action, display_mode, height, precision)


def show(
    trace: Trace,
    view: str = "heads",
    *,
    layer: Optional[int] = None,
    heads: Optional[Sequence[int]] = None,
    pin: Optional[int] = None,
    theme: Optional[str] = None,
    height: int = 560,
    precision: Optional[Precision] = None,
    html_action: str = "view",
) -> Optional[Html]:
    """Any trace in any view that needs no model: 'heads', 'model', 'neuron' (with queries and keys), 'rollout', and 'attribution'
    and 'compare' by attention and by the values that came with it."""
    look = {"view": view, "layer": layer, "heads": heads and ",".join(str(int(h)) for h in heads), "pin": pin}
    return _show(trace, look, html_action, theme, height, precision)


def explain(
    model: str,
    text: str,
    view: str = "compare",
    *,
    host: str,
    height: int = 640,
    html_action: str = "view",
    **link: Any,
) -> Optional[Html]:
    """The app in a frame, running `model` (a shipped id or one of the hub) in the browser on `text`.

    `host` is where the app is served. More parameters of its links can be given: layer=3, target='Paris', method='lime'.
    The text stays in the fragment of the address, which browsers don't send.
    """
    fragment = urlencode({"model": model, "text": text, "view": view, "embed": 1, **link})
    source = f"{host.rstrip('/')}/#{fragment}".replace("&", "&amp;").replace('"', "&quot;")
    markup = (
        f'<iframe src="{source}" title="Attention Explorer" width="100%" height="{height}" style="border:0"'
        ' allow="cross-origin-isolated; clipboard-write"></iframe>'
    )
    return deliver(markup, html_action)


def trace_of(
    attention: Optional[Sequence[Any]] = None,
    tokens: Optional[Sequence[str]] = None,
    sentence_b_start: Optional[int] = None,
    encoder_attention: Optional[Sequence[Any]] = None,
    decoder_attention: Optional[Sequence[Any]] = None,
    cross_attention: Optional[Sequence[Any]] = None,
    encoder_tokens: Optional[Sequence[str]] = None,
    decoder_tokens: Optional[Sequence[str]] = None,
    include_layers: Optional[Sequence[int]] = None,
    include_heads: Optional[Sequence[int]] = None,
) -> Trace:
    """A trace of what BertViz's functions are given. Raises ValueError for what doesn't go together."""
    several = (encoder_attention, decoder_attention, cross_attention)
    if attention is not None:
        if any(part is not None for part in several):
            raise ValueError("two kinds of attention: give `attention`, or those of an encoder-decoder, not both")
        if tokens is None:
            raise ValueError("no tokens: `attention` comes with `tokens`")
        segments = None
        if sentence_b_start is not None:
            segments = [int(i >= sentence_b_start) for i in range(len(tokens))]
        sites = _sites(attention, "attention", "encoder", include_layers, include_heads)
        causal = all(not site.attention[:, i, i + 1 :].any() for site in sites for i in range(len(tokens)))
        kind: Kind = "decoder" if causal and len(tokens) > 1 else "encoder"
        for site in sites:
            site.kind = kind
        return Trace(sites, {kind: Tokens(list(tokens), segments=segments)})
    if all(part is None for part in several):
        raise ValueError("no attention: give `attention`, or one of encoder_attention, decoder_attention, cross_attention")
    sites = []
    for kind, given in zip(("encoder", "decoder", "cross"), several):
        if given is not None:
            sites += _sites(given, f"{kind}_attention", kind, include_layers, include_heads)  # type: ignore[arg-type]
    stacks = {}
    if encoder_tokens is not None:
        stacks["encoder"] = Tokens(list(encoder_tokens))
    if decoder_tokens is not None:
        stacks["decoder"] = Tokens(list(decoder_tokens))
    return Trace(sites, stacks)  # type: ignore[arg-type]


def _sites(
    attention: Sequence[Any],
    name: str,
    kind: Kind,
    include_layers: Optional[Sequence[int]],
    include_heads: Optional[Sequence[int]],
) -> list[Site]:
    all_layers = layers_of(attention, name)
    chosen = range(len(all_layers)) if include_layers is None else include_layers
    missing = [layer for layer in chosen if not 0 <= layer < len(all_layers)]
    if missing:
        raise ValueError(f"no layer: {missing[0]} of {len(all_layers)} in {name}")
    sites = []
    for layer in chosen:
        weights = all_layers[layer]
        if include_heads is not None:
            weights = weights[list(include_heads)]
        sites.append(Site(weights, kind, layer))
    return sites


def _show(
    trace: Trace,
    look: dict[str, Any],
    html_action: str,
    theme: Optional[str],
    height: int,
    precision: Optional[Precision],
) -> Optional[Html]:
    title = "Attention" if trace.name == "trace" else f"Attention of {trace.name}"
    return deliver(frame(trace, {**look, "theme": theme}, precision, height=height, title=title), html_action)
