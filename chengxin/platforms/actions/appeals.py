"""A shop appeals against a measure; a named person of the platform who did not make it takes it up and answers (order 116 art. 19)."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law, workdays
from chengxin.platforms.actions.steps import LEAST, check_person, moved, named, staff_of, wrong
from chengxin.platforms.errors import AlreadyDecided, AppealOpen, SamePerson
from chengxin.platforms.models import Appeal, Measure
from chengxin.platforms.models.measures import KEPT, LIFTED, OVER


def appeal(actor: Actor, number: str, statement: str) -> Appeal:
    """The merchant says what is wrong; a person of the platform has to answer. Raises AppealOpen, and StepNotAllowed once over or kept."""
    with transaction.atomic(), locks.locked(f"platforms.measure:{number}"):
        found = access.get(actor, Measure, number=number, shop__subject__in=actor.subjects)
        measure = Measure.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if measure.appeals.filter(result="").exists():
            raise AppealOpen
        text = statement.strip()
        if len(text) < LEAST:
            wrong("申诉理由缺失或者过短", "the statement is missing or too short")
        moved("measure", measure, "appeal", {"merchant"} if actor.has("merchant") else set(), actor, {"statement": text})
        measure.save()
        by, name = named(actor)
        today = clock.today()
        return Appeal.objects.create(
            measure=measure,
            statement=text,
            made_by=by,
            made_by_name=name,
            made_at=clock.now(),
            due_on=workdays.add(today, int(law.at(today).value("platform_appeal_answer_workdays"))),
            measure_made_by=measure.made_by,
        )


def take_up(actor: Actor, number: str) -> Appeal:
    """A named person begins the review. Raises MachineAnswer, SamePerson for who made the measure, AlreadyDecided."""
    with transaction.atomic():
        found = _open(actor, number)
        if found.reviewer:
            raise AlreadyDecided
        if found.measure.state not in OVER:
            moved("measure", found.measure, "take_up", staff_of(actor, found.measure.platform.code), actor)
            found.measure.save()
        found.reviewer, found.reviewer_name = named(actor)
        found.save()
        return found


def answer_appeal(actor: Actor, number: str, keep: bool, answer: str) -> Appeal:
    """The person who took it up keeps the measure or lifts it, with reasons. One that ended meanwhile stays ended; the answer is given."""
    with transaction.atomic():
        found = _open(actor, number)
        if found.reviewer != str(actor):
            raise SamePerson if found.reviewer else NotFound
        text = answer.strip()
        if len(text) < LEAST:
            wrong("答复理由缺失或者过短", "the reasons are missing or too short")
        found.result, found.answer, found.answered_at = KEPT if keep else LIFTED, text, clock.now()
        measure = found.measure
        if measure.state not in OVER:
            moved(
                "measure", measure, "keep" if keep else "lift", staff_of(actor, measure.platform.code), actor, {"reason": text}, quiet=True
            )
            measure.ended_on = None if keep else clock.today()
            measure.save()
        found.save()
        data = {"measure": measure.number, "result": found.result}
        audit.record("platforms.appeal.answered", actor=str(actor), object=f"platforms.appeal:{found.pk}", data=data)
        return found


def _open(actor: Actor, number: str) -> Appeal:
    """The open appeal against a measure of the actor's platform, locked; asked by a person who did not make the measure."""
    check_person(actor)
    with locks.locked(f"platforms.measure:{number}"):
        measure = access.get(actor, Measure, number=number)
        staff_of(actor, measure.platform.code)
        found = (
            Appeal.objects.select_for_update(of=("self",)).select_related("measure__platform").filter(measure=measure, result="").first()
        )
    if found is None:
        raise AlreadyDecided
    if found.measure_made_by == str(actor):
        raise SamePerson
    return found
