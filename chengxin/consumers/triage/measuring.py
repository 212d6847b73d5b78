"""How right the groups are and what they save: pairs, genuine complaints joined by mistake, an officer's acts with and without groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.consumers.triage.grouping import Group
from chengxin.consumers.triage.labelled import GENUINE, Labelled

# An officer's acts on the pages of this house for one complaint alone: open it, say what is decided, send. In a group: a tick for each
# complaint, and the three once for each page of ticks.
ALONE, ONCE, TICK = 3, 3, 1
PAGE = 50  # complaints on a page of a group


@dataclass(frozen=True)
class Figures:
    """precision, recall: of pairs from one template; joined: genuine complaints that stand in a group; genuine: all of them.

    alone, grouped: acts without and with groups; saved: share of acts that fall away.
    """

    precision: float
    recall: float
    joined: int
    genuine: int
    alone: int
    grouped: int

    @property
    def saved(self) -> float:
        return 1 - self.grouped / self.alone if self.alone else 0.0


def figures(given: Labelled, found: list[Group]) -> Figures:
    """Compare groups with the labels."""
    label = given.label
    sizes = np.array([len(one.places) for one in found], np.int64)
    right = sum(int((np.bincount(part[part != GENUINE]) ** 2).sum()) - int((part != GENUINE).sum()) for part in _labels(label, found)) // 2
    together = int((sizes * (sizes - 1)).sum()) // 2
    wanted = int((np.bincount(label[label != GENUINE]) ** 2).sum() - (label != GENUINE).sum()) // 2
    joined = sum(int((part == GENUINE).sum()) for part in _labels(label, found))
    pages = int(np.ceil(sizes / PAGE).sum())
    alone = ALONE * len(label)
    grouped = ONCE * pages + TICK * int(sizes.sum()) + ALONE * (len(label) - int(sizes.sum()))
    return Figures(
        right / together if together else 1.0, right / wanted if wanted else 1.0, joined, int((label == GENUINE).sum()), alone, grouped
    )


def _labels(label: np.ndarray[tuple[int], np.dtype[np.int64]], found: list[Group]) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [label[list(one.places)] for one in found]
