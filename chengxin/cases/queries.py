"""What a case shows: what may be done next and by whom, its clocks, people, evidence, arguments; and the desk with what is due first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.cases import clocks, dues, penalties
from chengxin.cases.access import roles_at
from chengxin.cases.actions import varying
from chengxin.cases.actions.defending import argument_text
from chengxin.cases.actions.people import nobody_with_a_relation, the_right_person
from chengxin.cases.actions.taking import TABLE, Taking
from chengxin.cases.models import DECIDED, NOTIFIED, PROPOSED, Argument, Case, CaseClock, CaseStep, Penalty
from chengxin.cases.papers import exhibits_of, field_labels, title
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.supervision.queries import provision_name
from chengxin.workflow import Step

Holds = Callable[[Case, Actor], bool]

# What comes first on the page in each state; the rest follows in the table's order.
FIRST: dict[str, Sequence[str]] = {
    "FILED": ("declare", "contact"),
    "INVESTIGATING": ("declare", "end_pause", "add_evidence", "inquire", "end_investigation"),
    "INVESTIGATION_ENDED": ("review",),
    "REVIEWED": ("notify", "exempt"),
    "CRIME_REPORTED": ("approve_crime",),
    "NOTICED": ("answer_argument", "confer", "decide", "hear_statement"),
    "HEARING": ("call_hearing", "hold_hearing"),
    "HEARD": ("answer_argument", "confer", "decide"),
    "DECIDED": ("draft_publicity", "clear_publicity", "serve"),
    "SERVED": ("revoke", "vary", "publish_double", "publish_file", "pay"),
    "PUBLISHED": ("revoke", "vary", "pay", "perform"),
    "ENFORCING": ("revoke", "vary", "pay", "perform"),
    "PERFORMED": ("revoke", "vary", "close"),
    "CLOSED": ("revoke", "archive"),
}


def _member(case: Case, actor: Actor) -> Any:
    return case.members.filter(person=str(actor), left_on__isnull=True).first()


def _undeclared(case: Case, actor: Actor) -> bool:
    member = _member(case, actor)
    return bool(member and not member.declared)


def _running(id: str) -> Holds:
    return lambda case, actor: case.clocks.filter(clock=id, stopped_on__isnull=True).exists()


def _pause(case: Case, actor: Actor) -> bool:
    return case.pauses.filter(until__isnull=True).exists()


def _appeal(case: Case, actor: Actor) -> bool:
    return case.appeals.filter(until__isnull=True).exists()


def _open_arguments(case: Case, actor: Actor) -> bool:
    return case.arguments.filter(answered__isnull=True).exists()


def _outcome(wanted: str) -> Holds:
    def holds(case: Case, actor: Actor) -> bool:
        report = case.steps.filter(action="end_investigation").last()
        return report is not None and report.data.get("outcome") == wanted

    return holds


# A step that could only be refused is not offered.
WHEN: dict[str, Holds] = {
    "declare": _undeclared,
    "give_opinion": lambda case, actor: bool((member := _member(case, actor)) and member.capacity == "support"),
    "extend_check": lambda case, actor: not case.steps.filter(action="extend_check").exists(),
    "extend": lambda case, actor: case.extended_on is None,
    "extend_again": lambda case, actor: case.extended_on is not None,
    "decide_recusal": lambda case, actor: case.members.filter(recusal="ASKED").exists(),
    "pause_clock": lambda case, actor: not _pause(case, actor),
    "end_pause": _pause,
    "notify": _outcome("penalty"),
    "answer_argument": _open_arguments,
    "decide": lambda case, actor: not _open_arguments(case, actor) and (not case.major or _conferred(case)),
    "confer": lambda case, actor: case.major and not _conferred(case),
    "waive": lambda case, actor: not case.waived,
    "ask_hearing": lambda case, actor: penalties.hearing_is_due(case, penalties.latest(case, NOTIFIED), clock.today()),
    "call_hearing": lambda case, actor: case.hearing_on is None,
    "hold_hearing": lambda case, actor: case.chair == str(actor),
    "clear_publicity": lambda case, actor: bool(case.public_text) and not case.public_cleared_by and case.public_by != str(actor),
    "draft_publicity": lambda case, actor: not case.public_cleared_by,
    "serve": lambda case, actor: bool(case.public_cleared_by),
    "publish_double": _running("DOUBLE_PUBLICITY"),
    "publish_file": lambda case, actor: not _running("DOUBLE_PUBLICITY")(case, actor),
    "pay": lambda case, actor: dues.of(case, clock.today()).left_fen > 0,
    "perform": lambda case, actor: dues.of(case, clock.today()).left_fen == 0,
    "note_appeal": lambda case, actor: not _appeal(case, actor),
    "end_appeal": _appeal,
    "report_revocation": lambda case, actor: not case.revoked_by and varying.waiting(case) is None,
    "add_party": lambda case, actor: case.lead is None,
    "report_variation": lambda case, actor: not case.revoked_by and varying.waiting(case) is None,
    "vary": lambda case, actor: (told := varying.waiting(case)) is not None and told.person != str(actor),
    "revoke": lambda case, actor: bool(case.revoked_by) and case.revoked_by != str(actor),
}


def _conferred(case: Case) -> bool:
    notice = case.steps.filter(action="notify").last()
    return case.steps.filter(action="confer", place__gt=notice.place if notice else 0).exists()


def possible(actor: Actor, case: Case) -> list[Step]:
    """The steps this person may take now, the one that leads on first."""
    steps = [step for step in workflow.load(TABLE).steps_from(case.state, roles_at(actor, case)) if _may(actor, case, step)]
    first = _first(case)
    return sorted(steps, key=lambda step: first.index(step.action) if step.action in first else len(first))


def _first(case: Case) -> list[str]:
    """What comes first: once there is evidence, ending the investigation comes before adding more."""
    first = list(FIRST.get(case.state, ()))
    if "end_investigation" in first and next(exhibits_of(case), None) is not None:
        first.insert(first.index("add_evidence"), first.pop())
    return first


def _holds_for(action: str, case: Case, actor: Actor) -> bool:
    held = WHEN.get(action)
    return held is None or held(case, actor)


def _may(actor: Actor, case: Case, step: Step) -> bool:
    if not _holds_for(step.action, case, actor):
        return False
    taking = Taking(actor, case, step.action, {}, roles_at(actor, case), workflow.Outcome(step.to, step=step))
    try:
        nobody_with_a_relation(taking)
        the_right_person(taking)
    except ChengxinError:
        return False
    return True


def waits_for(case: Case) -> list[Step]:
    """The first thing to do in the case's state, whoever does it: what others wait for."""
    steps = workflow.load(TABLE).steps_from(case.state)
    first = [step for name in _first(case) for step in steps if step.action == name and _holds(case, step)]
    return (first or steps)[:1]


def leads_to(step: Step, case: Case) -> list[str]:
    """What a step brings about, for who is about to take it."""
    return workflow.brings_about(workflow.load(TABLE), step, case.state, case.filed_on or clock.today())


def _holds(case: Case, step: Step) -> bool:
    """Whether a step is to be done, by whomever it falls to."""
    if step.action == "declare":
        return case.members.filter(declared=False, left_on__isnull=True).exists()
    held = WHEN.get(step.action)
    return held is None or step.action == "hold_hearing" or held(case, access.system("cases.page"))


# ---- the desk


def desk(actor: Actor) -> QuerySet[Case]:
    """The actor's cases that have not ended, what is due first on top."""
    return access.all(actor, Case).filter(due_on__isnull=False).select_related("subject")


def all_of(actor: Actor) -> QuerySet[Case]:
    return access.all(actor, Case).select_related("subject")


def colours(rows: QuerySet[Case]) -> dict[str, int]:
    """How many are overdue, due soon, in time."""
    counted = dict.fromkeys(("red", "amber", "green"), 0)
    today = clock.today()
    for day in filter(None, rows.values_list("due_on", flat=True)):
        counted[law.clock_colour(day, today)] += 1
    return counted


# ---- the page


@dataclass(frozen=True)
class Clock:
    """A running or stopped period as it is shown."""

    row: CaseClock
    rule: Any
    colour: str
    paused: bool

    @property
    def name(self) -> str:
        return language.pick(self.rule)

    @property
    def article(self) -> str:
        return provision_name(self.rule.provision)


def clocks_of(case: Case) -> list[Clock]:
    """Running periods first, the nearest on top."""
    today, paused = clock.today(), case.pauses.filter(until__isnull=True).exists()
    book = law.at(case.filed_on or case.received_on)
    rows = sorted(case.clocks.all(), key=lambda one: (one.stopped_on is not None, one.due_on))
    return [
        Clock(one, book.clock(one.clock), law.clock_colour(one.due_on, one.stopped_on or today), paused and one.clock == clocks.DECIDE)
        for one in rows
    ]


@dataclass(frozen=True)
class Line:
    """A step of the timeline with its words."""

    step: CaseStep
    title: dict[str, str]
    words: list[tuple[dict[str, str], str]]


def timeline(case: Case) -> list[Line]:
    """The steps, newest first, each with what was written."""
    table = workflow.load(TABLE)
    return [Line(step, title(step, table), _words(step, table)) for step in case.steps.order_by("-place")]


def _words(step: CaseStep, table: workflow.Workflow) -> list[tuple[dict[str, str], str]]:
    labels = field_labels(step, table)
    return [(labels.get(name, {"zh": "事实", "en": "facts"}), text) for name, text in step.texts.items()]


@dataclass(frozen=True)
class Defence:
    """An argument with its answer."""

    argument: Argument
    text: str
    answer: str


def defence(case: Case) -> list[Defence]:
    rows = case.arguments.select_related("raised", "answered")
    return [Defence(one, argument_text(one), one.answered.texts.get("reason", "") if one.answered else "") for one in rows]


def parties_of(case: Case) -> list[Case]:
    """The other files of the matter, the first one on top."""
    first = case.lead or case
    return [one for one in (first, *first.others.select_related("subject").order_by("number")) if one != case]


def penalties_shown(case: Case) -> dict[str, list[Penalty]]:
    """The newest list of each stage that has one."""
    found = {stage: penalties.latest(case, stage) for stage in (DECIDED, NOTIFIED, PROPOSED)}
    return {stage: rows for stage, rows in found.items() if rows}


def account(case: Case) -> dues.Dues | None:
    """What is owed today, for a served case."""
    return dues.of(case, clock.today()) if hasattr(case, "service") else None


def as_data(case: Case) -> dict[str, Any]:
    """A case as a department's own system reads it: no words, no names of officers."""
    return {
        "number": case.number,
        "title": case.title,
        "department": case.department,
        "subject": {"id": str(case.subject_id), "name": case.subject.name, "uscc": case.subject.uscc or ""},
        "behaviour": case.behaviour,
        "source": case.source,
        "state": case.state,
        "received_on": case.received_on,
        "filed_on": case.filed_on,
        "due_on": case.due_on,
        "colour": colour_of(case),
        "decision": case.decision.number if hasattr(case, "decision") else None,
        "decided_on": case.decision.decided_on if hasattr(case, "decision") else None,
    }


def colour_of(case: Case) -> str:
    return law.clock_colour(case.due_on, clock.today()) if case.due_on else ""
