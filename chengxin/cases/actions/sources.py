"""How a case begins: a clue, a complaint, an inspection, an interview, another department, or an officer's own finding."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.cases import clocks
from chengxin.cases.actions.taking import TABLE, write
from chengxin.cases.models import Case
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden
from chengxin.law import law
from chengxin.subjects.models import Subject

INSPECTION, COMPLAINT, TRANSFER, ASSIGNED, OTHER = "1", "2", "3", "4", "5"


def register_source(
    actor: Actor,
    subject_id: object,
    department: str,
    source: str,
    title: str,
    *,
    ref: str = "",
    behaviour: str = "",
    received_on: date | None = None,
    facts: str = "",
    previous: Case | None = None,
) -> Case:
    """Put a source on the department's desk; its check has 15 working days (order 2 art. 18). The same `ref` again is the same case.

    Raises Forbidden for who is no officer there (the house's own jobs are), LawUnknown for a source that is not on the list, NotFound.
    """
    with transaction.atomic():
        if not actor.is_system and department not in actor.departments_as("officer", "head"):
            raise Forbidden
        law.at(clock.today()).codes("case_source")[source]
        with locks.locked(f"cases.numbers:{department}"):
            subject = access.get(actor, Subject, pk=subject_id)
            known = Case.objects.filter(department=department, source_ref=ref).first() if ref else None
            return known or _open(actor, subject, department, source, title, ref, behaviour, received_on, facts, previous)


def _open(
    actor: Actor,
    subject: Subject,
    department: str,
    source: str,
    title: str,
    ref: str,
    behaviour: str,
    received_on: date | None,
    facts: str,
    previous: Case | None,
) -> Case:
    day = received_on or clock.today()
    case = Case.objects.create(
        number=next_number(department, clock.today().year),
        department=department,
        subject=subject,
        title=title.strip(),
        behaviour=behaviour,
        source=source,
        source_ref=ref,
        state=workflow.load(TABLE).initial,
        received_on=day,
        previous=previous,
        opened_at=clock.now(),
    )
    clocks.start(case, clocks.CHECK, law.at(day).due(clocks.CHECK, day), day)
    case.due_on = clocks.nearest(case)
    case.save()
    write(case, actor, "register", "", {"source": source, "ref": ref, "received_on": day.isoformat()}, {"facts": facts} if facts else {})
    return case


def next_number(department: str, year: int) -> str:
    """The department's next number of the year, e.g. SAMR-2026-0017; lock cases.numbers:<department> is held."""
    start = f"{department}-{year}-"
    return f"{start}{Case.objects.filter(number__startswith=start, lead=None).count() + 1:04d}"
