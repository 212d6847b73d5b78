"""What happened with parcels and courier firms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IncidentHandedOver:
    """An officer found that an incident is unlawful conduct: the source of a case of `department` against the firm's subject."""

    incident_id: str
    subject_id: str
    department: str


@dataclass(frozen=True)
class IncidentRecorded:
    """An incident was found true, its liability traced, and it is on record."""

    incident_id: str


@dataclass(frozen=True)
class BanInForce:
    """A courier firm may not enter platforms until the ban's last day."""

    ban_id: str


@dataclass(frozen=True)
class BanEnded:
    """A ban ended; `why` is EXPIRED, REPAIRED or REVOKED. Platforms confirm that they lifted it."""

    ban_id: str
    why: str
