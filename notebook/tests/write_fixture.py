"""Writes the trace that the app's own tests read: `python tests/write_fixture.py` from the package's folder."""

from pathlib import Path

import numpy as np

from attention_explorer import Site, Tokens, Trace, save_trace

TO = Path(__file__).parents[2] / "src/explain/trace-file/testing/python.safetensors"

if __name__ == "__main__":
    steps = lambda *shape: (np.arange(np.prod(shape)) % 64 / 64).reshape(shape).astype(np.float32)  # noqa: E731
    trace = Trace(
        [
            Site(steps(2, 3, 3), "encoder", queries=steps(2, 3, 4), keys=steps(1, 3, 4)),
            Site(steps(2, 2, 2), "decoder"),
            Site(steps(2, 2, 3), "cross"),
        ],
        {"encoder": Tokens(["Ġso", "on", "é"], [7, 8, 9], [0, 0, 1]), "decoder": Tokens(["<s>", "x"], special=[True, False])},
        name="from Python",
        attributions={"mine": [0.5, -0.25]},
    )
    save_trace(trace, TO, "float16")
