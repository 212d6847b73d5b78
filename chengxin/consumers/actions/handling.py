"""The officer's steps of a complaint: taken or refused, sent on, called, mediated, agreed or ended, followed up, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.consumers import papers
from chengxin.consumers.actions.steps import assign, check_code, check_text, held, moved, named, of_desk, written, wrong
from chengxin.consumers.errors import AlreadyDone, IdentityNeeded, TooEarly
from chengxin.consumers.events import ComplaintClosed, ViolationFound
from chengxin.consumers.models import Complaint, Identity, Pause, Report
from chengxin.consumers.models.complaints import AT_WORK
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.subjects.models import Subject

TESTING = "testing"  # of the clock's pauses


def take(actor: Actor, model: type[Any], number: str) -> Any:
    """An officer of the department takes a matter as its owner."""
    with transaction.atomic():
        found = held(actor, model, number)
        desk(actor, found)
        assign(found, actor, found.department, "本人承办", owner=named(actor))
        found.save()
        return found


def desk(actor: Actor, found: Any) -> set[str]:
    """The actor's roles in charge of it. NotFound for the merchant or the platform who may only read it."""
    roles = of_desk(actor, found)
    if not roles:
        raise NotFound
    return roles


def transfer(actor: Actor, model: type[Any], number: str, to: str, reason: str) -> Any:
    """Send a matter to the department in charge (form 3). Its clock is that of its receipt: sending it on moves no day."""
    check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, model, number)
        roles, due = desk(actor, found), found.due_on
        if to == found.department or to not in {one.code for one in law.at(clock.today()).departments()}:
            wrong("请选择另一个现有部门", "choose another department of today")
        papers.referral(actor, found, to, due or clock.today())
        moved(found, "transfer", roles, actor, {"reason": reason.strip()}, note=f"{found.department} → {to}")
        found.due_on = due
        assign(found, actor, to, reason.strip())
        found.save()
        return found


def dispatch(actor: Actor, numbers: Sequence[str], to: str, reason: str) -> int:
    """Send many complaints to one department at once: all of them or none."""
    with transaction.atomic():
        for number in sorted(set(numbers)):
            transfer(actor, Report if number.startswith("JB") else Complaint, number, to, reason)
    return len(set(numbers))


def identify(actor: Actor, model: type[Any], number: str, uscc: str) -> Any:
    """Say which subject of the register the business is."""
    with transaction.atomic():
        found = held(actor, model, number)
        desk(actor, found)
        subject = Subject.objects.filter(uscc=uscc.strip().upper()).first()
        if subject is None:
            wrong("登记库中没有该统一社会信用代码", "the register has no such unified social credit code")
        found.respondent = subject
        written(found, "identify", actor, found.state, str(subject))
        found.save()
        return found


def ask_identity(actor: Actor, number: str, deadline: date, materials: str, contact: Mapping[str, str]) -> Complaint:
    """Form 4. The term lies within the term to decide, which goes on running. contact: contact_phone, contact_address."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        due = found.due_on
        if not clock.today() <= deadline <= (due or deadline):
            wrong("提供期限应当在今天之后、受理期限之内", "the term ends between today and the last day to decide")
        wanted = check_text(materials, "需要的材料", "the materials")
        given = {"deadline": deadline, "materials": wanted}
        moved(found, "ask_identity", desk(actor, found), actor, given, note=f"{deadline.isoformat()} 前提供")
        found.due_on = due
        papers.identity_notice(actor, found, deadline, wanted, contact)
        found.save()
        return found


def accept(actor: Actor, number: str, contact_phone: str) -> Complaint:
    """Accept it (form 5): mediation's term starts, by the law of the day of receipt. Raises IdentityNeeded."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        who = Identity.objects.select_for_update().get(complaint=found)
        if not (who.name and who.phone):
            raise IdentityNeeded
        moved(found, "accept", desk(actor, found), actor, {"identity": who.pk})
        found.accepted_on = clock.today()
        who.verified_at, who.verified_by = clock.now(), str(actor)
        who.save()
        if not found.owner:
            assign(found, actor, found.department, "受理人承办", owner=named(actor))
        papers.acceptance(actor, found, check_text(contact_phone, "联系电话", "the telephone"))
        found.save()
        return found


def refuse(actor: Actor, number: str, ground: str, reason: str) -> Complaint:
    """Refuse it on a ground of art. 16 (form 6 names the other ways). A person decides; no figure does."""
    check_code("complaint_refuse", ground)
    with transaction.atomic():
        found = held(actor, Complaint, number)
        given = {"ground": ground, "reason": check_text(reason, "理由", "the reason")}
        moved(found, "refuse", desk(actor, found), actor, given, note=ground)
        found.ground, found.reason, found.closed_at = ground, given["reason"], clock.now()
        papers.refusal(actor, found)
        found.save()
        return found


def call(actor: Actor, number: str, at: datetime, place: str, contact_phone: str) -> Complaint:
    """Call both sides to mediation (form 7). The term of mediation goes on."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        if at <= clock.now():
            wrong("调解时间应当在现在之后", "mediation is later than now")
        there = check_text(place, "地点", "the place")
        given = {"mediate_at": at, "place": there}
        moved(found, "call", desk(actor, found), actor, given, note=f"{clock.city_day(at).isoformat()} {there}")
        papers.call(actor, found, at, there, check_text(contact_phone, "联系电话", "the telephone"))
        found.save()
        return found


def mediate(actor: Actor, number: str) -> Complaint:
    """Begin mediation, by telephone or online too."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        moved(found, "mediate", desk(actor, found), actor)
        found.save()
        return found


def pause(actor: Actor, number: str, reason: str, since: date | None = None) -> Complaint:
    """Testing, inspection or appraisal begins: its days are left out (art. 23)."""
    check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, Complaint, number)
        moved(found, "pause", desk(actor, found), actor, {"reason": reason.strip()}, due=None)
        if found.pauses.filter(until=None).exists():
            raise AlreadyDone
        first = since or clock.today()
        if not (found.accepted_on or first) <= first <= clock.today():
            wrong("开始日应当在受理之后、今天之前", "it begins between acceptance and today")
        Pause.objects.create(complaint=found, kind=TESTING, since=first, by=str(actor))
        found.save()
        return found


def resume(actor: Actor, number: str, until: date | None = None) -> Complaint:
    """Testing is over: the last day moves by the days it took."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        open_one = found.pauses.filter(until=None).first()
        if open_one is None:
            raise AlreadyDone
        last = until or clock.today()
        if not open_one.since <= last <= clock.today():
            wrong("结束日应当在开始之后、今天之前", "it ends between its begin and today")
        open_one.until = last
        open_one.save()
        moved(found, "resume", desk(actor, found), actor, due=due_to_mediate(found))
        found.save()
        return found


def due_to_mediate(complaint: Complaint) -> date | None:
    """The last day of mediation by the law of the day of receipt, without the days of testing; None while testing goes on."""
    if complaint.accepted_on is None or complaint.pauses.filter(until=None).exists():
        return None
    paused = [law.Pause(one.kind, one.since, one.until) for one in complaint.pauses.all() if one.until]
    return law.at(complaint.received_on).due("MEDIATE", complaint.accepted_on, paused)


def agree(actor: Actor, number: str, text: str, *, paper: bool = True) -> Complaint:
    """They agreed. paper: form 9; it may be left out when it was kept at once or both sides want none."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        given = {"agreement": check_text(text, "调解协议", "the agreement")}
        moved(found, "agree", desk(actor, found), actor, given)
        found.agreement = given["agreement"]
        result_told(found)
        if paper:
            papers.agreement(actor, found)
        found.save()
        return found


def settle(actor: Actor, number: str) -> Complaint:
    """The officer puts on record that the two settled it between themselves."""
    with transaction.atomic():
        found = held(actor, Complaint, number)
        moved(found, "settle", desk(actor, found), actor)
        result_told(found)
        found.save()
        return found


def end(actor: Actor, number: str, ground: str, reason: str) -> Complaint:
    """End mediation on a ground of art. 23 (form 8 to both sides)."""
    check_code("mediation_end", ground)
    with transaction.atomic():
        found = held(actor, Complaint, number)
        given = {"ground": ground, "reason": check_text(reason, "理由", "the reason")}
        close_pause(found)
        moved(found, "end", desk(actor, found), actor, given, note=ground)
        found.ground, found.reason = ground, given["reason"]
        result_told(found)
        papers.ending(actor, found)
        found.save()
        return found


def close_pause(found: Complaint) -> None:
    found.pauses.filter(until=None).update(until=clock.today())


def result_told(found: Complaint) -> None:
    """From the day of the result the complainant has a term to confirm or reopen."""
    found.ended_on = clock.today()
    found.confirm_by = clock.today() + timedelta(days=law.at(clock.today()).value("complaint_confirm_days"))


def follow_up(actor: Actor, number: str) -> Complaint:
    """Both sides were told the result; the complainant is asked whether it is solved."""
    with transaction.atomic():
        found, roles = _by_house_or_desk(actor, number)
        moved(found, "follow_up", roles, actor, due=None)
        found.due_on = found.confirm_by
        found.save()
        return found


def close(actor: Actor, number: str) -> Complaint:
    """Close what the complainant said nothing about within the term; it is counted as unsaid, never as solved. Raises TooEarly."""
    with transaction.atomic():
        found, roles = _by_house_or_desk(actor, number)
        if found.confirm_by and clock.today() <= found.confirm_by:
            raise TooEarly(until=found.confirm_by)
        moved(found, "close", roles, actor, due=None)  # what ran was the complainant's term to speak, none of the desk's
        closed(found)
        found.save()
        return found


def _by_house_or_desk(actor: Actor, number: str) -> tuple[Complaint, set[str]]:
    found = held(actor, Complaint, number)
    return found, {"system"} if actor.is_system else desk(actor, found)


def closed(found: Complaint) -> None:
    """It is over; who counts is told how."""
    found.due_on, found.closed_at = None, clock.now()
    outbox.emit(ComplaintClosed(str(found.pk), str(found.shop_id or ""), found.word))


def violation(actor: Actor, number: str, behaviour: str, facts: str) -> Complaint:
    """A suspected violation came up: the source of a case, beside the mediation that goes on. facts: without the complainant's data."""
    law.at(clock.today()).behaviour(behaviour)
    text = check_text(facts, "涉嫌违法情况", "what was found")
    with transaction.atomic():
        found = held(actor, Complaint, number)
        desk(actor, found)
        if found.state not in AT_WORK:
            raise AlreadyDone
        if found.respondent is None:
            wrong("请先填写被投诉主体的统一社会信用代码", "enter the business's unified social credit code first")
        written(found, "violation", actor, found.state, behaviour)
        outbox.emit(ViolationFound(str(found.pk), str(found.respondent_id), found.department, behaviour, text))
        return found
