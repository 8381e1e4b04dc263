"""Trains the network over the phases; goes on from its checkpoint."""

import math
import random
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel

from language import tokenizer as bpe
from language.mix import END_ID, Phase, Sources, draw
from language.progress import progress
from language.start import start
from places import WORK
from run import DEVICE, Run

FOLDER = WORK / "language-model"
LAYERS, HEADS, DIM = 4, 8, 256
WEIGHT_DECAY = 0.02
PEAK, WARMUP = 1.5e-3, 100
SAVE_EVERY, REPORT_EVERY, JUDGE_EVERY = 50, 25, 250
SHORT, LONG = (32, 48, 64), (64, 128, 256)
WIDTHS = {"repeats": LONG, "prose": LONG, "drill": (24, 48, 64)}


def _all(until: int, weights: dict[str, float], **tokens: int) -> Phase:
    """Everything together: so many tokens of each source a step."""
    return Phase(until, tokens, widths=WIDTHS, weights=weights)


# Copying first; then everything, with more and more running text.
PHASES = (
    Phase(
        250,
        {"repeats": 1500, "indirect": 300, "prose": 250},
        distinct=(64, 4000),
        widths={"repeats": SHORT},
        weights={"indirect": 0.5, "prose": 0.2},
    ),
    _all(900, {}, repeats=250, drill=400, indirect=400, facts=350, grammar=250, prose=500),
    _all(1600, {"prose": 2.5, "drill": 0.5}, repeats=150, drill=100, indirect=250, facts=300, grammar=300, prose=1050),
    _all(2050, {"prose": 4.0}, repeats=120, indirect=150, facts=220, grammar=200, prose=1450),
    _all(2400, {"prose": 4.0, "facts": 2.0}, repeats=120, indirect=120, facts=450, grammar=180, prose=1250),
    _all(2650, {"prose": 4.0, "facts": 3.0}, repeats=100, indirect=100, facts=600, grammar=150, prose=1100),
    _all(3050, {"prose": 6.0, "facts": 2.0}, repeats=80, indirect=80, facts=200, grammar=120, prose=1650),
)


def new_model(vocabulary: int, layers: int = LAYERS, heads: int = HEADS, dim: int = DIM) -> GPT2LMHeadModel:
    """A fresh network, started as `start` says."""
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=bpe.CONTEXT,
        n_embd=dim,
        n_layer=layers,
        n_head=heads,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=END_ID,
        eos_token_id=END_ID,
    )
    torch.manual_seed(0)
    model = GPT2LMHeadModel(config)
    start(model)
    for block in model.transformer.h:
        block.mlp.act = nn.GELU(approximate="tanh")  # the same function as the config's gelu_new, in one kernel
    return model


def losses(model: GPT2LMHeadModel, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The weighted mean loss of foretelling `ids`; where the weight is 0, no logits are made."""
    hidden = model.transformer(ids[:, :-1], use_cache=False).last_hidden_state
    counted = weights[:, 1:] > 0
    each = cross_entropy(model.lm_head(hidden[counted]), ids[:, 1:][counted], reduction="none")
    weight = weights[:, 1:][counted]
    return (each * weight).sum() / weight.sum()


def rate_at(step: int, steps: int, peak: float = PEAK) -> float:
    """A warm-up, a plateau that falls slowly, and a fall to nothing over the last third."""
    slow = 1 - 0.4 * step / steps
    end = min(1.0, (steps - step) / (steps / 3))
    return peak * min(1.0, (step + 1) / WARMUP) * slow * (0.02 + 0.98 * 0.5 * (1 - math.cos(math.pi * end)))


def train(run: Run, sources: Sources, phases: tuple[Phase, ...], seed: int = 0) -> None:
    """Runs to the last phase's end; the log goes to standard output."""
    steps = phases[-1].until
    started, seen, means = time.time(), 0, {}
    while run.step < steps:
        index = next(i for i, phase in enumerate(phases) if run.step < phase.until)
        begin = phases[index - 1].until if index else 0
        done = (run.step - begin) / (phases[index].until - begin)
        parts = draw(sources, phases[index], done, random.Random(f"{seed} {run.step}"))
        total = 0.0
        for name, (ids, weights) in parts.items():
            loss = losses(run.model, ids.to(DEVICE), weights.to(DEVICE))
            total = total + loss * phases[index].weights.get(name, 1.0) / len(parts)
            means[name] = 0.9 * means.get(name, loss.item()) + 0.1 * loss.item()
            seen += ids.numel()
        run.update(total, rate_at(run.step, steps))
        if run.step % REPORT_EVERY == 0 or run.step == steps:
            each = " ".join(f"{name} {mean:.3f}" for name, mean in means.items())
            print(f"step {run.step} {each} {seen / (time.time() - started):.0f} tokens/s", flush=True)
        if run.step % SAVE_EVERY == 0 or run.step == steps:
            run.save()
        if run.step % JUDGE_EVERY == 0 or run.step == steps:
            print(f"step {run.step} judged: {progress(run.average, sources)}", flush=True)


def main() -> None:
    """Trains the shipped network, or what is left of it to train."""
    tokenizer = bpe.load()
    sources = Sources(tokenizer)
    run = Run(FOLDER, new_model(len(tokenizer)), WEIGHT_DECAY)
    train(run, sources, PHASES)
    tokenizer.save_pretrained(FOLDER)


if __name__ == "__main__":
    main()
