"""See attention that was computed in Python, in the views of Attention Explorer, inside the notebook.

`head_view`, `model_view` and `neuron_view.show` take what BertViz's functions of these names take. `show` draws any `Trace`;
`capture` makes one from a PyTorch model of transformers; `save_trace` writes one to a file that the app opens.
`explain` frames the app itself, with a model that runs in the browser.
"""

from attention_explorer import neuron_view
from attention_explorer.capture import capture
from attention_explorer.trace import Image, Site, Tokens, Trace, save_trace
from attention_explorer.views import explain, head_view, model_view, show

__all__ = [
    "Image",
    "Site",
    "Tokens",
    "Trace",
    "capture",
    "explain",
    "head_view",
    "model_view",
    "neuron_view",
    "save_trace",
    "show",
]
