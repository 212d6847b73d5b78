"""From the decision to the public: redaction by two people, two letters at once, the credit file, both publications, withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.cases import penalties
from chengxin.cases.actions.deciding import DOUBLE
from chengxin.cases.actions.issuing import two_letters
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import BothLetters, DayWrong, NotCleared, NothingToDo, NotOut, SamePersonInCase, TextNotRedacted
from chengxin.cases.events import DecisionRevoked, PenaltyDecided
from chengxin.cases.models import DECIDED, Case, CaseStep, Decision, Penalty, Service
from chengxin.jobs import outbox
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.content import PERSONAL
from chengxin.records.models import WAITING as PROPOSAL_WAITING
from chengxin.records.models import Proposal, RecordEnd

# ---- what will be public


@rule("draft_publicity")
def redacted(taking: Taking) -> None:
    """No personal number, and not the name of the person behind the party, of who was asked or of who signed."""
    text = taking.given["public_text"]
    if PERSONAL.search(text) or any(name in text for name in names_in(taking.case)):
        raise TextNotRedacted


def names_in(case: Case) -> set[str]:
    """Names of natural persons that the case knows."""
    told = {step.texts.get(field, "") for step in case.steps.all() for field in ("whom", "receiver")}
    return {name.strip() for name in (*told, case.subject.person_name or "") if len(name.strip()) > 1} - {case.subject.name}


@effect("draft_publicity")
def draft(taking: Taking, step: CaseStep) -> None:
    case = taking.case
    case.public_text, case.public_by, case.public_cleared_by = taking.given["public_text"].strip()[:500], str(taking.actor), ""


@rule("clear_publicity")
def checked_by_another(taking: Taking) -> None:
    case = taking.case
    if not case.public_text:
        raise NotCleared
    if case.public_by == str(taking.actor):
        raise SamePersonInCase


@effect("clear_publicity")
def clear(taking: Taking, step: CaseStep) -> None:
    taking.case.public_cleared_by = str(taking.actor) if taking.given["verdict"] == "clear" else ""


# ---- service


@rule("serve")
def two_letters_at_once(taking: Taking) -> None:
    if not taking.given["both"]:
        raise BothLetters
    if not taking.case.public_cleared_by:
        raise NotCleared
    if taking.given["served_on"] < taking.case.decision.decided_on:
        raise DayWrong(why_zh="不能早于决定日期。", why_en="Not before the day of the decision.")


@effect("serve")
def serve(taking: Taking, step: CaseStep) -> None:
    """Served: it is on the credit file and the road hears of it."""
    case = taking.case
    Service.objects.create(case=case, served_on=taking.given["served_on"], manner=taking.given["manner"], step=step)
    told = content(case)
    two_letters(taking, step, told["term"])
    proposed = records.propose_record(taking.actor, case.subject_id, case.department, told)
    decider = _person(case.decision.decided_by)
    if decider and case.department in decider.departments_as("reviewer", "head", "officer") and proposed.state == PROPOSAL_WAITING:
        proposed = records.confirm(decider, proposed.pk)  # the decision is the second person's act
    case.proposal = proposed
    outbox.emit(PenaltyDecided(str(case.decision.pk), case.number, str(case.subject_id), case.department))


def _person(id: str) -> Actor | None:
    user = User.objects.filter(pk=UUID(id.partition(":")[2]), is_active=True).first() if id.startswith("user:") else None
    return actors.of_user(user) if user else None


def content(case: Case, rows: Sequence[Penalty] = (), public_text: str = "") -> dict[str, Any]:
    """The decision as a record says it; with other penalties and another text, as it will say once they are changed."""
    decision: Decision = case.decision
    rows = rows or penalties.latest(case, DECIDED)
    report = case.steps.filter(action="end_investigation").last()
    said = report.data if report else {}
    fines = sum(one.amount_fen or 0 for one in rows if one.kind == penalties.FINE)
    return {
        "item": "PENALTY",
        "term": penalties.publicity_term(case, rows, decision.decided_on, said.get("discretion", ""), bool(said.get("key_area"))),
        "behaviour": case.behaviour,
        "penalty_kind": penalties.heaviest(rows, decision.decided_on).kind,
        "amount_fen": fines or None,
        "document_hash": decision.sha256,
        "decided_on": decision.decided_on,
        "summary": public_text or case.public_text,
        "maker": language.pick(law.at(decision.decided_on).department(case.department), "zh"),
        "basis": decision.basis,
        "document_number": decision.number,
    }


# ---- publication


@rule("publish_file")
def after_the_double_publicity(taking: Taking) -> None:
    if taking.case.clocks.filter(clock=DOUBLE, stopped_on__isnull=True).exists():
        raise NotOut


@rule("publish_double")
def published_once(taking: Taking) -> None:
    if not taking.case.clocks.filter(clock=DOUBLE, stopped_on__isnull=True).exists():
        raise NothingToDo(why_zh="“双公示”已经完成。", why_en="The double publicity is done already.")


@rule("publish_double", "publish_file")
def published_after_service(taking: Taking) -> None:
    if taking.given["published_on"] < taking.case.service.served_on:
        raise DayWrong(why_zh="公示不能早于送达。", why_en="Not published before it was served.")


# ---- revoked on review or by a court


@rule("report_revocation")
def reported_once(taking: Taking) -> None:
    if taking.case.revoked_by:
        raise NothingToDo(why_zh="撤销已经登记，等待负责人撤回公示。", why_en="It was entered already and waits for the head.")
    if taking.given["revoked_on"] < taking.case.service.served_on:
        raise DayWrong(why_zh="不能早于送达日期。", why_en="Not before it was served.")


@effect("report_revocation")
def report(taking: Taking, step: CaseStep) -> None:
    """The withdrawal of the record is proposed at once; the head confirms it with the step `revoke`."""
    case = taking.case
    case.revoked_by = str(taking.actor)
    if on_file(case):
        records.propose_withdrawal(taking.actor, case.record, taking.given["reason"], taking.given["paper"])


def on_file(case: Case) -> bool:
    """Whether its record stands."""
    return case.record is not None and not RecordEnd.objects.filter(record=case.record).exists()


@rule("revoke")
def another_person_withdraws(taking: Taking) -> None:
    if not taking.case.revoked_by:
        raise NothingToDo(why_zh="尚未登记处罚被撤销。", why_en="Nobody entered that it was revoked.")
    if taking.case.revoked_by == str(taking.actor):
        raise SamePersonInCase


@effect("revoke")
def revoke(taking: Taking, step: CaseStep) -> None:
    """The record leaves the file with this step, and the road hears of it."""
    case = taking.case
    if case.proposal and case.proposal.state == PROPOSAL_WAITING:  # it never came on the file
        records.refuse(taking.actor, case.proposal.pk, taking.given["reason"])
    for proposal in Proposal.objects.filter(target=case.record, target__isnull=False, state=PROPOSAL_WAITING):
        records.confirm(taking.actor, proposal.pk)
    case.ended_at = clock.now()
    outbox.emit(DecisionRevoked(str(case.decision.pk), case.number, str(case.subject_id)))
