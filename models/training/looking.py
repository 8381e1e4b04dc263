"""Attention heads that start out looking a fixed number of tokens away, by sines of the places.

From random weights, little text teaches a transformer hardly any word order. So some heads of the first layer start
with queries that are the keys of another place, turned to it. Training is free to change all of it.
"""

import torch


def waves(count: int, frequencies: torch.Tensor) -> torch.Tensor:
    """Sine and cosine of each frequency side by side, for each place: (count, 2 * frequencies)."""
    angles = torch.arange(count)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)


def turn(frequencies: torch.Tensor, offset: int) -> torch.Tensor:
    """The matrix that takes the `waves` of a place to those of the place `offset` further on."""
    size = 2 * len(frequencies)
    matrix = torch.zeros(size, size)
    for i, angle in enumerate(frequencies * offset):
        cos, sin = angle.cos(), angle.sin()
        matrix[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = torch.tensor([[cos, sin], [-sin, cos]])
    return matrix
