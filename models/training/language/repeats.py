"""Token sequences that come again: only a model that copies can foretell the second time."""

import numpy as np

FIRST_ID = 1  # 0 ends a text


def pool(size: int) -> np.ndarray:
    """The ids of a vocabulary in a fixed random order: the first n are what rows of n distinct tokens are made of."""
    return np.random.default_rng(0).permutation(np.arange(FIRST_ID, size))


def draw(rng: np.random.Generator, pool: np.ndarray, width: int, longest: int) -> tuple[list[int], list[float]]:
    """(ids, weights) of one row: a random sequence of the pool over and over, now and then with other tokens between.

    The weight is 1 where the token is to be foretold, and 0 in the first copy.
    """
    length = int(rng.integers(4, min(longest, width // 2) + 1))

    def some(n: int) -> list[int]:
        return rng.choice(pool, n).tolist()

    part = some(length)
    ids = some(int(rng.integers(0, 6))) if rng.random() < 0.5 else []
    weights = [0.0] * len(ids)
    first = True
    while len(ids) < width:
        ids += part
        weights += [0.0] * length if first else [0.0] + [1.0] * (length - 1)
        first = False
        if rng.random() < 0.5:
            gap = some(int(rng.integers(1, 12)))
            ids += gap
            weights += [0.0] * len(gap)
    return ids[:width], weights[:width]
