"""What the network starts from, so that copying forms at once and not late, or never, on so little text.

Words and places lie side by side. Heads of the first layer look at the token before. Heads of the second ask for the
token that those hand on, as a copying head does. Heads above the first layer give back what they read, or take it away.
Training is free to change all of it.
"""

import math

import torch
from transformers import GPT2LMHeadModel

from looking import turn, waves

OFFSETS = (-1, -1, -1, -1)  # of the first layer's first heads; the other heads start at random
LENGTH = 0.05  # of a dimension of a word
PLACE = 0.1  # of a wave
SHARPNESS = 2.0
BACK = 0.1
SIGNS = (
    1,
    1,
    1,
    1,
    -1,
    -1,
    0,
    0,
)  # of the heads above the first layer: what they read is made likelier, or less likely
MATCHING = 2  # heads of the second layer that ask for what the heads of the same number below hand on
HANDED, MATCH = 0.1, 2.0


def frequencies(head_dim: int) -> torch.Tensor:
    """One for each two dimensions of a head; uneven, so that no two of 256 places look alike."""
    count = head_dim // 2
    return math.pi * ((torch.arange(count) + 0.5) / count) ** 1.3


@torch.no_grad()
def start(model: GPT2LMHeadModel) -> None:
    """Writes words, places, and the looks of the first layer's first heads."""
    config = model.config
    dim, head_dim = config.n_embd, config.n_embd // config.n_head
    wide = dim - head_dim
    words, places = model.transformer.wte.weight, model.transformer.wpe.weight
    words.normal_(std=LENGTH)[:, wide:] = 0
    places.zero_()[:, wide:] = waves(len(places), frequencies(head_dim)) * PLACE

    attention = model.transformer.h[0].attn.c_attn  # weight: (dim, 3 * dim), queries, keys, values
    for head, offset in enumerate(OFFSETS):
        for part, matrix in enumerate((turn(frequencies(head_dim), offset), torch.eye(head_dim))):
            columns = slice(part * dim + head * head_dim, part * dim + (head + 1) * head_dim)
            attention.weight[:, columns] = 0
            attention.weight[wide:, columns] = matrix.T * math.sqrt(SHARPNESS)
    for layer, block in enumerate(model.transformer.h):
        values = block.attn.c_attn.weight[:, 2 * dim :].normal_(std=dim**-0.5)
        block.attn.c_proj.weight.normal_(std=dim**-0.5 * BACK)
        for head in range(config.n_head) if layer else ():
            own = slice(head * head_dim, (head + 1) * head_dim)
            if sign := SIGNS[head % len(SIGNS)]:
                block.attn.c_proj.weight[own] = values[:, own].T * BACK * sign
    first, second = (block.attn for block in model.transformer.h[:2])
    for head in range(MATCHING):
        own = slice(head * head_dim, (head + 1) * head_dim)
        handed = first.c_attn.weight[:, 2 * dim :][:, own]  # (dim, head_dim): what the head below reads of a token
        handed[wide:] = 0
        first.c_proj.weight[own] = torch.randn(head_dim, dim) * dim**-0.5 * HANDED
        second.c_attn.weight[:, own] = handed * MATCH
        second.c_attn.weight[:, dim:][:, own] = first.c_proj.weight[own].T * MATCH / HANDED
