"""What officers decided, as detectors take it that look for what is tied to decided clues."""

from __future__ import annotations

from typing import Any

from chengxin.detection.learning.models import CONFIRMED, UNKNOWN
from chengxin.detection.learning.verdicts import latest
from chengxin.detection.models import FoundRow


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
