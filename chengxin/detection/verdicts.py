"""What officers decided, as detectors take it that look for what is tied to decided clues."""

from __future__ import annotations

from typing import Any

from chengxin.detection import calibration
from chengxin.detection.learning.models import CONFIRMED, UNKNOWN
from chengxin.detection.learning.verdicts import latest
from chengxin.detection.models import FoundRow
from chengxin.kernel import clock


def cases() -> list[dict[str, Any]]:
    """The decided clues ({case, confirmed, behaviour, shops, accounts}), by number; the last verdict on a clue counts."""
    decided = {one.finding_id: one for one in latest() if one.outcome != UNKNOWN}
    found = [(decided[row.id], row) for row in FoundRow.objects.filter(id__in=list(decided))]
    return [
        {
            "case": verdict.number,
            "confirmed": verdict.outcome == CONFIRMED,
            "behaviour": row.behaviour,
            "shops": sorted(row.shops),
            "accounts": sorted(row.accounts),
        }
        for verdict, row in sorted(found, key=lambda pair: pair[0].number)
    ]


def curve(detector: str) -> calibration.Curve:
    """What a detector's scores are worth, by the verdicts so far."""
    return calibration.fit(*_decided(detector), clock.today())


def _decided(detector: str) -> tuple[list[float], list[bool]]:
    rows = [one for one in latest() if one.detector == detector and one.outcome != UNKNOWN]
    return [one.score for one in rows], [one.outcome == CONFIRMED for one in rows]
