"""Plain, slow FRAUDAR to test against: no pruning, no heap, no arrays. Written from the paper, shares no code with the engine's search."""

from __future__ import annotations

from fractions import Fraction


def greedy(edges: dict[tuple[int, int], int], order: dict[tuple[str, int], int], extra: dict[tuple[str, int], int] | None = None):
    """Edges {(row, col): weight}; ties by `order`. Returns (rows, cols, weight) of the densest set passed, the first of several."""
    extra = extra or {}
    neighbours: dict[tuple[str, int], dict[tuple[str, int], int]] = {node: {} for node in extra}
    for (row, col), weight in edges.items():
        neighbours.setdefault(("r", row), {})[("c", col)] = weight
        neighbours.setdefault(("c", col), {})[("r", row)] = weight
    alive = set(neighbours)
    degree = {node: sum(near.values()) + extra.get(node, 0) for node, near in neighbours.items()}
    weight = sum(edges.values()) + sum(extra.values())
    best, best_density, best_weight = set(alive), Fraction(weight, len(alive)), weight
    while len(alive) > 1:
        node = min(alive, key=lambda one: (degree[one], order.get(one, -1)))
        alive.remove(node)
        weight -= degree[node]
        for other, w in neighbours[node].items():
            degree[other] -= w
        if Fraction(weight, len(alive)) > best_density:
            best, best_density, best_weight = set(alive), Fraction(weight, len(alive)), weight
    return {i for side, i in best if side == "r"}, {i for side, i in best if side == "c"}, best_weight
