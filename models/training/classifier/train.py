"""Trains one network on the cleaned texts: resumes from its checkpoint, keeps a running average of the weights."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from classifier import tokenizer as wordpiece
from classifier.batches import pad
from places import WORK

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HEADS = 8
WARMUP, AVERAGE, SAVE_EVERY, EVALUATE_EVERY = 100, 0.995, 50, 100


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
    model.eval()
    result = np.zeros(len(rows), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        result[some] = margin(model, pad([rows[i] for i in some]).to(DEVICE)).float().cpu().numpy()
    model.train()
    return result


class Run:
    """A training run that can stop at any step and go on later."""

    def __init__(self, name: str, model, steps: int, rate: float, work: Path = WORK):
        self.folder = work / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model = model.to(DEVICE).train()
        self.average = copy.deepcopy(self.model)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=rate, weight_decay=0.02, betas=(0.9, 0.98))
        self.steps, self.rate, self.step = steps, rate, 0
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=DEVICE)
            self.step = state["step"]
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Writes everything needed to go on, and the averaged network as the result so far."""
        parts = {name: getattr(self, name).state_dict() for name in ("model", "average", "optimizer")}
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save({"step": self.step, **parts}, temporary)
        temporary.replace(self.checkpoint)
        self.average.save_pretrained(self.folder)

    def update(self, loss: torch.Tensor) -> None:
        """One step of the optimiser and of the average."""
        warm = min(1.0, (self.step + 1) / WARMUP)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * warm * (0.02 + 0.49 * (1 + math.cos(math.pi * self.step / self.steps)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.model.parameters()):
                mean.lerp_(now, 1 - keep)


Batches = Callable[[np.random.Generator], Iterator[tuple[torch.Tensor, torch.Tensor]]]


def train(run: Run, batches: Batches, dev: list, tokenizer, seed: int) -> None:
    """Runs to the last step over passes of (ids, targets); the log goes to standard output."""
    dev_rows = tokenizer([text for text, _ in dev])["input_ids"]
    dev_labels = np.array([label for _, label in dev])
    started, seen = time.time(), 0
    while run.step < run.steps:
        rng = np.random.default_rng([seed, run.step])
        for ids, targets in batches(rng):
            loss = binary_cross_entropy_with_logits(margin(run.model, ids.to(DEVICE)), targets.to(DEVICE))
            run.update(loss)
            seen += ids.numel()
            if run.step % EVALUATE_EVERY == 0 or run.step == run.steps:
                right = ((margins(run.average, dev_rows) > 0) == dev_labels).mean()
                speed = seen / (time.time() - started)
                print(f"step {run.step} loss {loss:.3f} dev {right:.4f} {speed:.0f} tokens/s", flush=True)
            if run.step % SAVE_EVERY == 0 or run.step == run.steps:
                run.save()
            if run.step == run.steps:
                break
