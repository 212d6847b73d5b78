"""What happened to campaigns and stories."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoryTakenDown:
    """A typical case is public no longer."""

    story_id: str
    number: str


@dataclass(frozen=True)
class CompletionRevoked:
    """A completed course or a reported training counts no longer."""

    completion_id: str
