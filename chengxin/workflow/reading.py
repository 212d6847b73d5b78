"""Reads a `<room>/<name>.workflow.yaml` and refuses it, with everything that is wrong, unless it holds together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from chengxin.law.shelf import shelf
from chengxin.workflow.errors import WorkflowBroken
from chengxin.workflow.table import FIELD_KINDS, ROLES, FormField, State, Step, Workflow

WORKFLOW_KEYS = {"zh", "en", "initial", "states", "steps", "evidence", "documents"}
STATE_KEYS = {"zh", "en", "final"}
STEP_KEYS = {
    *("action", "from", "to", "roles", "zh", "en", "needs", "clock", "clock_from", "extended"),
    *("stops", "document", "reason_required", "asks"),
}
FIELD_KEYS = {"name", "kind", "zh", "en", "required", "codes", "choices"}
# Field names `take` fills in itself.
RESERVED = {"reason"}


def read(name: str, path: Path) -> Workflow:
    """The workflow in a file. Raises WorkflowBroken."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        raise WorkflowBroken(name=name, problems=str(wrong)) from wrong
    return build(name, raw)


def build(name: str, raw: Any) -> Workflow:
    """The workflow in a parsed table. First its shape is looked at, then its sense, so that every message is to the point."""
    _refuse(name, shape_problems(raw))
    workflow = _workflow(name, raw)
    _refuse(name, sense_problems(workflow))
    return workflow


def _refuse(name: str, problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise WorkflowBroken(name=name, problems="; ".join(found))


def _workflow(name: str, raw: Mapping[str, Any]) -> Workflow:
    evidence = raw.get("evidence", {})
    return Workflow(
        name=name,
        zh=raw["zh"],
        en=raw["en"],
        initial=raw["initial"],
        states={code: State(code, row["zh"], row["en"], bool(row.get("final"))) for code, row in raw["states"].items()},
        steps=tuple(_step(row, evidence) for row in raw["steps"]),
        documents=raw.get("documents", {}),
    )


def _step(row: Mapping[str, Any], evidence: Mapping[str, dict[str, str]]) -> Step:
    labels = {**evidence, **_own_labels(row)}
    needs = tuple(_names(row.get("needs")))
    return Step(
        action=row["action"],
        from_states=tuple(_list(row["from"])),
        to=row["to"],
        roles=tuple(_list(row["roles"])),
        zh=row["zh"],
        en=row["en"],
        needs=needs,
        clock=row.get("clock"),
        clock_from=row.get("clock_from"),
        extended=bool(row.get("extended")),
        stops=tuple(_list(row.get("stops"))),
        document=row.get("document"),
        reason_required=bool(row.get("reason_required")),
        asks=tuple(_field(one) for one in row.get("asks", [])),
        evidence={need: labels[need] for need in needs if need in labels},
    )


def _field(row: Mapping[str, Any]) -> FormField:
    return FormField(
        row["name"], row["kind"], row["zh"], row["en"], bool(row.get("required", True)), row.get("codes"), row.get("choices", {})
    )


def _own_labels(row: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """`needs` may be a list of names from the workflow's `evidence`, or name each one on the spot with its zh and en."""
    needs = row.get("needs")
    return needs if isinstance(needs, dict) else {}


def _names(needs: Any) -> list[str]:
    return list(needs) if isinstance(needs, dict) else _list(needs)


def _list(value: Any) -> list[Any]:
    """One value may be written without brackets."""
    return value if isinstance(value, list) else [] if value is None else [value]


# -- shape: are all keys there, and only known ones ----------------------------------------------------------------------------


def shape_problems(raw: Any) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield "the file is not a table"
        return
    yield from _keys("workflow", raw, WORKFLOW_KEYS, {"zh", "en", "initial", "states", "steps"})
    for code, state in _mapping(raw.get("states")):
        yield from _keys(f"state {code}", state, STATE_KEYS, {"zh", "en"})
    for number, step in enumerate(_list(raw.get("steps")), 1):
        where = f"step {number} ({step.get('action', '?')})" if isinstance(step, dict) else f"step {number}"
        yield from _keys(where, step, STEP_KEYS, {"action", "from", "to", "roles", "zh", "en"})
        for code, pair in _mapping(step.get("needs")) if isinstance(step, dict) else ():
            yield from _keys(f"{where} evidence {code}", pair, {"zh", "en"}, {"zh", "en"})
        for field in _list(step.get("asks")) if isinstance(step, dict) else ():
            named = field.get("name", "?") if isinstance(field, dict) else "?"
            yield from _keys(f"{where} field {named}", field, FIELD_KEYS, {"name", "kind", "zh", "en"})
    for kind in ("evidence", "documents"):
        for code, pair in _mapping(raw.get(kind)):
            yield from _keys(f"{kind} {code}", pair, {"zh", "en"}, {"zh", "en"})


def _mapping(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _keys(where: str, row: Any, known: set[str], needed: set[str]) -> Iterator[str]:
    if not isinstance(row, dict):
        yield f"{where} is not a table"
        return
    for key in sorted(needed):
        if row.get(key) in (None, "", []):
            yield f"{where} has no {key}"
    for key in sorted(set(map(str, row)) - known):
        yield f"{where} has an unknown key {key}"


# -- sense: does the table hold together ---------------------------------------------------------------------------------------


def sense_problems(workflow: Workflow) -> Iterator[str]:
    if workflow.initial not in workflow.states:
        yield f"unknown initial state {workflow.initial}"
    for step in workflow.steps:
        yield from _step_problems(workflow, step)
    yield from _graph_problems(workflow)
    yield from _ambiguous(workflow)


def _step_problems(workflow: Workflow, step: Step) -> Iterator[str]:
    where = f"step {step.action}"
    for state in (*step.from_states, step.to):
        if state not in workflow.states:
            yield f"{where}: unknown state {state}"
    for role in step.roles:
        if role not in ROLES:
            yield f"{where}: unknown role {role}"
    for clock in (*([step.clock] if step.clock else []), *step.stops):
        if clock not in shelf().clocks:
            yield f"{where}: unknown clock {clock}"
    for need in step.needs:
        if need not in step.evidence:
            yield f"{where}: evidence {need} has no zh/en (give it under `evidence`, or write needs as {{{need}: {{zh: …, en: …}}}})"
    if step.document and step.document not in workflow.documents:
        yield f"{where}: document {step.document} has no zh/en"
    if step.extended and not step.clock_from:
        yield f"{where}: an extended clock needs clock_from"
    yield from _field_problems(where, step)


def _field_problems(where: str, step: Step) -> Iterator[str]:
    names = [field.name for field in step.asks]
    for name in sorted({name for name in names if names.count(name) > 1 or name in RESERVED or name in step.needs}):
        yield f"{where}: field {name} twice"
    for field in step.asks:
        if field.kind not in FIELD_KINDS:
            yield f"{where}: field {field.name} has an unknown kind {field.kind}"
        if field.kind == "codes" and field.codes not in shelf().codes:
            yield f"{where}: field {field.name}: unknown code list {field.codes}"
        if field.kind == "choice" and not field.choices:
            yield f"{where}: field {field.name} offers no choices"


def _graph_problems(workflow: Workflow) -> Iterator[str]:
    known = [step for step in workflow.steps if step.to in workflow.states]
    forward = _reached({workflow.initial}, ((state, step.to) for step in known for state in step.from_states))
    finals = {code for code, state in workflow.states.items() if state.final}
    backward = _reached(finals, ((step.to, state) for step in known for state in step.from_states))
    if not finals:
        yield "no final state"
    for code, state in workflow.states.items():
        if code not in forward:
            yield f"state {code} cannot be reached"
        if state.final and workflow.steps_from(code):
            yield f"state {code} is final but has steps"
        if not state.final and finals and code not in backward:
            yield f"state {code} is a dead end"


def _reached(start: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    pairs, found, grown = list(edges), set(start), True
    while grown:
        more = {to for since, to in pairs if since in found} - found
        found |= more
        grown = bool(more)
    return found


def _ambiguous(workflow: Workflow) -> Iterator[str]:
    seen: set[tuple[str, str, str]] = set()
    for step in workflow.steps:
        for key in ((step.action, state, role) for state in step.from_states for role in step.roles):
            if key in seen:
                yield f"step {key[0]} from {key[1]} by {key[2]} is there twice"
            seen.add(key)
