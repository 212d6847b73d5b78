"""What officers decided, back to where it came from: cases from which ties are sought, and how often scores were right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chengxin.detection import calibration
from chengxin.detection.models import FoundRow, Verdict
from chengxin.kernel import clock


def note(finding_id: UUID, case: str, *, confirmed: bool) -> None:
    """Keep the verdict on a finding's ring or shop, in the transaction of the officer's step. A finding that is gone has none."""
    finding = FoundRow.objects.filter(pk=finding_id).first()
    if finding:
        Verdict.objects.update_or_create(
            key=finding.key, defaults={"finding": finding, "case": case, "confirmed": confirmed, "decided_at": clock.now()}
        )


def cases() -> list[dict[str, Any]]:
    """The decided clues as detectors take them ({case, confirmed, behaviour, shops, accounts}), by number."""
    decided = Verdict.objects.select_related("finding").order_by("case", "key")
    return [
        {
            "case": one.case,
            "confirmed": one.confirmed,
            "behaviour": one.finding.behaviour,
            "shops": sorted(one.finding.shops),
            "accounts": sorted(one.finding.accounts),
        }
        for one in decided
    ]


def curve(detector: str) -> calibration.Curve:
    """What a detector's scores are worth, by the verdicts so far."""
    return calibration.fit(*_decided(detector), clock.today())


def reliability(detector: str) -> list[calibration.Bin]:
    """The detector's raw scores beside what officers found: the points of the diagram on a model's page."""
    return calibration.reliability(*_decided(detector))


def _decided(detector: str) -> tuple[list[float], list[bool]]:
    rows = Verdict.objects.filter(finding__detector=detector).values_list("finding__score", "confirmed")
    return [score for score, _ in rows], [so for _, so in rows]
