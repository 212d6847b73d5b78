from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingsMade:
    """A run finished and its findings stand; ids are those of FoundRow."""

    run_id: str
    finding_ids: list[str]
