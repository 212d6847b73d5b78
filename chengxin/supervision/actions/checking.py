"""Start the check, hand over, dismiss."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin import detectors
from chengxin.accounts.access import Actor
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.supervision.actions.opening import held_rows
from chengxin.supervision.actions.steps import CLUE, check_mine, check_reason, do_step, outcome, roles_at
from chengxin.supervision.errors import SameDepartment, UnknownPattern
from chengxin.supervision.events import ClueDismissed, ClueHandedOver
from chengxin.supervision.models import Clue, KnownBenign

OTHER = "other"


def start_check(actor: Actor, clue_id: object) -> Clue:
    """An officer of the clue's department takes it up. The clock has been running since it was opened or received."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        taken = outcome(CLUE, clue.state, "start_check", roles_at(actor, clue), {})
        do_step(clue, actor, "start_check", taken.state)
        return clue


def hand_over(actor: Actor, clue_id: object, department: str, reason: str) -> Clue:
    """Give the clue to the department that has the power; its clock starts today (order 2 arts. 17-18)."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        target = check_department(clue, department)
        taken = outcome(CLUE, clue.state, "hand_over", roles_at(actor, clue), {"department": target, "reason": reason})
        before, clue.department = clue.department, target
        clue.received_on, clue.due_on = clock.today(), taken.due or clue.due_on
        clue.extended_on, clue.extension_asked_by, clue.extension_reason = None, "", ""
        do_step(
            clue, actor, "hand_over", taken.state, reason=reason, acting_department=before, from_department=before, to_department=target
        )
        outbox.emit(ClueHandedOver(str(clue.id), before, target))
        return clue


def check_department(clue: Clue, department: str) -> str:
    """The department in charge today under that code. Raises LawUnknown for no department, SameDepartment for the clue's own."""
    target = law.at(clock.today()).in_charge(department).code
    if target == clue.department:
        raise SameDepartment
    return target


def dismiss(actor: Actor, clue_id: object, pattern: str, reason: str) -> Clue:
    """Close the clue as harmless, with the pattern it turned out to be; the same finding will not open it again without new facts."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        check_pattern(clue, pattern)
        taken = outcome(CLUE, clue.state, "dismiss", roles_at(actor, clue), {"reason": reason})
        clue.closed_at, clue.dismissed_as = clock.now(), pattern
        do_step(clue, actor, "dismiss", taken.state, reason=reason, pattern=pattern)
        do_remember(clue)
        event = ClueDismissed(str(clue.id), clue.detector, clue.detector_version, clue.key, pattern)
        outbox.emit(event)
        return clue


def file_case(actor: Actor, clue_id: object, reason: str) -> Clue:
    """The check bore the clue out: it is closed here and goes on as a case. Called by the room of cases in its transaction."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        taken = outcome(CLUE, clue.state, "file_case", roles_at(actor, clue), {"reason": reason})
        clue.closed_at = clock.now()
        do_step(clue, actor, "file_case", taken.state, reason=reason)
        return clue


def check_pattern(clue: Clue, pattern: str) -> None:
    """Raises UnknownPattern for one that neither the detector's card nor “other” names."""
    if pattern != OTHER and pattern not in patterns(clue):
        raise UnknownPattern(pattern=pattern)


def patterns(clue: Clue) -> dict[str, dict[str, str]]:
    """The detector's known harmless patterns, those the finding names first; empty when the detector has left the house."""
    if clue.detector not in detectors.names():
        return {}
    known = detectors.load(clue.detector).benign
    named = [code for code in clue.benign if code in known]
    return {code: known[code] for code in dict.fromkeys([*named, *known])}


def do_remember(clue: Clue) -> None:
    """Keep which facts were looked at. Runs in the transaction of the dismissal."""
    facts: dict[str, list[Any]] = {**held_rows(clue.sightings.values_list("finding_id", flat=True))}
    for kind, ids in clue.evidence.values_list("kind", "facts"):
        facts[kind] = sorted({*facts.get(kind, []), *ids})
    KnownBenign.objects.update_or_create(
        key=clue.key,
        defaults={
            "detector": clue.detector,
            "pattern": clue.dismissed_as,
            "clue": clue,
            "facts": facts,
            "remembered_at": clock.now(),
            "suppressed": 0,
        },
    )
