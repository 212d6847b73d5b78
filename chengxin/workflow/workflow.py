"""Workflows as data. `load` a table, ask `steps_from`, `take` a step; pages, API and documents derive from the same table.

A table lives in its room: `supervision/clue.workflow.yaml` is `load("supervision/clue")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from chengxin.kernel import clock as city_clock
from chengxin.kernel.language import pick
from chengxin.law import law
from chengxin.workflow.errors import EvidenceMissing, StateUnknown, StepNotAllowed, StepNotYours, StepUnknown, WorkflowUnknown
from chengxin.workflow.reading import read
from chengxin.workflow.table import ROLES, FormField, Outcome, Pair, State, Step, Workflow

__all__ = ["FormField", "Outcome", "State", "Step", "Workflow", "every", "form_fields", "json_schema", "load", "take"]

ROOMS = Path(__file__).parent.parent
SUFFIX = ".workflow.yaml"
REASON: Pair = {"zh": "理由", "en": "Reason"}


@cache
def load(name: str) -> Workflow:
    """The workflow `<room>/<name>`. Raises WorkflowUnknown, or WorkflowBroken with all that is wrong."""
    path = ROOMS / f"{name}{SUFFIX}"
    if not path.is_file() or ".." in name:
        raise WorkflowUnknown(name=name, file=f"{name}{SUFFIX}")
    return read(name, path)


def every() -> list[Workflow]:
    """All workflows of all rooms, by name."""
    paths = sorted(ROOMS.glob(f"*/*{SUFFIX}"))
    return [load(f"{path.parent.name}/{path.name.removesuffix(SUFFIX)}") for path in paths]


def take(
    workflow: Workflow,
    state: str,
    action: str,
    roles: Iterable[str],
    given: Mapping[str, Any],
    day: date | datetime,
    *,
    rule_day: date | None = None,
) -> Outcome:
    """Take one step: pure, nothing is stored.

    `given` holds the evidence (any truthy value under its name), the form fields and "reason"; `day` is when the step is taken (an
    aware datetime where a clock counts hours); `rule_day` picks the law when that is another day, e.g. the day of receipt.
    Raises StateUnknown, StepUnknown (404), StepNotAllowed (409), StepNotYours (403), EvidenceMissing (422) and the law's own errors.
    """
    step = _step(workflow, state, action, set(roles))
    _check_given(step, given)
    due, due_at = _due(step, given, day, rule_day)
    return Outcome(step.to, due, step.clock, step.document, due_at, step.stops, step, dict(given))


def _step(workflow: Workflow, state: str, action: str, roles: set[str]) -> Step:
    if state not in workflow.states:
        raise StateUnknown(workflow=workflow.name, state=state)
    if workflow.step(action) is None:
        raise StepUnknown(workflow=pick(workflow), action=action)
    here = [step for step in workflow.steps_from(state) if step.action == action]
    if not here:
        possible = "、".join(pick(step) for step in workflow.steps_from(state)) or "—"
        raise StepNotAllowed(state=pick(workflow.states[state]), action=_label(workflow, action), possible=possible)
    mine = [step for step in here if roles & set(step.roles)]
    if not mine:
        allowed = sorted({role for step in here for role in step.roles})
        raise StepNotYours(state=pick(workflow.states[state]), action=pick(here[0]), roles="、".join(pick(ROLES[role]) for role in allowed))
    return mine[0]


def _label(workflow: Workflow, action: str) -> str:
    step = workflow.step(action)
    return pick(step) if step else action


def _check_given(step: Step, given: Mapping[str, Any]) -> None:
    missing = [field for field in form_fields(step) if field.required and _absent(given.get(field.name))]
    if step.clock_from and _absent(given.get(step.clock_from)) and step.clock_from not in {field.name for field in missing}:
        missing.append(FormField(step.clock_from, "date", "期限起算日", "day the clock starts from"))
    if missing:
        raise EvidenceMissing(
            action=pick(step),
            missing=[field.name for field in missing],
            missing_zh="、".join(field.zh for field in missing),
            missing_en=", ".join(field.en for field in missing),
        )


def _absent(value: Any) -> bool:
    """Nothing was given: None, blank text, an empty list. 0 and False are answers."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple | dict | set) and not value)


def _due(step: Step, given: Mapping[str, Any], day: date | datetime, rule_day: date | None) -> tuple[date | None, datetime | None]:
    if step.clock is None:
        return None, None
    start = given[step.clock_from] if step.clock_from else day
    start_day = city_clock.city_day(start) if isinstance(start, datetime) else start
    book = law.at(rule_day or start_day)
    if book.clock(step.clock).unit == "hour" and isinstance(start, datetime):
        due_at = book.due_at(step.clock, start, extended=step.extended)
        return city_clock.city_day(due_at), due_at
    return book.due(step.clock, start_day, extended=step.extended), None


def form_fields(step: Step) -> list[FormField]:
    """What the step asks for, in order: its evidence, its own fields, and the reason where one is required."""
    fields = [FormField(name, "evidence", pair["zh"], pair["en"]) for name, pair in step.evidence.items()]
    fields += step.asks
    if step.reason_required:
        fields.append(FormField("reason", "long_text", REASON["zh"], REASON["en"]))
    return fields


JSON_TYPES: Mapping[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "money": {"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "yes_no": {"type": "boolean"},
}


def json_schema(step: Step, day: date) -> dict[str, Any]:
    """The JSON Schema of a step's input, for the API; code lists are those valid on `day`."""
    fields = form_fields(step)
    return {
        "type": "object",
        "title": step.en,
        "properties": {field.name: dict(_property(field, day)) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _property(field: FormField, day: date) -> Iterator[tuple[str, Any]]:
    yield "title", field.en
    yield "description", field.zh
    yield from JSON_TYPES.get(field.kind, {"type": "string"}).items()
    if field.kind == "choice":
        yield "enum", list(field.choices)
    if field.codes:
        yield "enum", list(law.at(day).codes(field.codes))
