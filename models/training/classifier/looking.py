"""What the network starts from: words and places side by side, and heads that look at a neighbour.

A convolution has word order by its build; the first layer starts as one: each head looks a fixed number of words on or
back.
"""

import math

import torch
from transformers import DistilBertForSequenceClassification

from looking import turn, waves

OFFSETS = (-3, -2, -1, 0, 1, 2, 3)  # of the first layer's heads; the last head starts at random
WAVES = 16  # frequencies that tell neighbours apart; as many more tell far places apart
LENGTH = 0.05  # of a dimension, of words and of places
SHARPNESS = 1.5


def place_dims() -> int:
    return 4 * WAVES


def _frequencies() -> torch.Tensor:
    # The sum of cosines of the first ones is 0 at every whole distance but 0.
    near = math.pi * (torch.arange(WAVES) + 0.5) / WAVES
    far = torch.exp(torch.linspace(math.log(0.5), math.log(0.005), WAVES))
    return torch.cat([near, far])


@torch.no_grad()
def start(model: DistilBertForSequenceClassification, vectors: torch.Tensor) -> None:
    """Writes word vectors (size, dim - place_dims()), places, and the looks of the first layer's heads."""
    embeddings = model.distilbert.embeddings
    words, places = embeddings.word_embeddings.weight, embeddings.position_embeddings.weight
    wide = vectors.shape[1]
    words.zero_()[:, :wide] = vectors / vectors.std() * LENGTH
    places.zero_()[:, wide:] = waves(len(places), _frequencies()) * LENGTH * math.sqrt(2)

    attention = model.distilbert.transformer.layer[0].attention
    head_dim = 2 * WAVES
    for head, offset in enumerate(OFFSETS):
        rows = slice(head * head_dim, (head + 1) * head_dim)
        rotation = turn(_frequencies()[:WAVES], offset)
        for linear, matrix in ((attention.q_lin, rotation), (attention.k_lin, torch.eye(head_dim))):
            linear.weight[rows] = 0
            linear.weight[rows, wide : wide + head_dim] = matrix * math.sqrt(SHARPNESS)
    for linear in (attention.v_lin, attention.out_lin):
        torch.nn.init.normal_(linear.weight, std=linear.weight.shape[1] ** -0.5)
