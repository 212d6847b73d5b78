"""Interviews with platforms: served, held with signed minutes, rectification demanded, reported, accepted by another person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.platforms import papers
from chengxin.platforms.access import DESK
from chengxin.platforms.actions.steps import NUMBERS, check_person, moved, named, next_numbers, roles_in, staff_of, wrong
from chengxin.platforms.errors import AlreadyDecided, SamePerson
from chengxin.platforms.events import NotRectified
from chengxin.platforms.models import Interview
from chengxin.platforms.papers import File
from chengxin.subjects.models import Platform

TABLE = "platforms/interview"


def plan_interview(
    actor: Actor, platform: Platform, department: str, *, matters: str, duties: Sequence[str], at: datetime, place: str, persons: str
) -> Interview:
    """Plan a talk about named duties. `persons`: the posts of those asked to come."""
    with transaction.atomic(), locks.locked(NUMBERS):
        known = {one.code for one in law.at(clock.today()).duties()}
        if not set(duties) <= known:
            wrong("义务编号未知", "a duty's number is unknown")
        by, name = named(actor)
        made = Interview(
            number=next_numbers(Interview, "IV", clock.today())[0],
            platform=platform,
            department=department,
            duties=sorted(duties),
            matters=matters.strip(),
            at=at,
            place=place.strip(),
            persons=persons.strip(),
            planned_by=by,
            planned_by_name=name,
            planned_at=clock.now(),
        )
        moved("interview", made, "plan", roles_in(actor, department, DESK), actor, {"matters": made.matters}, before="NONE")
        made.save(force_insert=True)
        return made


def serve_interview(actor: Actor, number: str, contact: str, contact_phone: str) -> Interview:
    """The notice of the talk is made and reaches the platform; from now on its people see it. contact: whom they may call."""
    with transaction.atomic():
        found = _mine(actor, number)
        _step(actor, found, "serve")
        papers.interview_notice(actor, found, contact.strip(), contact_phone.strip())
        found.served_at = clock.now()
        found.save()
        return found


def hold_interview(actor: Actor, number: str, minutes: str, recorder: str, signed_by: str) -> Interview:
    """Record what was said, who wrote it down, and who of the platform signed the minutes."""
    with transaction.atomic():
        found = _mine(actor, number)
        if clock.now() < found.at:
            wrong("约谈时间未到", "the time of the talk has not come")
        found.minutes, found.recorder, found.signed_by = minutes.strip(), recorder.strip(), signed_by.strip()
        _step(actor, found, "hold", {"minutes": found.minutes, "signed_by": found.signed_by})
        found.held_by, found.held_by_name = named(actor)
        found.save()
        return found


def demand_rectification(actor: Actor, number: str, demands: str, due_on: date) -> Interview:
    """What has to be put right, and by when; the minutes with it are made as a paper."""
    with transaction.atomic():
        found = _mine(actor, number)
        if due_on < clock.today():
            wrong("整改期限不能早于今天", "the last day has passed already")
        found.demands, found.due_on = demands.strip(), due_on
        _step(actor, found, "demand", {"demands": found.demands, "due_on": due_on.isoformat()})
        papers.interview_minutes(actor, found)
        found.save()
        return found


def report_rectification(actor: Actor, number: str, text: str, evidence: File) -> Interview:
    """The platform says what it did, with a file that shows it, kept as evidence."""
    check_person(actor)
    with transaction.atomic():
        found = _locked(actor, number)
        roles = staff_of(actor, found.platform.code)
        moved("interview", found, "report", roles, actor, {"rectification": text.strip(), "evidence": evidence.name})
        found.rectification, found.evidence_name = text.strip(), evidence.name[:200]
        matter, title = f"platforms.interview:{found.pk}", f"{found.platform.name} {found.number}"
        found.evidence_hash, found.exhibit = evidence.sha256, papers.keep_evidence(actor, matter, found.department, title, evidence)
        found.save()
        return found


def send_back_rectification(actor: Actor, number: str, reason: str) -> Interview:
    """Not enough yet; the last day stays."""
    with transaction.atomic():
        found = _mine(actor, number)
        _step(actor, found, "send_back", {"reason": reason.strip()})
        found.save()
        return found


def accept_rectification(actor: Actor, number: str, reason: str) -> Interview:
    """Another person than who held the talk has seen that it was put right. Raises SamePerson."""
    return _decide(actor, number, "accept", reason)


def refuse_rectification(actor: Actor, number: str, reason: str) -> Interview:
    """It was not put right: after the last day, or because what was reported does not hold. The case desk hears of it."""
    return _decide(actor, number, "refuse", reason)


def cancel_interview(actor: Actor, number: str, reason: str) -> Interview:
    """The talk is off."""
    with transaction.atomic():
        found = _mine(actor, number)
        _step(actor, found, "cancel", {"reason": reason.strip()})
        found.save()
        return found


def _decide(actor: Actor, number: str, action: str, reason: str) -> Interview:
    with transaction.atomic():
        found = _mine(actor, number)
        if found.held_by == str(actor):
            raise SamePerson
        if action == "refuse" and found.state == "RECTIFYING" and found.due_on and clock.today() <= found.due_on:
            wrong("整改期限未到", "the last day has not passed")
        _step(actor, found, action, {"reason": reason.strip()})
        found.decided_by, found.decided_by_name = named(actor)
        found.decided_at, found.decision_reason = clock.now(), reason.strip()
        found.save()
        if found.state == "NOT_RECTIFIED":
            outbox.emit(NotRectified(str(found.pk), found.platform.code, found.department))
        return found


def _step(actor: Actor, found: Interview, action: str, given: Mapping[str, Any] | None = None) -> None:
    moved("interview", found, action, roles_in(actor, found.department, DESK), actor, given)


def _mine(actor: Actor, number: str) -> Interview:
    """An interview of the actor's department, locked."""
    return _locked(actor, number, department__in=actor.departments_as(*DESK))


def _locked(actor: Actor, number: str, **own: Any) -> Interview:
    with locks.locked(f"platforms.interview:{number}"):
        found = access.get(actor, Interview, number=number, **own)
        found = Interview.objects.select_for_update(of=("self",)).select_related("platform").get(pk=found.pk)
    if workflow.load(TABLE).states[found.state].final:
        raise AlreadyDecided
    return found
