"""Trains one network on the cleaned texts."""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from classifier import tokenizer as wordpiece
from classifier.batches import pad
from run import DEVICE, Run

HEADS = 8
WARMUP, SAVE_EVERY, EVALUATE_EVERY = 100, 50, 100


def new_model(layers: int, dim: int, dropout: float, size: int) -> DistilBertForSequenceClassification:
    """A fresh network."""
    config = DistilBertConfig(
        vocab_size=size,
        dim=dim,
        n_layers=layers,
        n_heads=HEADS,
        hidden_dim=4 * dim,
        max_position_embeddings=wordpiece.LONGEST,
        dropout=dropout,
        seq_classif_dropout=0.2,
        initializer_range=0.05,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    return DistilBertForSequenceClassification(config)


def margin(model, ids: torch.Tensor) -> torch.Tensor:
    """The logit of POSITIVE against NEGATIVE, (batch)."""
    logits = model(ids, attention_mask=(ids != 0).long()).logits
    return logits[:, 1] - logits[:, 0]


@torch.no_grad()
def margins(model, rows: list[list[int]]) -> np.ndarray:
    """`margin` of many rows, in their order."""
    training = model.training
    model.eval()
    result = np.zeros(len(rows), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        result[some] = margin(model, pad([rows[i] for i in some]).to(DEVICE)).float().cpu().numpy()
    model.train(training)
    return result


def rate_at(step: int, steps: int, peak: float) -> float:
    """A warm-up, then a fall along a cosine."""
    return peak * min(1.0, (step + 1) / WARMUP) * (0.02 + 0.49 * (1 + math.cos(math.pi * step / steps)))


Batches = Callable[[np.random.Generator], Iterator[tuple[torch.Tensor, torch.Tensor]]]


def train(run: Run, steps: int, peak: float, batches: Batches, dev: list, tokenizer, seed: int) -> None:
    """Runs to the last step over passes of (ids, targets); the log goes to standard output."""
    dev_rows = tokenizer([text for text, _ in dev])["input_ids"]
    dev_labels = np.array([label for _, label in dev])
    started, seen = time.time(), 0
    while run.step < steps:
        rng = np.random.default_rng([seed, run.step])
        for ids, targets in batches(rng):
            loss = binary_cross_entropy_with_logits(margin(run.model, ids.to(DEVICE)), targets.to(DEVICE))
            run.update(loss, rate_at(run.step, steps, peak))
            seen += ids.numel()
            if run.step % EVALUATE_EVERY == 0 or run.step == steps:
                right = ((margins(run.average, dev_rows) > 0) == dev_labels).mean()
                speed = seen / (time.time() - started)
                print(f"step {run.step} loss {loss:.3f} dev {right:.4f} {speed:.0f} tokens/s", flush=True)
            if run.step % SAVE_EVERY == 0 or run.step == steps:
                run.save()
            if run.step == steps:
                break
