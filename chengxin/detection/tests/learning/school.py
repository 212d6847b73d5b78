"""Findings with verdicts made by hand: two reasons together make one likely; the detector's score and the strongest reason say little."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from chengxin.detection.learning.models import Opinion, Verdict
from chengxin.detection.learning.verdicts import Told, keep
from chengxin.detection.models import FoundRow, Run
from chengxin.kernel import clock

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.CITY)


def run(snapshot: dict[str, Any] | None = None, until: datetime = NOW, at: datetime | None = None) -> Run:
    return Run.objects.create(
        detectors={"brushing": "2"},
        parameters={},
        since=until - timedelta(days=60),
        until=until,
        snapshot=snapshot or {},
        snapshot_root="0" * 64,
        state="done",
        started_at=at or clock.now(),
        started_by="system:test",
    )


def finding(of: Run, number: int, money: float, score: float, structure: float = 0.4, **extra: Any) -> FoundRow:
    reasons = [
        {"code": "money_back", "zh": "退款。", "en": "Money back.", "numbers": {}, "weight": money},
        {"code": "structure", "zh": "结构。", "en": "Structure.", "numbers": {}, "weight": structure},
    ]
    given = {"shops": [number], "accounts": list(range(6)), "evidence": {"order": list(range(number % 7 + 3))}}
    row = FoundRow(
        run=of,
        detector="brushing",
        behaviour="B01",
        key=f"{number:032x}",
        reasons=sorted(reasons, key=lambda one: -one["weight"]),
        score=score,
        since=of.since,
        until=of.until,
        digest="0" * 64,
        **{**given, **extra},
    )
    row.save()
    return row


def taught(n: int = 120, seed: int = 5) -> list[Verdict]:
    """n findings of one run, each with a verdict a few hours after the one before."""
    draw, of, made = random.Random(seed), run(), []
    for number in range(n):
        money, structure = round(draw.random(), 3), round(draw.random(), 3)
        row = finding(of, number, money, round(0.5 + 0.5 * draw.random(), 3), structure)
        said = "confirmed" if draw.random() < (0.95 if money + structure > 1 else 0.05) else "dismissed"
        made.append(judged(row, said, NOW - timedelta(hours=3 * (n - number)), pattern="" if said == "confirmed" else "campus"))
    return made


def judged(row: FoundRow, said: str, at: datetime = NOW, **extra: Any) -> Verdict:
    """The verdict on a finding's own clue."""
    given: dict[str, Any] = {
        "step_id": uuid.uuid5(uuid.NAMESPACE_OID, f"step {row.key} {at}"),
        "clue_id": uuid.uuid5(uuid.NAMESPACE_OID, row.key),
        "number": f"XS-{row.key[:8]}",
        "finding_ids": [row.id],
        "detector": row.detector,
        "detector_version": "2",
        "outcome": said,
        "score": row.score,
        "opened_at": at - timedelta(hours=1),
        "decided_at": at,
        "reasons": [one["code"] for one in row.reasons],
    }
    return keep(Told(**{**given, **extra}))


def opinion(record: Any, row: FoundRow, place: int, before: int, at: datetime = NOW) -> Opinion:
    return Opinion.objects.create(
        model=record, finding_id=row.id, probability=0.7, contributions=[], place=place, place_before=before, at=at - timedelta(hours=2)
    )
