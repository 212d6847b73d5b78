"""A worker's file: a fact enters when an incident was found true and its trace names the worker, or a decision stands; and the appeal."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.delivery.actions.incidents import locked_incident
from chengxin.delivery.actions.steps import NUMBERS, checked, desk_roles, firm_roles, moved, named, next_number, wrong
from chengxin.delivery.actions.tracing import faults
from chengxin.delivery.errors import AlreadyDone, NoDecision, SamePerson, WrongState
from chengxin.delivery.models import Trace, WorkerAppeal, WorkerFact, WorkerFactEnd
from chengxin.delivery.models.incidents import CASE, RECORDED
from chengxin.delivery.models.workers import UPHELD
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.kernel.paper import new_code
from chengxin.law import law
from chengxin.records.models import Record, RecordEnd
from chengxin.subjects.models import CourierFirm
from chengxin.subjects.queries import family

TERM = "COURIER_WORKER_TERM"


def enter_fact(actor: Actor, incident_number: str, staff_no: str) -> WorkerFact:
    """Put on a worker's file what the trace of a recorded incident found of them. Raises WrongState, NoDecision, AlreadyDone."""
    with transaction.atomic(), locks.locked(NUMBERS):
        incident = locked_incident(actor, incident_number)
        desk_roles(actor, incident.department)
        if incident.state not in (RECORDED, CASE):
            raise WrongState(why_zh="事件尚未记录归档。", why_en="The incident is not recorded yet.")
        trace = Trace.objects.filter(incident=incident).first()
        node = next((one for one in trace.nodes if one["staff_no"] == staff_no.strip()), None) if trace and staff_no.strip() else None
        if node is None:
            raise NoDecision(why_zh="责任倒查没有认定这个工号。", why_en="The trace does not name this staff number.")
        if WorkerFact.objects.filter(incident=incident, staff_no=node["staff_no"]).exists():
            raise AlreadyDone(why_zh="该事实已经记入。", why_en="This fact is on file already.")
        about = {"incident": incident, "department": incident.department}
        return _put(actor, incident.firm, node["staff_no"], node["fault"], clock.city_day(incident.verified_at or clock.now()), about)


def enter_decided_fact(actor: Actor, firm: CourierFirm, staff_no: str, fault: str, record_number: str, department: str) -> WorkerFact:
    """Put on a worker's file what a decision on the firm's credit file found of them. Raises NoDecision."""
    with transaction.atomic(), locks.locked(NUMBERS):
        desk_roles(actor, department)
        record = standing_record(firm, record_number)
        if fault not in faults() or not staff_no.strip():
            wrong("工号或者过错类型不对", "the staff number or the fault is missing")
        about = {"record": record, "department": department}
        return _put(actor, firm, staff_no.strip(), fault, record.decided_on, about)


def _put(actor: Actor, firm: CourierFirm, staff_no: str, fault: str, confirmed_on: Any, about: dict[str, Any]) -> WorkerFact:
    by, name = named(actor)
    fact = WorkerFact(
        id=ids.new_id(),
        number=next_number(WorkerFact, "DW", clock.today()),
        code=new_code(),
        firm=firm,
        staff_no=staff_no,
        fault=fault,
        confirmed_on=confirmed_on,
        until=law.at(confirmed_on).due(TERM, confirmed_on),
        by=by,
        by_name=name,
        at=clock.now(),
        **about,
    )
    return rows.put(fact, "delivery.worker.entered", actor=by, object=f"delivery.worker_fact:{fact.pk}", data={"number": fact.number})


def standing_record(firm: CourierFirm, number: str) -> Record:
    """A penalty on the firm's credit file that still holds. Raises NoDecision."""
    known = family(firm.subject_id) if firm.subject_id else frozenset()
    record = Record.objects.filter(number=number.strip()[:24], subject__in=known, item="PENALTY").first()
    if record is None:
        raise NoDecision(
            why_zh="该企业的信用档案中没有这个编号的处罚决定。", why_en="There is no penalty of this number on the firm's file."
        )
    if RecordEnd.objects.filter(record=record).exists():
        raise NoDecision(why_zh="该记录已被更正或者撤回。", why_en="This record has been superseded or withdrawn.")
    return record


def fact_by_code(code: str) -> WorkerFact:
    """A fact by the code that the employer handed to the worker. Raises NotFound."""
    found = WorkerFact.objects.filter(code=code.strip().upper()[:19]).select_related("firm").first()
    if found is None:
        raise NotFound
    return found


def appeal(actor: Actor, fact: WorkerFact, statement: str) -> WorkerAppeal:
    """The worker (by code) or the employer says that it is wrong. One appeal a fact. Raises AlreadyDone."""
    roles = {"consumer"} if actor.is_anonymous else firm_roles(actor, fact.firm)
    kept = checked(statement, "异议理由", "the statement", open_to_others=False)
    with transaction.atomic(), locks.locked(f"delivery.worker_fact:{fact.pk}"):
        if WorkerAppeal.objects.filter(fact=fact).exists():
            raise AlreadyDone(why_zh="对这项记录已经提出过异议。", why_en="This fact has been appealed against already.")
        made = WorkerAppeal(id=ids.new_id(), fact=fact, entered_by=fact.by, statement=kept, made_by=str(actor), made_at=clock.now())
        moved("appeal", made, "appeal", roles, actor, {"statement": kept})
        made.save(force_insert=True)
    return made


def decide_appeal(actor: Actor, number: str, uphold: bool, answer: str) -> WorkerAppeal:
    """An officer who did not enter the fact decides, with reasons; upheld, the fact is taken off. Raises SamePerson."""
    with transaction.atomic(), locks.locked(f"delivery.appeal:{number}"):
        fact = access.get(actor, WorkerFact, number=number)
        found = WorkerAppeal.objects.filter(fact=fact).select_for_update(of=("self",)).first()
        if found is None:
            raise NotFound
        if found.entered_by == str(actor):
            raise SamePerson
        kept = checked(answer, "答复", "the answer", open_to_others=False)
        roles = desk_roles(actor, fact.department)
        moved("appeal", found, "uphold" if uphold else "reject", roles, actor, {"reason": kept})
        found.answer, found.decided_at = kept, clock.now()
        found.decided_by, found.decided_by_name = named(actor)
        found.save()
        if found.state == UPHELD:
            _take_off(actor, fact)
    return found


def _take_off(actor: Actor, fact: WorkerFact) -> None:
    by, name = named(actor)
    end = WorkerFactEnd(fact=fact, by=by, by_name=name, at=clock.now())
    rows.put(end, "delivery.worker.taken_off", actor=by, object=f"delivery.worker_fact:{fact.pk}", data={"number": fact.number})


def note_worker_read(actor: Actor, firm: CourierFirm, purpose: str) -> None:
    """Who looked at a firm's worker files and why, before they are shown; the employer reads it on the page “who has looked”."""
    subject = f"subjects.subject:{firm.subject_id}" if firm.subject_id else f"subjects.courier:{firm.code}"
    audit.record_read(str(actor), subject, ("worker_facts",), purpose)
