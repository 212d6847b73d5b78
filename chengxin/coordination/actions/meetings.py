"""The joint conference: an agenda proposed from what is overdue, minutes as a paper, resolutions that become tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.coordination import papers, queries
from chengxin.coordination.actions import plans
from chengxin.coordination.actions.steps import NUMBERS, check_text, named, next_number, office_roles, wrong
from chengxin.coordination.errors import AlreadyDone
from chengxin.coordination.models import HELD, PLANNED, Meeting, Task
from chengxin.kernel import clock, locks
from chengxin.law import law

MOST_AGENDA = 50


def plan_meeting(actor: Actor, title: str, at: datetime, place: str, own: Sequence[str] = ()) -> Meeting:
    """Call a conference. The agenda is what is overdue today, by department, then the items of one's own. Raises ContentWrong."""
    office_roles(actor)
    name, where = check_text(title, "会议名称", "the title"), place.strip()
    if not where:
        wrong("请填写会议地点", "say where the conference is held")
    late = list(queries.overdue()[:MOST_AGENDA])
    agenda = [{"what": f"{papers.name_of(one.lead)}：{one.title}", "task": one.number, "why": one.late} for one in late]
    agenda += [{"what": check_text(one, "议题", "the item"), "task": "", "why": ""} for one in own]
    if not agenda:
        wrong("没有逾期任务，请至少填写一个议题", "nothing is overdue: give at least one item")
    departments = sorted({one.lead for one in late} | _always())
    by, by_name = named(actor)
    with transaction.atomic(), locks.locked(NUMBERS):
        meeting = Meeting.objects.create(
            number=next_number(Meeting, "LX", clock.today()),
            title=name,
            at=at,
            place=where,
            departments=departments,
            agenda=agenda,
            planned_by=by,
            planned_by_name=by_name,
            planned_at=clock.now(),
        )
        _log(actor, meeting, "planned")
    return meeting


def _always() -> set[str]:
    """The departments that lead a measure are members."""
    return {code for one in law.at(clock.today()).measures() for code in one.lead_now}


def hold(actor: Actor, number: str, minutes: str, resolutions: Sequence[Mapping[str, Any]]) -> Meeting:
    """Keep the minutes and turn what was resolved into tasks, under the name of who confirms. Raises ContentWrong, AlreadyDone."""
    roles = office_roles(actor)
    said = check_text(minutes, "会议纪要", "the minutes")
    with transaction.atomic(), locks.locked(f"coordination.meeting:{number}"):
        found = access.get(actor, Meeting, number=number)
        meeting = Meeting.objects.select_for_update().get(pk=found.pk)
        if meeting.state != PLANNED:
            raise AlreadyDone
        meeting.state, meeting.minutes, meeting.held_at = HELD, said, clock.now()
        meeting.held_by, meeting.held_by_name = named(actor)
        meeting.save()
        tasks = [_task(actor, roles, meeting, place, one) for place, one in enumerate(resolutions, start=1)]
        paper = papers.minutes(actor, meeting, tasks)
        meeting.paper, meeting.paper_number = paper.pk, paper.number
        meeting.save()
        _log(actor, meeting, "held")
    return meeting


def _task(actor: Actor, roles: set[str], meeting: Meeting, place: int, given: Mapping[str, Any]) -> Task:
    row = plans.checked({"no": str(place), "how": "", "also_lead": [], "take": True, **given})
    return plans.assign(actor, roles, row, meeting=meeting)


def _log(actor: Actor, meeting: Meeting, what: str) -> None:
    data = {"number": meeting.number, "paper": meeting.paper_number}
    audit.record(f"coordination.meeting.{what}", actor=str(actor), object=f"coordination.meeting:{meeting.pk}", data=data)
