"""Anybody reports an imitation; an officer captures the page, hears the other side, and confirms or dismisses."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evidence import actions as evidence
from chengxin.evidence.models import Exhibit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.paper import new_code
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.marks.actions.steps import NUMBERS, checked_reason, desk_of, next_number
from chengxin.marks.errors import NoReason, NotCaptured
from chengxin.marks.events import ImitationConfirmed
from chengxin.marks.models import ImitationReport
from chengxin.marks.models.imitation import OPEN
from chengxin.marks.verify_mark import host_of
from chengxin.subjects.models import Subject

TABLE = "marks/imitation"
REPORTER = "public:reporter"
MOST_STATEMENTS = 20_000  # characters of all statements on one target; what comes later is counted only


def report(where: str, original: str, statement: str, contact: str = "") -> ImitationReport:
    """Report that a link or name passes for another. A target that is open already gets one more statement, not one more report."""
    where = where.strip()[:2000]
    target = (host_of(where) if "." in where and " " not in where else where)[:253]
    if not target or not original.strip() or not statement.strip():
        raise NoReason
    with transaction.atomic(), locks.locked(NUMBERS):
        known = ImitationReport.objects.filter(target=target, state=OPEN).first()
        if known:
            return _once_more(known, statement, contact)
        made = ImitationReport.objects.create(
            number=next_number(ImitationReport, "number", "IM", clock.today()),
            code=new_code(),
            target=target,
            url=where if target != where else "",
            original=original.strip()[:200],
            statement=statement.strip(),
            contact=contact.strip()[:100],
            reported_at=clock.now(),
        )
        _note(made, "reported", REPORTER)
        return made


def _once_more(known: ImitationReport, statement: str, contact: str) -> ImitationReport:
    if len(known.statement) < MOST_STATEMENTS:
        known.statement = f"{known.statement}\n\n{statement.strip()}"
        known.contact = "；".join(one for one in (known.contact, contact.strip()[:100]) if one)
    known.times = F("times") + 1
    known.save(update_fields=["statement", "contact", "times"])
    known.refresh_from_db()
    _note(known, "repeated", REPORTER)
    return known


def capture(actor: Actor, number: str) -> Exhibit:
    """Capture the page reported as evidence of the report. Outside a transaction. Raises as evidence.actions.capture."""
    department, _ = desk_of(actor)
    found = access.get(actor, ImitationReport, number=number)
    return evidence.capture(actor, found.matter, department, found.url or f"https://{found.target}/")


def confirm(actor: Actor, number: str, imitated: object, other_side: str, reason: str) -> ImitationReport:
    """Confirm on both sides' material: the captured page, and what the side complained of said (or how it was asked in vain).

    Public from now for the term of the law's day. Raises NotIssuer, NotCaptured (for a host), NoReason, StepNotAllowed.
    """
    department, roles = desk_of(actor)
    with transaction.atomic():
        found = _locked(actor, number)
        said, heard = checked_reason(reason), checked_reason(other_side)
        workflow.take(workflow.load(TABLE), found.state, "confirm", roles, {"reason": said}, clock.today())
        kind, _, id = found.matter.partition(":")
        if "." in found.target and not Exhibit.objects.filter(matter_kind=kind, matter_id=id).exists():
            raise NotCaptured
        found.imitated, found.other_side = access.get(actor, Subject, pk=imitated), heard
        months = int(law.at(clock.today()).value("imitation_publicity_months"))
        found.public_until = add_months(clock.today(), months)
        _decide(found, actor, department, "CONFIRMED", said)
        outbox.emit(ImitationConfirmed(found.number, found.target, str(found.imitated.pk)))
        return found


def dismiss(actor: Actor, number: str, reason: str) -> ImitationReport:
    """It is no imitation, or it cannot be shown. The reporter reads the reason."""
    department, roles = desk_of(actor)
    with transaction.atomic():
        found = _locked(actor, number)
        said = checked_reason(reason)
        workflow.take(workflow.load(TABLE), found.state, "dismiss", roles, {"reason": said}, clock.today())
        _decide(found, actor, department, "DISMISSED", said)
        return found


def _locked(actor: Actor, number: str) -> ImitationReport:
    pk = access.get(actor, ImitationReport, number=number).pk
    with locks.locked(f"marks.imitation:{pk}"):
        return ImitationReport.objects.select_for_update().get(pk=pk)


def _decide(found: ImitationReport, actor: Actor, department: str, state: str, reason: str) -> None:
    found.state, found.department, found.reason, found.decided_at = state, department, reason, clock.now()
    found.decided_by, found.decided_by_name = str(actor), actor.name
    found.save()
    _note(found, state.lower(), str(actor))


def _note(found: ImitationReport, what: str, actor: str) -> None:
    data = {"number": found.number, "target": found.target}
    audit.record(f"marks.imitation.{what}", actor=actor, object=f"marks.imitation:{found.pk}", data=data)
