"""The stages of training: the teachers on the labels, then the network on what they say."""

from functools import partial

import torch

from classifier import tokenizer as wordpiece
from classifier.batches import Dataset, dataset, labelled
from classifier.contrast import made
from classifier.convolution import Convolution
from classifier.data import cleaned
from classifier.distil import batches, judged_rows, neighbours
from classifier.looking import place_dims, start
from classifier.train import new_model, train
from classifier.vectors import word_vectors
from places import WORK
from run import DEVICE, Run

LAYERS, DIM = 4, 256
TEACHERS = [WORK / f"classifier-teacher-{i}" for i in range(3)]
STUDENT = WORK / "classifier-student"
TEACHING = {"steps": 1200, "peak": 1e-3}
LEARNING = {"steps": 2000, "peak": 6e-4}
WEIGHT_DECAY = 0.02
GOLD = 0.5  # share of the label in the target of a labelled text
SHARES = {"sst": 1.0, "polarity": 2.0, "pros_cons": 0.3, "made": 1.0}
MADE = 14_000
SCALE = 4.0  # of the word vectors, for a network without layer norms


def _vectors(data: Dataset, tokenizer) -> torch.Tensor:
    rows = data.spellings[0] + tokenizer(wordpiece.stories())["input_ids"]
    return word_vectors(rows, len(tokenizer), DIM)


def teachers() -> None:
    """Trains the teachers on the labels, from word vectors that were counted."""
    tokenizer = wordpiece.load()
    examples, dev, _ = cleaned()
    data = dataset(examples, tokenizer, SHARES)
    vectors = _vectors(data, tokenizer) * SCALE
    for seed, teacher in enumerate(TEACHERS):
        torch.manual_seed(seed)
        run = Run(teacher, Convolution(vectors), WEIGHT_DECAY)
        train(run, **TEACHING, batches=partial(labelled, data, masked=0.1), dev=dev, tokenizer=tokenizer, seed=seed)


def student() -> None:
    """Trains the network on what the teachers and the labels say, and on made sentences."""
    tokenizer = wordpiece.load()
    examples, dev, _ = cleaned()
    judges = [Convolution.from_pretrained(teacher).to(DEVICE).eval().requires_grad_(False) for teacher in TEACHERS]
    data, turned = (dataset(some, tokenizer, SHARES) for some in (examples, made(examples, MADE)))
    data.positive = (GOLD * data.positive + (1 - GOLD) * judged_rows(judges, data.spellings[0])).astype("float32")
    for judge in judges:
        judge.train()  # of texts without a label they judge with their dropout on, as the shipped network was taught
    vectors = _vectors(data, tokenizer)
    torch.manual_seed(1)
    model = new_model(LAYERS, DIM, dropout=0.1, size=len(tokenizer))
    start(model, vectors[:, : DIM - place_dims()])
    passes = partial(batches, data, turned, judges, neighbours(vectors), masked=0.1, spliced=0.5, exchanged=0.5)
    run = Run(STUDENT, model, WEIGHT_DECAY)
    train(run, **LEARNING, batches=passes, dev=dev, tokenizer=tokenizer, seed=1)


if __name__ == "__main__":
    teachers()
    student()
