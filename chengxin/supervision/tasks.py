"""Handlers of events that reach the clue desk."""

from __future__ import annotations

from chengxin.detection.events import FindingsMade
from chengxin.supervision.actions import open_from_findings


def open_clues(event: FindingsMade) -> None:
    """A run's findings become clues."""
    open_from_findings(event.run_id, event.finding_ids)
