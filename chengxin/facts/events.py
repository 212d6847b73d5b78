"""What happened in this room, for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchAccepted:
    """A platform's batch is in the lake. Times are ISO 8601, UTC; empty when no row was new."""

    receipt_id: str
    platform: str
    kind: str
    accepted: int
    quarantined: int
    first_at: str
    last_at: str
