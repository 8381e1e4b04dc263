"""Judges the shipped file on the 1,821 SST-2 test sentences, and against the float32 export."""

import numpy as np
import onnxruntime
from transformers import AutoTokenizer

from classifier.data import read_sst2
from places import MODELS, WORK, read_archive

SHIPPED = MODELS / "sst-distilbert"
FULL = WORK / "classifier-float32"
EXAMPLES = (
    "The movie was surprisingly entertaining despite a weak script",
    "Not a single scene is dull.",
    "The plot is underwritten and the jokes fall flat, but the cast is so charming I left smiling.",
    "It is never less than funny.",
    "A waste of a good cast.",
)


def logits(file, tokenizer, texts: list[str]) -> np.ndarray:
    """(texts, 2), one text at a time as the app runs them."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    rows = []
    for text in texts:
        ids = np.array([tokenizer(text, truncation=True)["input_ids"]], dtype=np.int64)
        rows.append(session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    return np.stack(rows)


def main() -> None:
    """Prints accuracies with N, the error of the shipped file, and the examples."""
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED)
    sst = read_archive("sst.tar.gz")
    for part in ("dev", "test"):
        texts, labels = zip(*read_sst2(sst, part))
        half = logits(SHIPPED / "onnx" / "model_fp16.onnx", tokenizer, texts)
        right = int((half.argmax(1) == labels).sum())
        print(f"{part}: {right}/{len(labels)} = {right / len(labels):.2%} by the shipped float16 file")
        if (FULL / "model.onnx").exists():
            full = logits(FULL / "model.onnx", tokenizer, texts)
            right = int((full.argmax(1) == labels).sum())
            print(f"{part}: {right}/{len(labels)} = {right / len(labels):.2%} by the float32 export")
            print(f"{part}: largest difference of a logit {np.abs(half - full).max():.5f}")
    for text, row in zip(EXAMPLES, logits(SHIPPED / "onnx" / "model_fp16.onnx", tokenizer, EXAMPLES)):
        positive = 1 / (1 + np.exp(row[0] - row[1]))
        print(f"{'POSITIVE' if positive > 0.5 else 'NEGATIVE'} (p of POSITIVE {positive:.3f}): {text}")


if __name__ == "__main__":
    main()
