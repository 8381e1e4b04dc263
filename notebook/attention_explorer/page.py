"""A trace inside the viewer: one HTML document that asks nothing of anyone, in a frame of its own."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
from pathlib import Path
from typing import Any, Mapping, Optional
from urllib.parse import urlencode

from attention_explorer.trace import Precision, Trace

#: Attention of more numbers than this travels with 8 bits a number unless a precision is asked for.
HALF_AT_MOST = 4_000_000

#: Signs of base64 in one element; a multiple of four, so that each part can be read by itself.
PART = 2**18

#: Traces are compressed where that leaves at most this much of them: it takes a while to undo.
WORTH_PACKING = 0.8

#: What a frame does when it is there: it is sent what lies beside it, when that has been read. No script of the page is
#: needed, which not every notebook would run; a message also reaches a frame that is sandboxed.
SEND = """
const send = () => {
  const [about, ...parts] = [...this.parentNode.querySelectorAll("script")].map((part) => part.textContent);
  const trace = parts.map((part) => Uint8Array.fromBase64?.(part) ?? part);
  this.contentWindow.postMessage({ embedded: { about, trace } }, "*", trace.flatMap((part) => part.buffer ?? []));
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", send);
else send();
"""

PLACE = '<script id="embedded" type="application/json">null</script>'


def viewer() -> str:
    """The viewer file: the one that came with the package, or the one that ATTENTION_EXPLORER_VIEWER names."""
    named = os.environ.get("ATTENTION_EXPLORER_VIEWER")
    path = Path(named) if named else Path(__file__).with_name("viewer.html")
    if not path.exists():
        raise FileNotFoundError(f"no viewer: {path}; `npm run build:viewer` in the project's folder writes it")
    text = path.read_text(encoding="utf-8")
    if PLACE not in text:
        raise ValueError(f"bad viewer: {path} has no place for a trace; write it anew with `npm run build:viewer`")
    return text


def precision_for(trace: Trace) -> Precision:
    """float16, or 8 bits for long texts and large models."""
    return "uint8" if sum(site.attention.size for site in trace.sites) > HALF_AT_MOST else "float16"


def document(trace: Trace, link: Mapping[str, Any], precision: Optional[Precision] = None) -> str:
    """The viewer with the trace inside it, looking at what `link` says (the parameters of the app's links): one HTML file."""
    about, packed = _packed(trace, link, precision)
    return _viewer_with({**about, "trace": packed})


def frame(
    trace: Trace, link: Mapping[str, Any], precision: Optional[Precision] = None, *, height: int, title: str
) -> str:
    """The viewer in an iframe, which keeps its styles and scripts apart from the notebook's, and from other frames'.

    The trace lies beside the frame and is sent to it: what stands in the document of a frame is read twice by a browser, first
    as an attribute.
    """
    about, packed = _packed(trace, link, precision)
    beside = [_json(about), *(packed[at : at + PART] for at in range(0, len(packed), PART))]
    return (
        f'<div><iframe srcdoc="{html.escape(_viewer_with("parent"))}" onload="{html.escape(SEND)}"'
        f' title="{html.escape(title)}" width="100%" height="{height}" style="border:0" allow="clipboard-write"></iframe>'
        + "".join(f'<script type="text/plain">{part}</script>' for part in beside)
        + "</div>"
    )


def _packed(trace: Trace, link: Mapping[str, Any], precision: Optional[Precision]) -> tuple[dict[str, Any], str]:
    """What of the trace is looked at and what a reader should know, and the trace as base64."""
    precision = precision or precision_for(trace)
    data = trace.to_bytes(precision)
    smaller = gzip.compress(data, 6)
    packs = len(smaller) <= WORTH_PACKING * len(data)
    said = list(trace.notes)
    if precision == "uint8":
        said.append("Attention is rounded to 8 bits: steps of 0.004. Pass precision='float32' for all digits.")
    chosen = {name: value for name, value in link.items() if value is not None}
    about = {"link": urlencode({**chosen, "embed": 1}), "notes": said, "gzip": packs}
    return about, base64.b64encode(smaller if packs else data).decode("ascii")


def _viewer_with(embedded: Any) -> str:
    return viewer().replace(PLACE, PLACE.replace("null", _json(embedded)))


def _json(value: Any) -> str:
    """JSON that can stand in a script element."""
    return json.dumps(value).replace("<", "\\u003c")


class Html:
    """HTML that a notebook shows when it is a cell's last value; `data` is its text."""

    def __init__(self, data: str):
        self.data = data

    def _repr_html_(self) -> str:
        return self.data

    def __html__(self) -> str:
        return self.data


def deliver(markup: str, html_action: str) -> Optional[Html]:
    """Shows HTML in the running notebook, or returns it. Raises ValueError for another action."""
    if html_action == "return":
        return Html(markup)
    if html_action != "view":
        raise ValueError(f"bad html_action: {html_action}; 'view' or 'return'")
    try:
        from IPython.display import display
    except ImportError as error:
        raise RuntimeError("no notebook to show it in: pass html_action='return' and write its `data` to a file") from error
    display(Html(markup))
    return None
