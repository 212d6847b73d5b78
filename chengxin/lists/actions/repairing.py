"""Credit repair (order 107): what it needs and from when, applied for, accepted, decided by another person, in effect; fraud undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.lists import catalogue, papers
from chengxin.lists.access import DESK, OWNERS
from chengxin.lists.actions.pushing import FEED
from chengxin.lists.actions.unwinding import do_reinstate, do_remove
from chengxin.lists.errors import NotRepairable, SamePerson, WrongState
from chengxin.lists.events import RepairGranted
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.lists.models.official import REPAIRED, STANDING
from chengxin.lists.models.repair import GRANTED
from chengxin.records import publicity
from chengxin.records.actions.steps import NUMBERS, named, next_number, roles_in
from chengxin.records.catalogue import BAD, term_on
from chengxin.records.models import Record, RecordEnd
from chengxin.workflow import Outcome

TABLE = "lists/repair"


@dataclass(frozen=True)
class Condition:
    """One condition of a repair as it stands on a day: `met` is None when only the applicant's words can show it; `on`: from when."""

    code: str
    zh: str
    en: str
    provision: str
    met: bool | None
    on: date | None = None


def conditions_of(target: ListEntry | Record, day: date) -> list[Condition]:
    """Every condition of repairing an entry or a record, with what the file and the calendar say of it on a day."""
    earliest = earliest_of(target)
    known: dict[str, bool | None] = {
        "term": earliest is not None and day >= earliest,
        "repeat": not _repeated(target),
        "duty": None,
        "harm": None,
        "promise": None,
    }
    return [
        Condition(one["code"], one["zh"], one["en"], one["provision"], known[one["code"]], earliest if one["code"] == "term" else None)
        for one in catalogue.conditions()
    ]


def earliest_of(target: ListEntry | Record) -> date | None:
    """The first day on which repair may be applied for; None: never."""
    if isinstance(target, ListEntry):
        kind = catalogue.kind(target.kind, clock.today())
        return None if target.record.term in kind.never_repaired else target.earliest_on
    term = term_on(target.term, target.decided_on) if target.kind == BAD else None
    return publicity.of(target).earliest if term and term.early else None


def _repeated(target: ListEntry | Record) -> bool:
    """Whether another unfavourable record of the same conduct was decided after the one in question, and stands."""
    record = target.record if isinstance(target, ListEntry) else target
    later = Record.objects.filter(subject=record.subject_id, kind=BAD, behaviour=record.behaviour, decided_on__gt=record.decided_on)
    return later.exclude(pk=record.pk).filter(end__isnull=True).exists()


def check_repairable(target: ListEntry | Record) -> None:
    """Raises NotRepairable, saying which condition fails and until when."""
    today = clock.today()
    record = target.record if isinstance(target, ListEntry) else target
    standing = target.state in STANDING if isinstance(target, ListEntry) else publicity.of(target).on(today)
    if not standing or RecordEnd.objects.filter(record=record).exists():
        _not("该信息已不在公示", "it is not public any more")
    earliest = earliest_of(target)
    if earliest is None:
        _not("法律规定此类信息不得提前停止公示", "the law lets no publicity of this kind end early")
    elif today < earliest:
        _not(f"最短公示期未满，最早可于 {earliest} 申请", f"the shortest term is not over; not before {earliest}")
    if _repeated(target):
        _not("此后因同类违法行为再次受到处罚", "there is a later penalty for the same conduct")
    barred = RepairApplication.objects.filter(subject=record.subject_id, barred_until__gt=today).order_by("-barred_until").first()
    if barred:
        _not(f"曾在修复中弄虚作假，{barred.barred_until} 前不得申请", f"barred until {barred.barred_until} for fraud in a repair")


def _not(zh: str, en: str) -> None:
    raise NotRepairable(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def apply(actor: Actor, target: ListEntry | Record, statement: str, promised: bool) -> RepairApplication:
    """The subject's owner applies, stating duty and harm in words and making the commitment. Raises NotRepairable, WrongState, NotFound."""
    with transaction.atomic(), _locked(target):
        found = access.get(actor, type(target), pk=target.pk, subject__in=actor.subjects)
        check_repairable(found)
        if not promised:
            _not("须作出信用承诺", "a credit commitment is to be made")
        given = {"statement": statement.strip(), "promise": "yes"}
        outcome = _taken("NONE", "apply", {role for role in OWNERS if actor.has(role)}, given)
        assert outcome.clock and outcome.due  # the step starts one
        entry, record = (found, None) if isinstance(found, ListEntry) else (None, found)
        with locks.locked(NUMBERS):
            made = RepairApplication(
                number=next_number(RepairApplication, "RA", clock.today()),
                entry=entry,
                record=record,
                subject=found.subject,
                department=found.department,
                level=_level_of(found),
                state=outcome.state,
                statement=given["statement"],
                promised=promised,
                applied_by=str(actor),
                applied_by_name=actor.name,
                applied_on=clock.today(),
                clock=outcome.clock,
                due_on=outcome.due,
            )
            try:
                with transaction.atomic():
                    made.save(force_insert=True)
            except IntegrityError as twice:
                raise WrongState(why_zh="已有办理中的修复申请。", why_en="A repair is being examined already.") from twice
            _note(made, "applied", actor)
        return made


def _level_of(target: ListEntry | Record) -> str:
    return catalogue.kind(target.kind, clock.today()).level if isinstance(target, ListEntry) else target.level


def _locked(target: ListEntry | Record) -> Any:
    return locks.locked(f"lists.entry:{target.pk}" if isinstance(target, ListEntry) else f"records.record:{target.pk}")


def _taken(state: str, action: str, roles: set[str], given: dict[str, Any]) -> Outcome:
    return workflow.take(workflow.load(TABLE), state, action, roles, given, clock.today())


def _mine(actor: Actor, repair_id: object) -> RepairApplication:
    """An application on the actor's desk, locked together with what it is about."""
    found = access.get(actor, RepairApplication, pk=repair_id)
    name = f"lists.entry:{found.entry_id}" if found.entry_id else f"records.record:{found.record_id}"
    with locks.locked(name):
        rows = RepairApplication.objects
        return (rows.select_for_update(of=("self",)) if locks.on(name) else rows).get(pk=found.pk)


def _step(actor: Actor, one: RepairApplication, action: str, reason: str = "") -> Outcome:
    given = {"reason": reason.strip()} if reason else {}
    outcome = _taken(one.state, action, roles_in(actor, one.department, DESK), given)
    one.state = outcome.state
    if outcome.clock and outcome.due:
        one.clock, one.due_on = outcome.clock, outcome.due
    return outcome


def accept(actor: Actor, repair_id: object, yes: bool, reason: str = "") -> RepairApplication:
    """Accept the application within two working days, or refuse to with the reason."""
    with transaction.atomic():
        one = _mine(actor, repair_id)
        _step(actor, one, "accept" if yes else "not_accept", reason)
        one.accepted_by, one.accepted_by_name = named(actor)
        one.accepted_on, one.reason = clock.today(), "" if yes else reason.strip()
        one.save()
        _note(one, "accepted" if yes else "not_accepted", actor)
        return one


def extend(actor: Actor, repair_id: object, reason: str) -> RepairApplication:
    """The head gives ten working days more, once."""
    with transaction.atomic():
        one = _mine(actor, repair_id)
        if one.extended_by or one.accepted_on is None:
            raise WrongState(why_zh="已经延长过一次，或者尚未受理。", why_en="It was extended once, or is not accepted yet.")
        _step(actor, one, "extend", reason)
        one.extended_by, one.due_on = str(actor), law.at(clock.today()).due("REPAIR_DECIDE", one.accepted_on, extended=True)
        one.save()
        _note(one, "extended", actor, {"reason": reason.strip()})
        return one


def decide(actor: Actor, repair_id: object, grant: bool, reason: str) -> RepairApplication:
    """Grant or refuse, with reasons, by another person than who accepted. Granted: the entry ends today and is being undone."""
    with transaction.atomic():
        one = _mine(actor, repair_id)
        if str(actor) == one.accepted_by:
            raise SamePerson
        clock_id, last = one.clock, one.due_on
        _step(actor, one, "grant" if grant else "refuse", reason)
        one.effect_due_on = one.due_on if grant else None
        one.clock, one.due_on = clock_id, last  # whether it was decided in time is read from the day it was decided by
        one.decided_by, one.decided_by_name = named(actor)
        one.decided_on, one.reason = clock.today(), reason.strip()
        if grant:
            target = one.entry or one.record
            assert target is not None
            check_repairable(target)
        with locks.locked(FEED):  # then the papers' numbers, then the log: the order of all locks
            paper = papers.issue_repair(actor, one)
            if grant and one.entry:
                do_remove(one.entry, REPAIRED, named(actor), {"repair": one.number})
        if grant:
            outbox.emit(RepairGranted(str(one.pk)))
        one.save()
        _note(one, "granted" if grant else "refused", actor, {"paper": paper.number})
        return one


def report_fraud(actor: Actor, repair_id: object, said: str) -> RepairApplication:
    """Say what in a granted repair was untrue; another person confirms."""
    with transaction.atomic():
        one = _mine(actor, repair_id)
        _step(actor, one, "report_fraud", said)
        one.fraud_said = said.strip()
        one.fraud_found_by, one.fraud_found_by_name = named(actor)
        one.save()
        _note(one, "fraud_reported", actor)
        return one


def confirm_fraud(actor: Actor, repair_id: object, reason: str) -> RepairApplication:
    """Order 107 art. 23: the old state is back, publicity restarts, no new application for three years. By a head, another person."""
    with transaction.atomic():
        one = _mine(actor, repair_id)
        if not one.fraud_found_by:
            raise WrongState(why_zh="尚无人提出弄虚作假认定。", why_en="Nobody has reported fraud.")
        if str(actor) == one.fraud_found_by:
            raise SamePerson
        _step(actor, one, "confirm_fraud", reason)
        one.fraud_confirmed_by, one.fraud_on = str(actor), clock.today()
        one.barred_until = law.due("REPAIR_BAN", clock.today())
        if one.entry:
            do_reinstate(one.entry, named(actor), reason.strip())
        one.save()
        _note(one, "fraud", actor, {"barred_until": one.barred_until.isoformat()})
        return one


def _note(one: RepairApplication, what: str, actor: Actor, data: dict[str, Any] | None = None) -> None:
    said = {"number": one.number, "state": one.state, "due": one.due_on.isoformat(), **(data or {})}
    audit.record(f"lists.repair.{what}", actor=str(actor), object=f"lists.repair:{one.pk}", data=said)


def repaired_records(records: list[Any]) -> set[Any]:
    """Which of these records have been repaired: nobody sees them any more, whatever their term says."""
    return set(RepairApplication.objects.filter(record__in=records, state=GRANTED).values_list("record", flat=True))
