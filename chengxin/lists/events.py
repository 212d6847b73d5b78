"""What happened to lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Listed:
    """A subject is on an official list by a decision of a named person. `kind` is the list's code; rooms below cannot ask for the entry."""

    entry_id: str
    subject_id: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Removed:
    """An entry ended; `why` is repaired, expired or revoked. Everything that was built on it is being undone."""

    entry_id: str
    why: str


@dataclass(frozen=True)
class RepairGranted:
    """A repair takes effect."""

    application_id: str
