"""Keeping officers' verdicts, and what each is worth for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from chengxin.detection.learning.features import tuning
from chengxin.detection.learning.models import DETECTOR, LOT, UNKNOWN, Opinion, Verdict


@dataclass(frozen=True)
class Told:
    """A verdict as the clue desk tells it. finding_ids: the clue's findings, the one that opened it first."""

    step_id: UUID
    clue_id: UUID
    number: str
    finding_ids: Sequence[UUID]
    detector: str
    detector_version: str
    outcome: str
    score: float
    opened_at: datetime
    decided_at: datetime
    pattern: str = ""
    wrong_reasons: Sequence[str] = ()
    reasons: Sequence[str] = ()
    origin: str = DETECTOR
    inclusion: float = 1.0


def keep(told: Told) -> Verdict:
    """Keep a verdict; told twice, it is kept once. Runs in the caller's transaction."""
    verdict, _ = Verdict.objects.get_or_create(
        step_id=told.step_id,
        defaults={
            "clue_id": told.clue_id,
            "number": told.number,
            "finding_id": told.finding_ids[0],
            "detector": told.detector,
            "detector_version": told.detector_version,
            "outcome": told.outcome,
            "pattern": told.pattern,
            "wrong_reasons": list(told.wrong_reasons),
            "reasons": list(told.reasons),
            "score": told.score,
            "opened_at": told.opened_at,
            "decided_at": told.decided_at,
            "origin": told.origin,
            "inclusion": told.inclusion,
            "raised": was_raised(told.finding_ids, told.decided_at),
        },
    )
    return verdict


def was_raised(finding_ids: Sequence[UUID], before: datetime) -> bool:
    """Whether the model in use had put a finding of the clue further up than the detector's score had, before this moment."""
    return Opinion.objects.filter(finding_id__in=finding_ids, at__lt=before, place__lt=F("place_before")).exists()


def weight(verdict: Verdict) -> float:
    """What a verdict is worth in training: 0 for no answer and for what the model itself brought forward, else 1 / inclusion up to a limit.

    A clue that came by lot counts even when the model had moved it up: the lot would have brought it anyway.
    """
    if verdict.outcome == UNKNOWN or (verdict.raised and verdict.origin != LOT):
        return 0.0
    return min(1 / verdict.inclusion, float(tuning()["most_weight"]))


def latest(until: datetime | None = None) -> list[Verdict]:
    """The last verdict on each clue, oldest first; as of a moment when one is given."""
    rows = Verdict.objects.filter(decided_at__lt=until) if until else Verdict.objects.all()
    return sorted({one.clue_id: one for one in rows.order_by("decided_at", "id")}.values(), key=lambda one: (one.decided_at, str(one.id)))
