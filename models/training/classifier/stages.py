"""The stages of training, each starting from the one before.

First the labels alone; then softened labels and spliced sentences, judged by teachers.
"""

import torch
from transformers import DistilBertForSequenceClassification

from classifier import tokenizer as wordpiece
from classifier.batches import dataset
from classifier.data import cleaned
from classifier.distil import soften
from classifier.train import DEVICE, Run, new_model, train
from classifier.vectors import word_vectors
from places import WORK

LAYERS, DIM = 4, 256
FIRST = {"name": "classifier-first", "steps": 900, "rate": 5e-4}
SECOND = {"name": "classifier-second", "steps": 800, "rate": 4e-4}
SHARES = {
    "first": {"sst": 1.0, "polarity": 2.0, "pros_cons": 0.3},
    "second": {"sst": 0.6, "polarity": 2.0, "pros_cons": 0.15, "spliced": 1.0},
}


def first() -> None:
    """Trains on the labels alone, from word vectors that were counted."""
    torch.manual_seed(0)
    tokenizer = wordpiece.load()
    examples, dev, _ = cleaned()
    data = dataset(examples, tokenizer, SHARES["first"])
    model = new_model(LAYERS, DIM, dropout=0.1, size=len(tokenizer))
    rows = data.spellings[0] + tokenizer(wordpiece.stories())["input_ids"]
    vectors = word_vectors(rows, len(tokenizer), DIM)
    model.distilbert.embeddings.word_embeddings.weight.data.copy_(vectors)
    train(Run(model=model, **FIRST), data, dev, tokenizer, seed=0, masked=0.1)


def second() -> None:
    """Trains on the softened targets, from the first network."""
    torch.manual_seed(1)
    tokenizer = wordpiece.load()
    examples, dev, _ = cleaned()
    model = DistilBertForSequenceClassification.from_pretrained(WORK / FIRST["name"]).to(DEVICE)
    data = dataset(soften(examples, model, tokenizer), tokenizer, SHARES["second"])
    train(Run(model=model, **SECOND), data, dev, tokenizer, seed=1, masked=0.15)


if __name__ == "__main__":
    first()
    second()
