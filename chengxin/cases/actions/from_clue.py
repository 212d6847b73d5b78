"""A checked clue goes on as a case: one transaction for both rooms."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.cases import clocks
from chengxin.cases.actions.sources import OTHER, register_source
from chengxin.cases.models import Case
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Subject
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue


def subjects_of(clue: Clue) -> list[Subject]:
    """The subjects behind the clue's shops that the register knows."""
    return list(Subject.objects.filter(shops__in=clue.shops).distinct().order_by("name"))


def file_clue(actor: Actor, clue_id: object, subject_id: object, reason: str) -> Case:
    """Close the clue as a case and register the source; monitoring is “other” on the list of sources. The check that was done on the clue
    is the check of the case: its clock goes on from the day the clue was received. Raises NotFound for a subject not behind the clue."""
    with transaction.atomic():
        clue = supervision.file_case(actor, clue_id, reason)
        subject = next((one for one in subjects_of(clue) if str(one.pk) == str(subject_id)), None)
        if subject is None:
            raise NotFound
        case = register_source(
            actor,
            subject.pk,
            clue.department,
            OTHER,
            clue.title_zh[:200],
            ref=f"supervision.clue:{clue.pk}",
            behaviour=clue.behaviour,
            received_on=clue.received_on,
            facts=f"{clue.number} {reason}",
        )
        clocks.start(case, clocks.CHECK, clue.due_on, clue.received_on)  # an extension of the clue's check holds for it
        case.due_on = clocks.nearest(case)
        case.save()
        return case
