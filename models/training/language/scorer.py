"""Runs an exported file with ONNX Runtime: log probabilities, continuations and attention, without PyTorch."""

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

BATCH = 32


class Scorer:
    """One ONNX file with its tokenizer."""

    def __init__(self, file: Path, tokenizer):
        self.tokenizer = tokenizer
        model = onnx.load(file)
        # The attention is the only softmax of a GPT-2; its outputs are asked for as well, layer by layer.
        self.attention = [node.output[0] for node in model.graph.node if node.op_type == "Softmax"]
        self.plain = self._session(model)
        for name in self.attention:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
        self.tapped = self._session(model)

    @staticmethod
    def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", 0))  # 0: all cores
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def ids(self, text: str) -> list[int]:
        return self.tokenizer(text, verbose=False)["input_ids"]

    def _feeds(self, ids: np.ndarray) -> dict[str, np.ndarray]:
        places = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": np.ascontiguousarray(places)}
        return {i.name: feeds[i.name] for i in self.plain.get_inputs()}

    def logits(self, rows: list[list[int]]) -> list[np.ndarray]:
        """(T, vocabulary) of each row, in the order of the rows; rows of one length run together."""
        found: dict[int, np.ndarray] = {}
        for length in sorted({len(row) for row in rows}):
            same = [i for i, row in enumerate(rows) if len(row) == length]
            for start in range(0, len(same), BATCH):
                some = same[start : start + BATCH]
                ids = np.array([rows[i] for i in some], dtype=np.int64)
                found |= zip(some, self.plain.run(["logits"], self._feeds(ids))[0])
        return [found[i] for i in range(len(rows))]

    def last(self, texts: list[str]) -> np.ndarray:
        """Logits of what follows each text, (texts, vocabulary)."""
        return np.stack([logits[-1] for logits in self.chunked([self.ids(text) for text in texts])])

    def chunked(self, rows: list[list[int]], size: int = 256):
        """`logits`, a few hundred rows at a time, so that they needn't all be held."""
        for start in range(0, len(rows), size):
            yield from self.logits(rows[start : start + size])

    def losses(self, rows: list[list[int]]) -> list[np.ndarray]:
        """The loss of every token but the first of each row, in nats."""
        return [token_losses(logits, row) for row, logits in zip(rows, self.chunked(rows))]

    def continued(self, text: str, tokens: int, seed: int, temperature: float = 0.7, best: int = 20) -> str:
        """A continuation, drawn from the `best` likeliest tokens; it ends where a text ends."""
        rng = np.random.default_rng(seed)
        ids = self.ids(text)
        for _ in range(tokens):
            logits = self.logits([ids])[0][-1].astype(np.float64) / temperature
            likeliest = (-logits).argsort()[:best]
            probs = np.exp(logits[likeliest] - logits.max())
            ids.append(int(rng.choice(likeliest, p=probs / probs.sum())))
            if ids[-1] == self.tokenizer.eos_token_id:
                break
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def attentions(self, ids: list[int]) -> np.ndarray:
        """(layers, heads, T, T) in float64."""
        feeds = self._feeds(np.array([ids], dtype=np.int64))
        return np.stack([a[0] for a in self.tapped.run(self.attention, feeds)]).astype(np.float64)


def token_losses(logits: np.ndarray, ids: list[int]) -> np.ndarray:
    """-log softmax of each next token, (T - 1)."""
    logits = logits[:-1].astype(np.float64)
    highest = logits.max(1)
    total = highest + np.log(np.exp(logits - highest[:, None]).sum(1))
    return total - logits[np.arange(len(ids) - 1), ids[1:]]
