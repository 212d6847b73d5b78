"""What happened to commitments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CommitmentEnded:
    """A commitment ended before its last day; `why` is withdrawn or void."""

    commitment_id: str
    number: str
    why: str


@dataclass(frozen=True)
class BreachFound:
    """Two people found a breach; it is on the credit file under `record_number`."""

    breach_id: str
    number: str
    record_number: str
