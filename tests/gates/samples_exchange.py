"""Ids of rows, batches, differences, entries, requests and hooks for the access matrix; see samples.py."""

from __future__ import annotations

from datetime import date
from typing import Any

from chengxin.accounts.actor import of_user
from chengxin.exchange import actions, collecting, fieldmaps, reading
from chengxin.exchange.models import (
    CatalogueEntry,
    Difference,
    ExchangeBatch,
    ExchangeRow,
    Hook,
    InboundFile,
    InboundRow,
    Reconciliation,
    ShareRequest,
)
from chengxin.exchange.steps import HOUSE
from chengxin.exchange.tests.people import penalty_values
from chengxin.kernel import clock
from chengxin.subjects.models import Subject
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
FIELDS = ["CF_XDR_MC", "CF_WSH"]


def row_of(subject: Subject, department: str, place: int) -> ExchangeRow:
    """A row that waits."""
    form, day = fieldmaps.at(fieldmaps.PENALTY, clock.today()), clock.today()
    content = fieldmaps.fill(form, penalty_values(subject, place, day))
    fact = f"records.record:GATE{department}{place}"
    given = {"kind": form.kind, "map_version": form.version, "fact": fact, "version": 1, "department": department, "subject": subject}
    number, digest = collecting.number_of(form.kind, fact, 1), reading.digest(content)
    return ExchangeRow.objects.create(number=number, content=content, digest=digest, event_on=day, due_on=day, made_at=clock.now(), **given)


def rows_of(city: City) -> list[ExchangeRow]:
    """One of each department, after the batches have taken theirs."""
    city.once(batches_of)
    found = [Subject.objects.get(pk=one) for one in city.subjects]
    return [row_of(found[side], city.departments[side], side) for side in (0, 1)]


def corrections_of(city: City) -> list[ExchangeRow]:
    """One of each department that corrects what is there."""
    subjects_of(city)
    made = []
    for side, department in enumerate(city.departments):
        row = row_of(Subject.objects.get(pk=city.subjects[side]), department, 20 + side)
        ExchangeRow.objects.filter(pk=row.pk).update(again=True)
        made.append(row)
    return made


def batches_of(city: City) -> list[ExchangeBatch]:
    """One of each department, to be approved; its rows are further ones."""
    subjects_of(city)
    made = []
    for side, department in enumerate(city.departments):
        row = row_of(Subject.objects.get(pk=city.subjects[side]), department, 10 + side)
        made.append(actions.collect(of_user(city.person("officer", side)), department, row.kind))
    return made


def run_of(city: City) -> Reconciliation:
    counts = dict.fromkeys(("sent", "accepted", "standing", "published", "found"), 0)
    given = {"number": "DZGATE", "at": clock.now(), "file": "CF-000.csv", "sha256": "0" * 64, "by": HOUSE[0]}
    return Reconciliation.objects.create(**given, **counts)


def differences_of(city: City) -> list[Difference]:
    run = city.once(run_of)
    return [
        Difference.objects.create(
            number=f"CYGATE{'AB'[side]}", kind="LOST", row_number=f"CFGATE-{side}", department=department, first=run, last=run
        )
        for side, department in enumerate(city.departments)
    ]


def inbound_of(city: City) -> list[InboundRow]:
    """Decisions of upper levels: every desk's."""
    file = InboundFile.objects.create(name="a.csv", sha256="1" * 64, kind="penalty", rows=2, fresh=2, taken_at=clock.now())
    given = {"file": file, "kind": "penalty", "authority": "省局", "decided_on": date(2026, 3, 2), "content": {}, "state": "UNMATCHED"}
    return [
        InboundRow.objects.create(number=f"RKGATE{name}", reference=f"R{name}", party=f"门{name}", digest=name * 64, **given)
        for name in "AB"
    ]


def entry_of(city: City, side: int, title: str) -> CatalogueEntry:
    """A draft."""
    given = {"resource": "penalties", "title": title, "sharing": "open", "fields": FIELDS}
    return actions.draft(of_user(city.person("officer", side)), city.departments[side], given)


def entries_of(city: City) -> list[CatalogueEntry]:
    return [entry_of(city, side, f"门目录{'甲乙'[side]}草稿") for side in (0, 1)]


def listed_of(city: City) -> list[CatalogueEntry]:
    made = []
    for side in (0, 1):
        officer, reviewer = (of_user(city.person(role, side)) for role in ("officer", "reviewer"))
        one = entry_of(city, side, "行政处罚信息共享")
        actions.assess(officer, one.number, "依法共享，必要", "不涉及敏感信息", "按字段授权、留痕")
        made.append(actions.publish(reviewer, one.number))
    return made


def requests_of(city: City) -> list[ShareRequest]:
    """Of each department to its own entry: nobody of the other is a party."""
    until = date(clock.today().year + 1, 1, 1)
    return [
        actions.ask(of_user(city.person("officer", side)), entry.number, city.departments[side], "双公示核对", FIELDS, until)
        for side, entry in enumerate(city.once(listed_of))
    ]


def grants_of(city: City) -> list[ShareRequest]:
    """Open to the machines of both sides."""
    given = {"fields": FIELDS, "until": date(clock.today().year + 1, 1, 1), "filed_at": clock.now(), "state": "DELIVERED"}
    given |= {"filed_by": "user:1", "filed_by_name": "甲", "decided_by": "user:2", "decided_by_name": "乙", "purpose": "核对"}
    return [
        ShareRequest.objects.create(number=f"GXGATE{'AB'[side]}", entry=entry, department=city.platforms[side], supplier="COM", **given)
        for side, entry in enumerate(city.once(listed_of))
    ]


def hooks_of(city: City) -> list[Hook]:
    return [
        Hook.objects.create(
            number=f"TSGATE{'AB'[side]}", client_code=code, url="https://a.example/", made_by="client:1", made_at=clock.now()
        )
        for side, code in enumerate(city.platforms)
    ]


def _numbers(rows: list[Any], sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, sees or {})


@sample("exchange:row")
def rows(city: City) -> Sample:
    return _numbers(city.once(rows_of))


@sample("exchange:batch")
def batches(city: City) -> Sample:
    return _numbers(city.once(batches_of))


@sample("exchange:difference")
def differences(city: City) -> Sample:
    return _numbers(city.once(differences_of))


@sample("exchange:inbound_row")
def inbound(city: City) -> Sample:
    return _numbers(city.once(inbound_of), DESK)


@sample("exchange:entry")
def entries(city: City) -> Sample:
    return _numbers(city.once(entries_of))


@sample("exchange:request")
def requests(city: City) -> Sample:
    return _numbers(city.once(requests_of))


@sample("api:shared_rows")
def grants(city: City) -> Sample:
    return _numbers(city.once(grants_of))


@sample("api:stop_hook", "api:replay_hook")
def hooks(city: City) -> Sample:
    return _numbers(city.once(hooks_of))
