"""A served penalty changed on review or by a court: the record is superseded and what is public corrected, by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chengxin.cases import penalties
from chengxin.cases.actions.serving import content, on_file, redacted
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import DayWrong, Heavier, NothingToDo, SamePersonInCase
from chengxin.cases.models import DECIDED, Case, CaseStep, Penalty
from chengxin.records import actions as records
from chengxin.records.models import WAITING, Proposal


def waiting(case: Case) -> CaseStep | None:
    """The change that was entered and waits for the head."""
    told = case.steps.filter(action="report_variation").last()
    return told if told and not case.steps.filter(action="vary", place__gt=told.place).exists() else None


@rule("report_variation")
def entered_once(taking: Taking) -> None:
    """Of a record that is on file, one change at a time, and none while a revocation waits."""
    case = taking.case
    if waiting(case) or case.revoked_by or not on_file(case):
        raise NothingToDo(
            why_zh="已有登记等待负责人办理，或者信用记录尚未入档。", why_en="One waits for the head already, or no record is on file."
        )
    if taking.given["varied_on"] < case.service.served_on:
        raise DayWrong(why_zh="不能早于送达日期。", why_en="Not before it was served.")
    redacted(taking)


@rule("report_variation")
def lighter_in_some_part(taking: Taking) -> None:
    """Neither a review nor a court makes it heavier for who asked for it; what is the same is no change."""
    given, now = taking.given["penalties"], penalties.as_given(penalties.latest(taking.case, DECIDED))
    penalties.check(given, taking.today)
    if penalties.is_heavier(given, now, taking.today):
        raise Heavier
    if _parts(given) == _parts(now):
        raise NothingToDo(why_zh="处罚内容没有变化。", why_en="Nothing changed.")


def _parts(given: Sequence[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {(one["kind"], one.get("amount_fen") or None, one.get("detail") or "", str(one.get("perform_by") or "")) for one in given}


@effect("report_variation")
def report(taking: Taking, step: CaseStep) -> None:
    """The corrected record is proposed at once; the head confirms it with the step `vary`."""
    case, given = taking.case, taking.given
    rows = [Penalty(kind=one["kind"], amount_fen=one.get("amount_fen")) for one in given["penalties"]]
    records.propose_correction(taking.actor, case.record, content(case, rows, given["public_text"].strip()[:500]), given["reason"])


@rule("vary")
def another_person_changes_it(taking: Taking) -> None:
    told = waiting(taking.case)
    if told is None:
        raise NothingToDo(why_zh="尚未登记处罚被变更。", why_en="Nobody entered that it was changed.")
    if told.person == str(taking.actor):
        raise SamePersonInCase


@effect("vary")
def vary(taking: Taking, step: CaseStep) -> None:
    """What is owed follows the new list; the old record is superseded, and the corrected one is public in its place."""
    case, told = taking.case, waiting_before(taking.case, step)
    proposal = Proposal.objects.filter(target=case.record, state=WAITING).get()
    penalties.put(case, step, DECIDED, [penalties.from_plain(one) for one in told.data["penalties"]])
    case.proposal = records.confirm(taking.actor, proposal.pk)
    case.public_text, case.public_by, case.public_cleared_by = told.texts["public_text"].strip()[:500], told.person, str(taking.actor)
    case.appeals.filter(until__isnull=True).update(until=told.data["varied_on"])


def waiting_before(case: Case, step: CaseStep) -> CaseStep:
    """The change that a step of the head is about."""
    told = case.steps.filter(action="report_variation", place__lt=step.place).last()
    assert told
    return told
