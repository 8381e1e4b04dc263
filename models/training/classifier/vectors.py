"""First word vectors: a factorised table of which word pieces occur near which (positive pointwise mutual
information).

A few seconds of counting save a small model the epochs in which it would learn that rare words resemble common ones.
"""

import torch

WINDOW = 4
SMOOTHING = 0.75


def _counts(rows: list[list[int]], size: int) -> torch.Tensor:
    stream = torch.tensor([i for row in rows for i in row + [-1] * WINDOW])
    table = torch.zeros(size * size)
    for distance in range(1, WINDOW + 1):
        left, right = stream[:-distance], stream[distance:]
        real = (left >= 0) & (right >= 0)
        weight = torch.full((int(real.sum()),), 1 / distance)
        table.index_add_(0, left[real] * size + right[real], weight)
    table = table.view(size, size)
    return table + table.T


def word_vectors(rows: list[list[int]], size: int, dim: int, std: float = 0.05) -> torch.Tensor:
    """One vector a word piece, (size, dim), from rows of ids."""
    counts = _counts(rows, size)
    row, column = counts.sum(1, keepdim=True), counts.sum(0, keepdim=True) ** SMOOTHING
    expected = row * column / column.sum()
    table = torch.log(counts / expected.clamp_min(1e-9)).clamp_min(0)
    torch.manual_seed(0)
    u, s, _ = torch.svd_lowrank(table, q=dim, niter=2)
    vectors = u * s.sqrt()
    noise = torch.randn(size, dim) * std * 0.2
    return vectors / vectors.std() * std + noise
