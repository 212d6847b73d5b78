"""Which complaints say the same: a pure function over columns, the same groups for the same complaints in whatever order.

Two complaints belong together when their words are nearly the same, or fairly alike and against the same business or from the same contact.
The same business or the same contact alone is no reason: one fault hurts many, and one person may be hurt twice. A group says that an
officer may read the words once. It says nothing of whether a complaint is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from chengxin.detection.engine import components
from chengxin.detectors.near_texts import near_pairs

Ints = NDArray[np.int64]

# Jaccard of character trigrams, digits read as one sign; chosen on the labelled set of bench/triage (README there).
NEAR, FAIR = 0.7, 0.5
SHORTEST = 30  # trigrams: to read fewer words than that is no work, and "没收到货" is everybody's
LEAST = 3  # complaints that make a group
BURST = 3 * 86_400  # seconds: the widest window in which arrivals are counted as one wave; shown, never a reason to join
DIGITS = re.compile(r"[0-9０-９一二三四五六七八九十百千万两]+")

_SHARING = """
    SELECT DISTINCT p.l, p.r FROM fair p JOIN marks a ON a.said = p.l JOIN marks b ON b.said = p.r AND b.mark = a.mark
"""


@dataclass(frozen=True)
class Columns:
    """What is read of each complaint: its words, the business ("" unknown), keyed hashes of telephone and address ("" none), and the second
    it came. No name, no outcome, no day that is due."""

    text: Sequence[str]
    business: Sequence[str]
    phone: Sequence[str]
    address: Sequence[str]
    at: Ints


@dataclass(frozen=True)
class Group:
    """places: of its complaints, by arrival; pattern: the place of the shortest wording; and what an officer is shown as the reason:
    wordings: different texts; businesses: different ones; contacts: different telephones; wave: most that came within three days."""

    places: tuple[int, ...]
    pattern: int
    wordings: int
    businesses: int
    contacts: int
    wave: int


def groups(columns: Columns) -> list[Group]:
    """Groups of at least LEAST complaints, the largest first."""
    plain = [plain_text(text) for text in columns.text]
    said, of = np.unique(np.array(plain, object).astype(str), return_inverse=True) if plain else (np.zeros(0, str), np.zeros(0, np.int64))
    pairs = near_pairs(pa.array(said.tolist(), pa.string()), FAIR, SHORTEST)
    near = pairs.likeness >= NEAR
    left, right = _fair_and_sharing(pairs.left[~near], pairs.right[~near], columns, of)
    left, right = np.concatenate([pairs.left[near], left]), np.concatenate([pairs.right[near], right])
    names = np.arange(len(said))
    if len(left):
        ids, joined = components(left, right)
        names[ids] = joined
    whole = np.array([len(text) >= SHORTEST + 2 for text in said.tolist()], bool)
    return sorted(
        (_told(places, plain, columns) for places in _gathered(names[of], whole[of])), key=lambda one: (-len(one.places), one.places)
    )


def plain_text(text: str) -> str:
    """The words as they are compared: without blanks, each number as one sign."""
    return DIGITS.sub("0", "".join(text.split()))


def _fair_and_sharing(left: Ints, right: Ints, columns: Columns, of: Ints) -> tuple[Ints, Ints]:
    """Of pairs of wordings that are fairly alike those that share a business or a contact."""
    said, marks = [], []
    for kind, values in (("b", columns.business), ("p", columns.phone), ("a", columns.address)):
        known = [place for place, value in enumerate(values) if value]
        said.append(of[known])
        marks += [f"{kind}{values[place]}" for place in known]
    with duckdb.connect() as here:
        here.register("fair", pa.table({"l": left, "r": right}))
        here.register("marks", pa.table({"said": np.concatenate(said).astype(np.int64), "mark": pa.array(marks, pa.string())}))
        found = here.execute(_SHARING).fetchnumpy()
    order = np.lexsort((found["r"], found["l"]))
    return found["l"][order].astype(np.int64), found["r"][order].astype(np.int64)


def _gathered(names: Ints, whole: NDArray[np.bool_]) -> list[Ints]:
    """Places by the name of their group, where there are enough of them."""
    places = np.flatnonzero(whole)
    order = places[np.argsort(names[places], kind="stable")]
    cuts = np.flatnonzero(np.diff(names[order])) + 1
    return [part for part in np.split(order, cuts) if len(part) >= LEAST]


def _told(places: Ints, plain: list[str], columns: Columns) -> Group:
    at = columns.at[places]
    order = places[np.lexsort((places, at))].tolist()
    times = np.sort(at)
    wave = int((np.searchsorted(times, times + BURST, side="right") - np.arange(len(times))).max())
    return Group(
        places=tuple(order),
        pattern=min(order, key=lambda place: (len(columns.text[place]), columns.text[place], place)),
        wordings=len({plain[place] for place in order}),
        businesses=len({columns.business[place] for place in order}),
        contacts=len({columns.phone[place] for place in order if columns.phone[place]}),
        wave=wave,
    )
