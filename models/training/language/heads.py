"""How much a head looks at the token before, and at what followed an earlier copy."""

import numpy as np


def previous_token(attention: np.ndarray) -> np.ndarray:
    """Share of the attention (heads, T, T) of every place but the first that lies on the place before, (heads)."""
    rows = attention[:, 1:]
    return (rows * np.eye(attention.shape[1], k=-1)[1:]).sum((1, 2)) / rows.sum((1, 2))


def induction(attention: np.ndarray, ids: np.ndarray, rows: slice) -> np.ndarray:
    """Share of the attention of `rows` on the places j <= i whose token before, ids[j - 1], is ids[i], (heads).

    TransformerLens's pattern and sum. Its sum over all rows counts the first copy too, where nothing can be found: on a
    sequence and its copy it ends at one half.
    """
    pattern = np.zeros((len(ids), len(ids)))
    pattern[:, 1:] = ids[:, None] == ids[None, :-1]
    kept = attention[:, rows]
    return (kept * np.tril(pattern)[rows]).sum((1, 2)) / kept.sum((1, 2))
