"""Events as columns of whole numbers: the one form in which the live state and the past are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from chengxin.rules.features import KINDS

Ints = NDArray[np.int64]
Rows = dict[str, Ints]

KEYS = ("fact", "order", "shop", "buyer", "device", "ip", "address", "payer", "payee", "sender")  # tokens; 0 = not given
VALUES = ("amount", "weight", "licensed")  # fen, grams, 0 or 1; -1 = not given
COLUMNS = ("kind", "time", *KEYS, *VALUES)


def empty(count: int) -> Rows:
    """Rows in which nothing is given yet."""
    made = {name: np.zeros(count, np.int64) for name in ("kind", "time", *KEYS)}
    return made | {name: np.full(count, -1, np.int64) for name in VALUES}


def of_kind(kind: str, given: Mapping[str, Ints]) -> Rows:
    """Rows of one kind from the columns it has; `fact` and `time` are among them."""
    made = empty(len(given["fact"]))
    made["kind"][:] = KINDS.index(kind)
    return made | dict(given)


def together(parts: Iterable[Rows]) -> Rows:
    """Rows of several kinds in the order in which they count: by time, then kind, then fact."""
    all_rows = joined(parts)
    return take(all_rows, order(all_rows))


def joined(parts: Iterable[Rows]) -> Rows:
    """The rows of all parts, one part after the other."""
    parts = list(parts)
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS} if parts else empty(0)


def order(rows: Rows) -> Ints:
    """Places of the rows by time, kind and fact: the one order in which an event sees those before it."""
    return np.lexsort((rows["fact"], rows["kind"], rows["time"]))


def take(rows: Rows, places: Ints) -> Rows:
    return {name: column[places] for name, column in rows.items()}
