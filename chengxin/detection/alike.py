"""Complaints that say nearly the same, side by side, so that an officer reads the words once (B27). For display, and nothing else.

Mass complaints from one template cost as much reading as all others, and among them are genuine ones: many are hurt by one fault, and a
template is handed round because it says the thing well. So this is no detector and makes no finding. It reads what was complained of,
where and when; it does not read who complained. It returns texts to a page and writes nothing; nothing that accepts, times or decides a
complaint may import it (`tests/test_alike.py` and the contract "alike" of the import linter).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin.detection.engine import components
from chengxin.detectors.near_texts import near_pairs

MOST = 20_000  # complaints compared, the newest; a minute of processor time is not for a page
LIKENESS = 0.5  # Jaccard of trigrams: a template with other names and sums in it stays above, two complaints of one fault below
SHORTEST = 12  # trigrams: "没收到货" is everybody's
LEAST = 3  # complaints that make a group
NUMBERS = 200  # of complaints listed with a group

_NEWEST = f"""
    SELECT fact, platform, complaint_no, shop, reason, text, filed_at FROM complaint
    WHERE text IS NOT NULL ORDER BY filed_at DESC, fact LIMIT {MOST}
"""  # noqa: S608 - our own number


@dataclass(frozen=True)
class Alike:
    """A group: its shortest wording, the complaints' numbers with their platforms (at most NUMBERS), and how many, where, when. It holds
    no complainant, no outcome and no score."""

    wording: str
    complaints: tuple[str, ...]
    n: int
    shops: int
    platforms: int
    reason: str
    first: datetime
    last: datetime


def alike(lake: Any) -> list[Alike]:
    """The groups among the newest complaints of the lake, the largest first. Same complaints, same groups in the same order."""
    rows = lake.sql(_NEWEST).to_arrow_table()
    groups = _groups(rows["text"])
    told = [_told(rows.take(pa.array(places)).to_pylist()) for places in groups]
    return sorted(told, key=lambda one: (-one.n, one.first, one.wording))


def _groups(texts: pa.ChunkedArray) -> list[list[int]]:
    """Places of texts that are the same or nearly so, by LEAST or more. Copies are counted once when texts are compared: else the words
    of a template sent a thousand times would pass for phrases that everybody uses."""
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts.to_pylist()):
        places.setdefault(" ".join(text.split()), []).append(place)
    said = sorted(places)
    pairs = near_pairs(pa.array(said, pa.string()), LIKENESS, SHORTEST)
    names = np.arange(len(said))
    ids, group = components(pairs.left, pairs.right) if len(pairs.left) else (names[:0], names[:0])
    names[ids] = group
    joined: dict[int, list[int]] = {}
    for text, name in zip(said, names.tolist(), strict=True):
        if len(text) >= SHORTEST + 2:
            joined.setdefault(name, []).extend(places[text])
    return [sorted(group) for group in joined.values() if len(group) >= LEAST]


def _told(rows: list[dict[str, Any]]) -> Alike:
    reasons = Counter(row["reason"] or "" for row in rows)
    rows = sorted(rows, key=lambda row: (row["filed_at"], row["platform"], row["complaint_no"]))
    return Alike(
        wording=min((row["text"] for row in rows), key=lambda text: (len(text), text)),
        complaints=tuple(f"{row['platform']} {row['complaint_no']}" for row in rows[:NUMBERS]),
        n=len(rows),
        shops=len({row["shop"] for row in rows}),
        platforms=len({row["platform"] for row in rows}),
        reason=min(reasons, key=lambda reason: (-reasons[reason], reason)),
        first=rows[0]["filed_at"],
        last=rows[-1]["filed_at"],
    )
