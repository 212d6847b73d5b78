"""A month of generated matters of several departments, straight into the rooms' tables: on time, late and undone ones, at the edges too."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from chengxin.consumers.models import Complaint, ConsumerStep, Filing
from chengxin.coordination.tests.people import at
from chengxin.facts.models import Receipt
from chengxin.kernel import clock, ids
from chengxin.law import law
from chengxin.lists.models import ListEntry
from chengxin.lists.models import Task as JointTask
from chengxin.records.models import BAD, Objection, Record
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop, Subject
from chengxin.subjects.tests import samples
from chengxin.supervision.models import Clue, ClueStep

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 31)
DEPARTMENTS = ("SAMR", "COM", "POST", "FDA17")  # the last was succeeded by SAMR
NIGHT = timedelta(hours=23, minutes=59)


def fill(seed: int = 7, size: int = 60) -> None:
    """`size` matters of each kind, a third of them due outside October."""
    rng = random.Random(seed)
    subject = _subject(700)
    platform = Platform.objects.create(code="month", name="示例平台", status="active")
    shop = Shop.objects.create(
        platform=platform, shop_id="S1", token=1, state_since=clock.now(), created_at=clock.now(), created_by="t", updated_at=clock.now()
    )
    _clues(rng, size)
    _complaints(rng, size, platform, shop)
    _receipts(rng, size)
    records = _records(rng, size, subject)
    _objections(rng, records)
    _joint(rng, size)


def _due(rng: random.Random) -> date:
    return date(2026, 9, 20) + timedelta(days=rng.randrange(52))


def _done(rng: random.Random, due: date) -> datetime | None:
    """None, on the last minute of the due day, on the first of the next, or around it."""
    day = datetime.combine(due, datetime.min.time(), clock.CITY)
    return rng.choice([None, day + NIGHT, day + timedelta(days=1), day + timedelta(days=rng.randrange(-9, 9), hours=rng.randrange(24))])


def _clues(rng: random.Random, size: int) -> None:
    for number in range(size):
        opened = date(2026, 8, 31) + timedelta(days=rng.randrange(52))
        due = law.at(opened).due("CLUE_CHECK", opened)
        done = _done(rng, due)
        common: dict[str, Any] = {
            "detector": "d",
            "behaviour": "B01",
            "title_zh": "线索",
            "title_en": "Clue",
            "severity": "low",
            "score": 0.5,
        }
        clue = Clue.objects.create(
            number=f"CL{number}",
            key=f"k{number}",
            department=rng.choice(DEPARTMENTS),
            state="DISMISSED" if done else "OPENED",
            opened_at=at(opened),
            received_on=opened,
            due_on=due,
            closed_at=done,
            since=at(due),
            until=at(due),
            run_id=ids.new_id(),
            finding_id=ids.new_id(),
            evidence_root="0" * 64,
            **common,
        )
        for action, when in (("open", at(opened)), ("dismiss", done)):
            if when:
                ClueStep.objects.create(clue=clue, action=action, after="A", department=clue.department, actor="u", at=when)


def _complaints(rng: random.Random, size: int, platform: Platform, shop: Shop) -> None:
    """Received from July on: mediation lasts sixty days. Last days are the law's."""
    leaf = 1_000_000
    for number in range(size):
        received = date(2026, 7, 20) + timedelta(days=rng.randrange(95))
        about = {"respondent_name": "示例商贸有限公司", "category": "other", "product": "木耳", "platform": platform, "shop": shop}
        filing = Filing.objects.create(code_index=f"c{number}", wants="money", channel="page", by="system:test", received_at=at(received))
        one = Complaint.objects.create(
            filing=filing,
            number=f"TS{number}",
            text="文",
            request="求",
            received_at=at(received),
            department=rng.choice(DEPARTMENTS),
            place="230499",
            rule="r",
            **about,
        )
        for place, (action, until, when) in enumerate(_way(rng, received)):
            leaf += 1
            said = {"of": "complaint", "matter": one.pk, "before": "A", "after": "B", "actor": "u", "actor_name": "王"}
            ConsumerStep.objects.create(place=place, action=action, due_on=until, at=when, leaf=leaf, **said)


def _way(rng: random.Random, received: date) -> list[tuple[str, date | None, datetime]]:
    """The steps of a complaint with the last day that each of them leaves."""
    book = law.at(received)
    due = book.due("COMPLAINT_ACCEPT", received)
    steps: list[tuple[str, date | None, datetime]] = [("receive", due, at(received))]
    done = _done(rng, due)
    if done is None:
        return steps
    if rng.random() < 0.2:
        return [*steps, (rng.choice(["refuse", "withdraw"]), None, done)]
    later = book.due("MEDIATE", clock.city_day(done))
    steps += [("transfer", due, at(received)), ("accept", later, done), ("mediate", later, done)]
    over = _done(rng, later)
    if over is None:
        return steps
    if rng.random() < 0.5:
        return [*steps, ("agree", None, over)]
    told = book.due("MEDIATE_END_TELL", clock.city_day(over))
    after = _done(rng, told)
    return [*steps, ("end", told, over), *([("follow_up", None, after)] if after else [])]


def _receipts(rng: random.Random, size: int) -> None:
    for number in range(size):
        rows = rng.randrange(0, 500)
        accepted = rng.randrange(rows + 1)
        again = rng.randrange(rows - accepted + 1)
        counts = {"rows": rows, "accepted": accepted, "duplicates": again, "quarantined": rows - accepted - again}
        when = _done(rng, _due(rng)) or at(SINCE)
        given = {
            "platform": "month",
            "kind": "order",
            "format": "csv",
            "actor": "t",
            "file_bytes": 1,
            "schema_version": 1,
            "leaf": 1,
            "document": "",
        }
        Receipt.objects.create(identity=f"{number}", received_at=when, file_sha256="0" * 64, **counts, **given)


def _records(rng: random.Random, size: int, subject: Subject) -> list[Record]:
    made = []
    for number in range(size):
        term = rng.choice(["ORDINARY", "ORDINARY", "WARNING"])
        decided = _due(rng)
        published = rng.choice([None, decided, decided + timedelta(days=rng.randrange(5, 15))]) if term == "ORDINARY" else None
        made.append(_record(f"JL{number}", subject, rng.choice(DEPARTMENTS), decided, term, published))
    return made


def _record(
    number: str, subject: Subject, department: str, decided: date, term: str, published: date | None = None, item: str = "PENALTY"
) -> Record:
    people = {"entered_by": "a", "entered_by_name": "甲", "confirmed_by": "b", "confirmed_by_name": "乙"}
    text = {"summary": "处罚", "maker": "示例局", "basis": "法", "document_number": f"{number}号", "document_hash": "0" * 64}
    return Record.objects.create(
        number=number,
        subject=subject,
        item=item,
        kind=BAD,
        origin="A",
        term=term,
        department=department,
        decided_on=decided,
        valid_from=decided,
        published_on=published,
        known_from=at(decided),
        leaf=1,
        **people,
        **text,
    )


def _objections(rng: random.Random, records: list[Record]) -> None:
    for record in records:
        due = _due(rng)
        done = _done(rng, due)
        state = rng.choice(["UPHELD", "REJECTED"]) if done else "RAISED"
        answer = {"answer": "答复", "decided_by": "b", "decided_at": done} if done else {}
        raised = {"statement": "不属实", "raised_by": "c", "raised_by_name": "丙", "raised_at": at(due), "clock": "X", "workflow": "w"}
        Objection.objects.create(record=record, department=record.department, state=state, due_on=due, **raised, **answer)


def _joint(rng: random.Random, size: int) -> None:
    """Joint measures of one entry a department."""
    entries_of = [_entry(number, department) for number, department in enumerate(DEPARTMENTS)]
    for number in range(size):
        due, lift = _due(rng), rng.choice([None, _due(rng)])
        own = rng.random() < 0.5
        JointTask.objects.create(
            entry=rng.choice(entries_of),
            round=1,
            measure=f"M{number}",
            executor_kind="department" if own else "platform",
            executor=rng.choice(DEPARTMENTS) if own else "month",
            pushed_at=at(due),
            due_on=due,
            fed_at=_done(rng, due),
            lift_due_on=lift,
            lifted_at=_done(rng, lift) if lift else None,
        )


def _entry(number: int, department: str) -> ListEntry:
    subject = _subject(800 + number)
    return ListEntry.objects.create(
        number=f"MD{number}",
        kind="SERIOUS",
        subject=subject,
        record=_record(f"JL-MD{number}", subject, department, SINCE - timedelta(weeks=20), ""),
        department=department,
        state="PROPOSED",
        factors=[],
        measures=[],
        proposed_by="a",
        proposed_by_name="甲",
        proposed_at=at(SINCE),
    )


def _subject(number: int) -> Subject:
    entry = entries.SubjectEntry(kind="1", name=f"示例商贸{number}有限公司", uscc=samples.uscc(number, "91"), division="230499")
    return subjects.register_subject(entry, "system:test")
