"""What happened to cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PenaltyDecided:
    """A penalty decision was served and is on the credit file."""

    decision_id: str
    case_number: str
    subject_id: str
    department: str


@dataclass(frozen=True)
class DecisionRevoked:
    """A served decision was revoked: its record is withdrawn, and what rests on it is to be undone."""

    decision_id: str
    case_number: str
    subject_id: str


@dataclass(frozen=True)
class CaseClosed:
    """The penalty is performed and the head closed the case."""

    case_id: str
