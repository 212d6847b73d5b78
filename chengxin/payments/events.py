"""What happened in the payments of the city."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MismatchConfirmed:
    """A person confirmed that an order, its payment and its parcel do not fit."""

    mismatch_id: str
    platform: str
    kind: str
