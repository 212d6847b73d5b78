"""What happened to products of the city."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecallIssued:
    """Two persons issued a recall; platforms have their tasks."""

    recall_id: str
    number: str


@dataclass(frozen=True)
class RecallClosed:
    """A recall is done."""

    recall_id: str
    number: str
