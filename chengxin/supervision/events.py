"""What happened at the clue desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClueDismissed:
    """An officer found a clue harmless. The verdict flows back into the detector's figures; pattern is "other" when none fits."""

    clue_id: str
    detector: str
    detector_version: str
    key: str
    pattern: str


@dataclass(frozen=True)
class ClueJudged:
    """An officer recorded what the check showed; the step in the clue's history holds it. The clue stays where it is."""

    step_id: str


@dataclass(frozen=True)
class ClueHandedOver:
    """A clue went to another department, whose clock starts on that day."""

    clue_id: str
    from_department: str
    to_department: str


@dataclass(frozen=True)
class PlatformAsked:
    """An officer asked a platform about a clue."""

    request_id: str
    platform: str
