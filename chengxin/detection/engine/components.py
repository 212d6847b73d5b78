"""Connected components by union-find, with node numbers that do not depend on the order of edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel
from .graph import dense_codes

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]


def components(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Ints, Ints]:
    """Undirected edges left[i] - right[i] between int64 identifiers of one kind. Returns (identifiers, component): identifiers sorted, and
    for each the least identifier of its component."""
    ids, codes = dense_codes(np.concatenate([np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)]))
    half = len(codes) // 2
    return ids, ids[roots(codes[:half], codes[half:], len(ids))]


@kernel
def roots(left: Codes, right: Codes, size: int) -> Codes:
    """The least code of each node's component; path halving, the smaller root wins, so the answer needs no second numbering."""
    parent = np.arange(size).astype(np.int32)
    for i in range(len(left)):
        a, b = left[i], right[i]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    for i in range(size):
        parent[i] = parent[parent[i]]
    return parent
