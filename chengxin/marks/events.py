"""What happened to marks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MarkIssued:
    """A mark stands for a subject's site on this exact host."""

    serial: str
    subject_id: str
    host: str


@dataclass(frozen=True)
class MarkEnded:
    """A mark was revoked or reissued."""

    serial: str
    subject_id: str
    host: str


@dataclass(frozen=True)
class ImitationConfirmed:
    """An officer confirmed that a host or name passes for a subject of the register."""

    number: str
    target: str
    subject_id: str
