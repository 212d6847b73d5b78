"""What was run, and what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from chengxin import detectors
from chengxin.detection.models import FoundRow, Run
from chengxin.detectors import Detector


def runs() -> QuerySet[Run]:
    """Runs, newest first, with `findings` counted."""
    return Run.objects.annotate(findings=Count("found")).order_by("-started_at")


def found(run_id: str) -> QuerySet[FoundRow]:
    """The findings of a run, strongest first."""
    return FoundRow.objects.filter(run_id=run_id).order_by("-score", "key")


def findings_of(ids: Iterable[str]) -> list[FoundRow]:
    """Findings by id, strongest first; what supervision opens clues from."""
    return list(FoundRow.objects.filter(id__in=list(ids)).select_related("run").order_by("-score", "key"))


def per_detector(run: Run) -> dict[str, int]:
    """{detector: findings} of a run, detectors without findings included."""
    counted = Counter(run.found.values_list("detector", flat=True))
    return {name: counted[name] for name in run.detectors}


def cards() -> list[Detector]:
    """Every detector's card."""
    return [detectors.load(name) for name in detectors.names()]
