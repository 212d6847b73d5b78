"""A named officer issues a mark, refuses, suspends, resumes, revokes; the clock lets it lapse and recover."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.marks import credential, domains, queries
from chengxin.marks.actions.asking import TABLE as REQUEST
from chengxin.marks.actions.asking import note
from chengxin.marks.actions.steps import NUMBERS, SYSTEM, checked_reason, desk_of, next_number
from chengxin.marks.errors import NotVerified, ProofOld
from chengxin.marks.events import MarkEnded, MarkIssued
from chengxin.marks.models import DomainCheck, Mark, MarkRequest, MarkStep
from chengxin.marks.models.marks import LAPSED, REVOKED, VALID
from chengxin.subjects.queries.card import is_current

TABLE = "marks/mark"
CLOCK = "system:marks"
REISSUED = "已重新发放"
UNCONFIRMED = {
    "identity": "店铺身份核验已过期或者证照失效",
    "domain": "网站不再出示验证码，域名控制未得到确认",
}


def issue(actor: Actor, number: str) -> Mark:
    """Issue the mark of a proven request; the one it renews is revoked. Raises NotIssuer, NotVerified, ProofOld, StepNotAllowed."""
    department, roles = desk_of(actor)
    with transaction.atomic(), locks.locked(NUMBERS):
        found = _open_request(actor, number)
        shop = found.shop
        workflow.take(workflow.load(REQUEST), found.state, "issue", roles, {}, clock.today())
        days = int(law.at(clock.today()).value("mark_proof_days"))
        if found.proven_at is None or clock.now() - found.proven_at > timedelta(days=days):
            raise ProofOld(days=days)
        if shop.subject is None or not is_current(shop, clock.today()):
            raise NotVerified
        _decide(found, actor, department, "ISSUED", "")
        mark = _put(found, actor, department, roles)
        for old in queries.with_state(Mark.objects.filter(serial=found.renews)).exclude(state=REVOKED):
            do_step(old, "revoke", roles, str(actor), actor.name, f"{REISSUED} {mark.serial}")
        outbox.emit(MarkIssued(mark.serial, str(mark.subject_id), mark.host))
        return mark


def refuse(actor: Actor, number: str, reason: str) -> MarkRequest:
    """Refuse a request, saying why."""
    department, roles = desk_of(actor)
    with transaction.atomic(), locks.locked(NUMBERS):
        found = _open_request(actor, number)
        said = checked_reason(reason)
        workflow.take(workflow.load(REQUEST), found.state, "refuse", roles, {"reason": said}, clock.today())
        _decide(found, actor, department, "REFUSED", said)
        return found


def _open_request(actor: Actor, number: str) -> MarkRequest:
    pk = access.get(actor, MarkRequest, number=number).pk
    return MarkRequest.objects.select_for_update(of=("self",)).select_related("shop__subject", "shop__platform").get(pk=pk)


def _decide(found: MarkRequest, actor: Actor, department: str, state: str, reason: str) -> None:
    found.state, found.department, found.reason, found.decided_at = state, department, reason, clock.now()
    found.decided_by, found.decided_by_name = str(actor), actor.name
    found.save()
    note(found, state.lower(), str(actor), department=department)


def _put(found: MarkRequest, actor: Actor, department: str, roles: set[str]) -> Mark:
    """The mark with its credential and its first step; lock marks.numbers is held."""
    now, algorithm, last = clock.now(), str(settings.MARK_ALGORITHM), Mark.objects.aggregate(Max("place"))["place__max"]
    until = add_months(clock.today(), int(law.at(clock.today()).value("mark_months")))
    mark = Mark(
        id=ids.new_id(),
        serial=next_number(Mark, "serial", "TM", clock.today()),
        request=found,
        shop=found.shop,
        subject=found.shop.subject,
        host=found.host,
        place=0 if last is None else last + 1,
        algorithm=algorithm,
        department=department,
        issued_by=str(actor),
        issued_by_name=actor.name,
        issued_at=now,
        expires_at=datetime.combine(until, time.max.replace(microsecond=0), clock.CITY),
    )
    mark.credential = credential.issue(queries.claims(mark), algorithm, found.holder)
    data = {"serial": mark.serial, "host": mark.host, "subject": str(mark.subject_id), "until": until.isoformat()}
    rows.put(mark, "marks.mark.issued", actor=str(actor), object=f"marks.mark:{mark.pk}", data=data)
    do_step(mark, "issue", roles, str(actor), actor.name, "身份已核验，域名控制已证明")
    return mark


def suspend(actor: Actor, serial: str, reason: str) -> MarkStep:
    """Suspend a mark, e.g. while something is examined."""
    return _by_person(actor, serial, "suspend", reason)


def resume(actor: Actor, serial: str, reason: str) -> MarkStep:
    """Let a suspended mark hold again."""
    return _by_person(actor, serial, "resume", reason)


def revoke(actor: Actor, serial: str, reason: str) -> MarkStep:
    """Revoke a mark for good."""
    return _by_person(actor, serial, "revoke", reason)


def _by_person(actor: Actor, serial: str, act: str, reason: str) -> MarkStep:
    _, roles = desk_of(actor)
    with transaction.atomic():
        mark = access.get(actor, Mark, serial=serial)
        return do_step(mark, act, roles, str(actor), actor.name, checked_reason(reason))


def do_step(mark: Mark, act: str, roles: set[str] | frozenset[str], actor: str, name: str, reason: str) -> MarkStep:
    """Take a step of a mark's life; the caller holds the transaction. Raises StepNotAllowed when another was first."""
    with locks.locked(f"marks.mark:{mark.pk}"):
        before = queries.state_of(mark)
        outcome = workflow.take(workflow.load(TABLE), before, act, roles, {"reason": reason}, clock.today())
        step = MarkStep(
            mark=mark,
            number=mark.steps.count() + 1,
            act=act,
            after=outcome.state,
            reason=reason,
            actor=actor,
            actor_name=name,
            at=clock.now(),
        )
        data = {"serial": mark.serial, "state": outcome.state, "reason": reason}
        rows.put(step, f"marks.mark.{act}", actor=actor, object=f"marks.mark:{mark.pk}", data=data)
        if outcome.state == REVOKED:
            outbox.emit(MarkEnded(mark.serial, str(mark.subject_id), mark.host))
        return step


# ---- the clock


def recheck(mark: Mark) -> str:
    """Look at a mark's host and identity again, and let it lapse or recover. Returns the state after. Outside a transaction."""
    request = mark.request
    error = domains.look(mark.host, request.token, request.method)
    with transaction.atomic():
        DomainCheck.objects.create(request=request, method=request.method, ok=not error, error=error, at=clock.now())
        before, why = queries.state_of(mark), _unconfirmed(mark)
        if before == VALID and why:
            return do_step(mark, "lapse", SYSTEM, CLOCK, CLOCK, UNCONFIRMED[why]).after
        if before == LAPSED and not why and not error:
            return do_step(mark, "recover", SYSTEM, CLOCK, CLOCK, "身份和域名控制已重新确认").after
        return before


def _unconfirmed(mark: Mark) -> str:
    """Why a mark may not hold today: "identity", "domain" after the days of grace, or nothing."""
    if not is_current(mark.shop, clock.today()):
        return "identity"
    since = queries.failing_since(mark)
    days = int(law.at(clock.today()).value("mark_domain_grace_days"))
    return "domain" if since is not None and clock.now() - since >= timedelta(days=days) else ""
