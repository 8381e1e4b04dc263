"""What the network starts from: words and places side by side, and heads that look at a neighbour.

From random weights, this little text teaches a transformer hardly any word order; a convolution has it by its build. So
the first layer starts as one: each head looks a fixed number of words on or back. Training is free to change all of it.
"""

import math

import torch
from transformers import DistilBertForSequenceClassification

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
    angles = torch.arange(len(places))[:, None] * _frequencies()
    pairs = torch.stack([angles.sin(), angles.cos()], 2).flatten(1)  # sine and cosine of each frequency side by side
    places.zero_()[:, wide:] = pairs * LENGTH * math.sqrt(2)

    attention = model.distilbert.transformer.layer[0].attention
    head_dim = 2 * WAVES
    for head, offset in enumerate(OFFSETS):
        rows = slice(head * head_dim, (head + 1) * head_dim)
        turn = _frequencies()[:WAVES] * offset
        rotation = torch.zeros(head_dim, head_dim)
        for i, angle in enumerate(turn):
            cos, sin = angle.cos(), angle.sin()
            rotation[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = torch.tensor([[cos, sin], [-sin, cos]])
        for linear, matrix in ((attention.q_lin, rotation), (attention.k_lin, torch.eye(head_dim))):
            linear.weight[rows] = 0
            linear.weight[rows, wide : wide + head_dim] = matrix * math.sqrt(SHARPNESS)
    for linear in (attention.v_lin, attention.out_lin):
        torch.nn.init.normal_(linear.weight, std=linear.weight.shape[1] ** -0.5)
