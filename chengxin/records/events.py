"""What happened to credit files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordConfirmed:
    """A record is on the file, confirmed by a second person; `supersedes` is the number of the one it replaces, or empty."""

    record_id: str
    number: str
    supersedes: str


@dataclass(frozen=True)
class RecordWithdrawn:
    """A record holds no longer and nothing took its place: what was built on it is to be undone."""

    record_id: str
    number: str


@dataclass(frozen=True)
class ObjectionRaised:
    """A subject objects to a record."""

    objection_id: str
    record_number: str


@dataclass(frozen=True)
class ObjectionDecided:
    """A named person decided an objection; `state` is UPHELD or REJECTED."""

    objection_id: str
    record_number: str
    state: str
