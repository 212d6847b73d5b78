"""An incident step by step: reported by anybody, answered by the firm, verified and traced by an officer, made good, recorded."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.delivery import timeline
from chengxin.delivery.access import POSTAL
from chengxin.delivery.actions.steps import NUMBERS, checked, desk_roles, firm_roles, moved, named, next_number, wrong
from chengxin.delivery.errors import AlreadyDone, ParcelUnknown, WrongState
from chengxin.delivery.events import IncidentHandedOver, IncidentRecorded
from chengxin.delivery.models import Incident
from chengxin.delivery.models.incidents import FINISHED
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.kernel.paper import new_code
from chengxin.subjects.models import CourierFirm

# Who reports, and the roles by which the workflow knows them.
REPORTERS = {"consumer": {"consumer"}, "merchant": {"merchant"}, "platform": {"platform_staff"}}


def report(actor: Actor, reporter: str, waybill_no: str, order_no: str, kind: str, text: str, *, department: str = POSTAL) -> Incident:
    """Take an incident. Waybill and order have to be of one parcel on record; of the person nothing is kept, `code` is how they follow it.

    reporter: a value of Incident.Reporter; a regulator's report needs a desk. Raises ParcelUnknown, AlreadyDone, ContentWrong.
    """
    found = timeline.parcel(waybill_no, order_no)
    firm = CourierFirm.objects.filter(code=found.courier).first()
    if firm is None:
        raise ParcelUnknown
    if kind not in Incident.Kind.values:
        wrong("事件类型不对", "the kind is unknown")
    kept = checked(text, "情况说明", "the text", open_to_others=False)
    roles = REPORTERS[reporter] if reporter in REPORTERS else desk_roles(actor, department)
    with transaction.atomic(), locks.locked(NUMBERS):
        _check_new(found.waybill_no, kind)
        incident = Incident(
            id=ids.new_id(),
            number=next_number(Incident, "DI", clock.today()),
            code=new_code(),
            firm=firm,
            waybill_no=found.waybill_no,
            order_no=order_no.strip(),
            kind=kind,
            reporter=reporter,
            platform=next(iter(sorted(actor.platforms)), "") if reporter == "platform" else "",
            text=kept,
            reported_by="" if reporter == "consumer" else str(actor),
            reported_at=clock.now(),
            department=department,
        )
        moved("incident", incident, "report", roles, actor)
        incident.save(force_insert=True)
    return incident


def _check_new(waybill_no: str, kind: str) -> None:
    if Incident.objects.filter(waybill_no=waybill_no, kind=kind).exclude(state__in=FINISHED).exists():
        raise AlreadyDone(why_zh="这件快件的同类事件正在办理。", why_en="An incident of this kind of this parcel is being handled.")


def by_code(code: str) -> Incident:
    """What somebody reported, by the code they were given. Raises NotFound."""
    found = Incident.objects.filter(code=code.strip().upper()[:19]).select_related("firm").first()
    if found is None:
        raise NotFound
    return found


def locked_incident(actor: Actor, number: str) -> Incident:
    """The actor's incident, locked until the transaction ends. Raises NotFound."""
    with locks.locked(f"delivery.incident:{number}"):
        found = access.get(actor, Incident, number=number)
        if locks.ENABLED:
            found = Incident.objects.select_for_update(of=("self",)).select_related("firm").get(pk=found.pk)
    return found


def reply(actor: Actor, number: str, text: str, offer: str = "") -> Incident:
    """The firm answers; the clock of the law stops. Late is late, but an answer is still taken until an officer has decided."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        kept = checked(text, "答复", "the answer", open_to_others=False)
        moved("incident", incident, "reply", firm_roles(actor, incident.firm), actor, {"reply": kept})
        incident.reply, incident.offer, incident.replied_at = kept, offer.strip()[:300], clock.now()
        incident.replied_by, incident.replied_by_name = named(actor)
        incident.save()
    return incident


def verify(actor: Actor, number: str, finding: str) -> Incident:
    """An officer finds it true. Without an answer only after the firm's last day. Raises WrongState before."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        action = "verify"
        if incident.state == "REPORTED":
            if clock.today() <= incident.due_on:
                raise WrongState(why_zh=f"企业可在{incident.due_on}前答复。", why_en=f"The firm may answer until {incident.due_on}.")
            action = "verify_unanswered"
        _find(actor, incident, action, finding)
    return incident


def dismiss(actor: Actor, number: str, finding: str) -> Incident:
    """An officer finds it not true, saying why; whoever reported reads the reason."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        _find(actor, incident, "dismiss", finding)
    return incident


def _find(actor: Actor, incident: Incident, action: str, finding: str) -> None:
    kept = checked(finding, "核实意见", "the finding")
    moved("incident", incident, action, desk_roles(actor, incident.department), actor, {"reason": kept}, said=kept)
    incident.finding, incident.verified_at = kept, clock.now()
    incident.verified_by, incident.verified_by_name = named(actor)
    incident.save()


def settle(actor: Actor, number: str, how: str, amount_fen: int | None = None) -> Incident:
    """The firm has put it right (how: what was done), or paid a sum when one is given."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        kept = checked(how, "补救或者赔偿情况", "what was done")
        action, given = ("compensate", {"amount": amount_fen}) if amount_fen else ("remedy", {"reason": kept})
        moved("incident", incident, action, firm_roles(actor, incident.firm), actor, given, said=kept)
        incident.amount_fen = amount_fen
        incident.save()
    return incident


def record(actor: Actor, number: str) -> Incident:
    """Close it as found true: it counts in the outlet's figures, and a worker's fact may rest on it."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        moved("incident", incident, "record", desk_roles(actor, incident.department), actor)
        incident.save()
        outbox.emit(IncidentRecorded(str(incident.pk)))
    return incident


def hand_over(actor: Actor, number: str, reason: str) -> Incident:
    """It is unlawful conduct: the room of cases is told. Raises NotFound while the register does not know the firm's subject."""
    with transaction.atomic():
        incident = locked_incident(actor, number)
        if incident.firm.subject_id is None:
            raise NotFound
        kept = checked(reason, "移送理由", "the reason")
        moved("incident", incident, "hand_over", desk_roles(actor, incident.department), actor, {"reason": kept}, said=kept)
        incident.save()
        outbox.emit(IncidentHandedOver(str(incident.pk), str(incident.firm.subject_id), incident.department))
    return incident


def state_for_reporter(incident: Incident) -> dict[str, Any]:
    """What whoever reported may know by the code: where it stands, the firm's answer, the finding."""
    return {
        "number": incident.number,
        "firm": incident.firm.name,
        "kind": incident.kind,
        "state": incident.state,
        "due_on": incident.due_on,
        "reply": incident.reply,
        "finding": incident.finding,
        "amount_fen": incident.amount_fen,
    }
