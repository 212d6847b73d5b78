"""What may be asked of the exchange: answers since a place of the log, what is open, and every difference between the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from chengxin.consumers.exchange.dialects import Peer
from chengxin.consumers.exchange.models import OPEN, Arrival, BadRow, Batch, Conflict, PeerList, Taken
from chengxin.consumers.models import Complaint, ConsumerStep, Report
from chengxin.kernel import clock, language
from chengxin.law import law

OUT = ("accept", "refuse", "agree", "settle", "end", "confirm", "unsolved", "close", "withdraw", "not_ours", "not_file", "file_case")
GROUNDED = {"refuse": "complaint_refuse", "end": "mediation_end"}
NOT_HERE, NOT_THERE, MENDING, DROPPED, UNANSWERED, NOT_TAKEN = DIFFERENCES = (
    "not_here",
    "not_there",
    "mending",
    "dropped",
    "unanswered",
    "not_taken",
)


def results(peer: str) -> QuerySet[ConsumerStep]:
    """What was decided about a system's files, by the place in the log. `leaf` is the cursor: it grows as acts are done."""
    matters = Arrival.objects.filter(peer=peer)
    complaints = Complaint.objects.filter(filing__in=matters.values("filing")).values("pk")
    reports = Report.objects.filter(filing__in=matters.values("filing")).values("pk")
    return (
        ConsumerStep.objects.filter(of="complaint", matter__in=complaints, action__in=OUT)
        | ConsumerStep.objects.filter(of="report", matter__in=reports, action__in=OUT)
    ).order_by("leaf")


def told(peer: Peer, steps: list[ConsumerStep]) -> list[dict[str, Any]]:
    """Results as they go out, in the other system's words of the day they were decided. No name, no text of anybody."""
    by_matter = _arrivals([step.matter for step in steps])
    return [_told(peer, step, *by_matter[step.matter]) for step in steps]


def _arrivals(matters: list[Any]) -> dict[Any, tuple[Arrival, str]]:
    found: dict[Any, tuple[Arrival, str]] = {}
    for model in (Complaint, Report):
        for one in model._default_manager.filter(pk__in=matters).select_related("filing__arrival"):
            found[one.pk] = (one.filing.arrival, one.number)
    return found


def _told(peer: Peer, step: ConsumerStep, arrival: Arrival, number: str) -> dict[str, Any]:
    day = clock.city_day(step.at)
    ground = step.note if step.action in GROUNDED else ""
    words = law.at(day).codes(GROUNDED[step.action]).get(ground) if ground else None
    return {
        "cursor": step.leaf,
        "number": arrival.number,
        "ours": number,
        "result": step.action,
        "word": peer.on(day).results.get(step.action, step.action),
        "ground": ground,
        "ground_words": words["zh"] if words else "",
        "on": day,
    }


def taken_upto(peer: str) -> int:
    """The place of the log up to which the other system has our answers; -1 for none."""
    upto = Taken.objects.filter(peer=peer).aggregate(last=Max("upto"))["last"]
    return -1 if upto is None else int(upto)


def not_taken(peer: str) -> QuerySet[ConsumerStep]:
    return results(peer).filter(leaf__gt=taken_upto(peer))


def to_mend(peer: str) -> QuerySet[BadRow]:
    return BadRow.objects.filter(peer=peer, over_at=None)


def dropped(peer: str) -> QuerySet[BadRow]:
    """Rows that an officer found can never be mended."""
    return BadRow.objects.filter(peer=peer, dropped=True)


def with_open(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Batches with how many of their rows still wait, and how many were dropped."""
    waiting, given_up = Q(bad_rows__over_at=None, bad_rows__isnull=False), Q(bad_rows__dropped=True)
    return batches.annotate(open=Count("bad_rows", filter=waiting), dropped=Count("bad_rows", filter=given_up))


def board(peer: Peer) -> dict[str, Any]:
    """What waits with a system."""
    return {
        "peer": peer,
        "name": language.pick(peer),
        "arrived": Arrival.objects.filter(peer=peer.code).count(),
        "to_mend": to_mend(peer.code).count(),
        "dropped": dropped(peer.code).count(),
        "conflicts": Conflict.objects.filter(peer=peer.code, state=OPEN).count(),
        "not_taken": not_taken(peer.code).count(),
        "last": Batch.objects.filter(peer=peer.code).first(),
    }


@dataclass(frozen=True)
class Difference:
    """A number on which the two sides are not together. on: its day here; due_on: the last day of the next step, where one runs."""

    kind: str
    number: str
    ours: str
    on: date | None
    due_on: date | None = None


def last_list(peer: str) -> PeerList | None:
    """What the other system last said that it had sent."""
    return PeerList.objects.filter(peer=peer).first()


def differences(peer: str) -> list[Difference]:
    """Sent there and not here, here and not on their list, rows to mend or dropped, arrived and not answered, answered and not taken."""
    stated = last_list(peer)
    arrived = {one.number: one for one in Arrival.objects.filter(peer=peer)}
    waiting = {row.number for row in to_mend(peer) | dropped(peer)}
    found = [
        Difference(kind, row.number, "", clock.city_day(row.batch.at))
        for kind, rows in ((MENDING, to_mend(peer)), (DROPPED, dropped(peer)))
        for row in rows.select_related("batch")
    ]
    if stated is not None:
        there = set(stated.numbers)
        found += [Difference(NOT_HERE, number, "", None) for number in stated.numbers if number not in arrived and number not in waiting]
        found += [
            Difference(NOT_THERE, one.number, one.numbers, one.forwarded_on)
            for one in arrived.values()
            if stated.since <= one.forwarded_on <= stated.until and one.number not in there
        ]
    return found + _unanswered(arrived) + _not_taken(peer)


def _unanswered(arrived: Mapping[str, Arrival]) -> list[Difference]:
    """Files without any result yet."""
    by_filing = {one.filing_id: one for one in arrived.values()}
    found = []
    for rows in (Complaint.objects.filter(filing__in=by_filing), Report.objects.filter(filing__in=by_filing)):
        files: list[Complaint | Report] = list(rows)
        answered = set(ConsumerStep.objects.filter(matter__in=[one.pk for one in files], action__in=OUT).values_list("matter", flat=True))
        found += [
            Difference(UNANSWERED, by_filing[one.filing_id].number, one.number, by_filing[one.filing_id].forwarded_on, one.due_on)
            for one in files
            if one.pk not in answered
        ]
    return found


def _not_taken(peer: str) -> list[Difference]:
    steps = list(not_taken(peer))
    known = _arrivals([step.matter for step in steps])
    return [
        Difference(NOT_TAKEN, arrival.number, ours, clock.city_day(step.at)) for step in steps for arrival, ours in (known[step.matter],)
    ]
