"""Risk events: noticed by an officer or an institution, triaged, shared, acted on by the institution, closed or recorded as referred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.payments.access import INSTITUTION, of_institution
from chengxin.payments.actions.steps import (
    NUMBERS,
    check_code,
    check_texts,
    department,
    desk_roles,
    held,
    moved,
    named,
    next_numbers,
    wrong,
)
from chengxin.payments.models import RiskEvent
from chengxin.payments.models.events import FREEZE, REPORTED
from chengxin.subjects.models import PaymentOrg


def signal(actor: Actor, org: PaymentOrg, given: Mapping[str, Any]) -> RiskEvent:
    """Register a risk. given: type, summary, source_ref, and optionally evidence, rule_version, platform, subject, department.

    The same notice again (same sender, same source_ref) is the same event: it is counted and no clock starts anew.
    """
    of = str(given.get("department") or "") or department()
    roles = desk_roles(actor, of) | _as_institution(actor, org)
    if not roles:
        raise NotFound
    texts = {name: str(given.get(name) or "").strip() for name in ("summary", "source_ref", "evidence", "rule_version")}
    check_texts({"summary": texts["summary"]})
    check_texts({name: texts[name] for name in ("source_ref", "evidence", "rule_version")}, 0)
    check_code("payment_risk_type", str(given.get("type") or ""))
    source = f"org:{org.code}" if INSTITUTION in roles else f"department:{of}"
    with transaction.atomic(), locks.locked(f"payments.events:{source}"), locks.locked(NUMBERS):
        known = RiskEvent.objects.filter(source=source, source_ref=texts["source_ref"]).first()
        if known and texts["source_ref"]:
            return _again(actor, known)
        number = next_numbers(RiskEvent, "ZF", clock.today())[0]
        made = RiskEvent(number=number, department=of, org=org, type=given["type"], source=source, made_at=clock.now(), **texts)
        made.platform, made.subject = given.get("platform"), given.get("subject")
        made.source_ref = texts["source_ref"] or number
        made.made_by_org = INSTITUTION in roles
        made.made_by, made.made_by_name = named(actor)
        moved("event", made, "signal", roles, actor, before="NONE")
        made.save(force_insert=True)
        return made


def _as_institution(actor: Actor, org: PaymentOrg) -> set[str]:
    """The institution's role for its own people and machine."""
    own = PaymentOrg.objects.filter(pk=org.pk)
    mine = (actor.has(INSTITUTION) and org.subject_id in actor.subjects) or (
        actor.client is not None and own.filter(code=actor.client.platform_code).exists()
    )
    return {INSTITUTION} if mine else set()


def _again(actor: Actor, known: RiskEvent) -> RiskEvent:
    """Counted, in the log, and nothing else: neither state nor clock moves."""
    known = RiskEvent.objects.select_for_update().get(pk=known.pk)
    known.repeats += 1
    known.save(update_fields=["repeats"])
    data = {"number": known.number, "repeats": known.repeats}
    audit.record("payments.event.repeated", actor=str(actor), object=f"payments.event:{known.pk}", data=data)
    return known


def triage(actor: Actor, number: str, reason: str) -> RiskEvent:
    """An officer looked at it: there is something in it."""
    return _step(actor, number, "triage", {"reason": reason})


def share(actor: Actor, number: str) -> RiskEvent:
    """Share it with the institution; the clock of its report starts."""
    return _step(actor, number, "share", {}, shared_at=clock.now())


def report_action(actor: Actor, number: str, measure: str, note: str, freeze_ref: str = "") -> RiskEvent:
    """The institution says what it did. The same answer again is the same. A freeze names the authority's paper it rests on."""
    check_code("payment_action", measure)
    cards = {"freeze_ref": freeze_ref}
    check_texts(cards, 0)
    if measure == FREEZE and not freeze_ref.strip():
        wrong("冻结须填写有权机关文书号", "a freeze names the paper of the authority it rests on")
    with transaction.atomic():
        found = held(actor, RiskEvent, number)
        if not RiskEvent.objects.filter(of_institution(actor), pk=found.pk).exists():
            raise NotFound
        if found.state == REPORTED and (found.measure, found.measure_note) == (measure, note.strip()[:1000]):
            return found
        check_texts({"note": note})
        moved("event", found, "report_action", {INSTITUTION}, actor, {"measure": measure, "reason": note.strip()})
        found.measure, found.measure_note, found.measured_at = measure, note.strip()[:1000], clock.now()
        found.measure_by_name, found.freeze_ref = actor.name, freeze_ref.strip()[:100] if measure == FREEZE else ""
        found.save()
        return found


def close_event(actor: Actor, number: str, reason: str) -> RiskEvent:
    """Close it with a reason."""
    return _step(actor, number, "close", {"reason": reason}, due_on=None)


def refer(actor: Actor, number: str, police_ref: str, reason: str) -> RiskEvent:
    """Record that the police took the matter; the number of their file is needed. Nothing is sent from here."""
    check_texts({"police_ref": police_ref})
    return _step(
        actor, number, "refer", {"police_ref": police_ref.strip(), "reason": reason}, police_ref=police_ref.strip()[:100], due_on=None
    )


def _step(actor: Actor, number: str, action: str, given: dict[str, str], **values: Any) -> RiskEvent:
    if "reason" in given:
        check_texts({"reason": given["reason"]})
    with transaction.atomic():
        found = held(actor, RiskEvent, number)
        moved("event", found, action, desk_roles(actor, found.department), actor, given)
        for name, value in values.items():
            setattr(found, name, value)
        found.save()
        return found
