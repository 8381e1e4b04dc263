"""A quick look at a network in training, on few items; `evaluate.py` judges the shipped file on all."""

import random

import numpy as np
import torch

from language import facts, grammar, indirect, prose
from language.heads import induction, previous_token
from run import DEVICE


@torch.no_grad()
def logits(model, ids: list[int]) -> torch.Tensor:
    return model(torch.tensor([ids], device=DEVICE), use_cache=False).logits[0].float().log_softmax(-1).cpu()


def right(model, sources, before: str, good: str, bad: str | None = None) -> bool:
    """Whether `good` is the likeliest next text (or likelier than `bad`), by its first token."""
    last = logits(model, sources.ids(before))[-1]
    first = sources.ids(good)[0]
    return last.argmax().item() == first if bad is None else bool(last[first] > last[sources.ids(bad)[0]])


def progress(model, sources, items: int = 60) -> str:
    """Shares of right answers, losses, and the best heads, as one line."""
    model.eval()
    rng = random.Random(5)
    cells = {}
    judged = rng.sample(facts.judged(), items)
    for kind in ("capital", "landmark"):
        cells[kind] = np.mean([right(model, sources, cue, a) for k, cue, a in judged if k == kind])
    cells["indirect"] = np.mean([right(model, sources, *indirect.draw(rng, True)[:2]) for _ in range(items)])
    pairs = [grammar.draw(rng, True) for _ in range(items)]
    for kind in sorted({p.kind for p in pairs}):
        some = [right(model, sources, p.before, p.good, p.bad) for p in pairs if p.kind == kind]
        cells[kind] = np.mean(some)
    first, second, heads = repeated(model, sources.vocabulary)
    cells |= {"first copy": first, "second copy": second}
    text = [sources.ids(t)[:256] for t in prose.stories()[1][:12]]
    losses = [-logits(model, ids)[:-1].gather(1, torch.tensor(ids)[1:, None]).mean().item() for ids in text]
    cells["stories"] = np.mean(losses)
    line = ", ".join(f"{name} {value:.2f}" for name, value in cells.items())
    return f"{line}; previous token {heads[0]}, induction {heads[1]}"


@torch.no_grad()
def repeated(model, vocabulary: int, rows: int = 6, length: int = 50) -> tuple[float, float, list[str]]:
    """Losses on the first and second copy of random tokens, and the best heads by either score."""
    rng = np.random.default_rng(5)
    found, losses = [], []
    implementation = model.config._attn_implementation
    model.set_attn_implementation("eager")
    for _ in range(rows):
        part = rng.integers(1, vocabulary, length)
        ids = np.concatenate([part, part])
        out = model(torch.from_numpy(ids)[None].to(DEVICE), use_cache=False, output_attentions=True)
        layers = [a[0].double().cpu().numpy() for a in out.attentions]
        found.append([[previous_token(a), induction(a, ids, slice(length, None))] for a in layers])
        log = out.logits[0].float().log_softmax(-1).cpu()
        losses.append(-log[:-1].gather(1, torch.from_numpy(ids)[1:, None])[:, 0].numpy())
    model.set_attn_implementation(implementation)
    mean = np.mean(found, 0)  # (layers, 2, heads)
    best = []
    for which in range(2):
        table = mean[:, which]
        layer, head = np.unravel_index(table.argmax(), table.shape)
        best.append(f"{layer}.{head} {table[layer, head]:.2f}")
    loss = np.mean(losses, 0)
    return float(loss[: length - 1].mean()), float(loss[length:].mean()), best
