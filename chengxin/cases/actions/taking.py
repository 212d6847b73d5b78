"""One step of a case: locked, allowed by the table and by the room's own rules, written once, clocks moved, log entry made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.audit.canonical import canonical
from chengxin.cases import clocks
from chengxin.cases.access import roles_at
from chengxin.cases.errors import DayWrong
from chengxin.cases.models import Case, CaseStep, Certificate, Member
from chengxin.kernel import clock, locks

TABLE = "cases/case"
# Fields whose words may name a person: they are written encrypted. Days, codes and amounts are not words.
WORDS = ("text", "long_text", "evidence")
PLAIN = ("department", "paper", "penalties", "contact_phone")


@dataclass
class Taking:
    """A step that is being taken."""

    actor: Actor
    case: Case
    action: str
    given: dict[str, Any]
    roles: set[str]
    outcome: workflow.Outcome
    member: Member | None = None
    certificate: Certificate | None = None
    today: date = field(default_factory=clock.today)


@dataclass(frozen=True)
class Upload:
    """A file that comes with a step."""

    name: str
    data: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


Rule = Callable[[Taking], None]
Effect = Callable[[Taking, CaseStep], None]
RULES: dict[str, list[Rule]] = {}
EFFECTS: dict[str, list[Effect]] = {}


def rule(*actions: str) -> Callable[[Rule], Rule]:
    """Register what must hold before a step; "*" is every step."""

    def note(function: Rule) -> Rule:
        for action in actions:
            RULES.setdefault(action, []).append(function)
        return function

    return note


def effect(*actions: str) -> Callable[[Effect], Effect]:
    """Register what a step does beyond the state: runs after the step is written, in its transaction."""

    def note(function: Effect) -> Effect:
        for action in actions:
            EFFECTS.setdefault(action, []).append(function)
        return function

    return note


def take(actor: Actor, case_id: object, action: str, given: Mapping[str, Any]) -> CaseStep:
    """Take a step of a case. given: by the names of the table's fields; days as dates, money in fen, persons as "user:<id>", penalties as
    a list of {kind, amount_fen, detail, perform_by}. Raises NotFound, the workflow's and the room's errors; nothing is kept then."""
    with transaction.atomic():
        case = locked(actor, case_id)
        roles = roles_at(actor, case)
        known = {**given, "received_on": case.received_on, "filed_on": case.filed_on}
        outcome = workflow.take(workflow.load(TABLE), case.state, action, roles, known, clock.now(), rule_day=clock.today())
        taking = Taking(actor, case, action, dict(given), roles, outcome)
        for check in (*RULES["*"], *RULES.get(action, ())):
            check(taking)
        step = _write(taking)
        clocks.move(case, outcome)
        for act in EFFECTS.get(action, ()):
            act(taking, step)
        case.due_on = clocks.nearest(case)
        case.save()
        return step


def locked(actor: Actor, case_id: object) -> Case:
    """The actor's case, locked until the transaction ends."""
    name = f"cases.case:{case_id}"
    with locks.locked(name):
        case = access.get(actor, Case, pk=case_id)
        return (Case.objects.select_for_update() if locks.on(name) else Case.objects).get(pk=case.pk)


@rule("*")
def days_are_past(taking: Taking) -> None:
    """What happened, happened on or before today; only `until` may lie ahead. What began ended later, and both have been."""
    assert taking.outcome.step
    for one in taking.outcome.step.asks:
        value = taking.given.get(one.name)
        if one.kind == "date" and one.name not in ("until",) and value and value > taking.today:
            raise DayWrong(why_zh=f"{one.zh}不能晚于今天。", why_en=f"{one.en}: not later than today.")
    began, ended = taking.given.get("began_at"), taking.given.get("ended_at")
    if (began and began > clock.now()) or (began and ended and not began <= ended <= clock.now()):
        raise DayWrong(why_zh="起止时间有误，或者晚于现在。", why_en="It ends before it begins, or after now.")


def _write(taking: Taking) -> CaseStep:
    case, step = taking.case, taking.outcome.step
    assert step
    said: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for one in workflow.form_fields(step):
        value = taking.given.get(one.name)
        if value in (None, "", []) or one.kind == "file":
            continue
        (said if one.kind in WORDS and one.name not in PLAIN else data)[one.name] = value
    if isinstance(taking.given.get("file"), Upload):
        data["file_sha256"] = taking.given["file"].sha256
    before, case.state = case.state, taking.outcome.state
    return write(case, taking.actor, taking.action, before, plain(data), said, taking.certificate)


def plain(value: Any) -> Any:
    """As JSON keeps it: days as text."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def write(
    case: Case, actor: Actor, action: str, before: str, data: dict[str, Any], said: dict[str, Any], certificate: Certificate | None = None
) -> CaseStep:
    """A step on the case's list with its log entry; the hash in the log binds what was written."""
    text = canonical(said) if said else ""
    digest = hashlib.sha256(canonical({"data": data, "said": said}).encode()).hexdigest()
    place = case.steps.count() + 1
    told = {"number": case.number, "place": place, "from": before, "to": case.state, "sha256": digest}
    step = CaseStep(
        case=case,
        place=place,
        action=action,
        before=before,
        after=case.state,
        person=str(actor),
        name=actor.name,
        department=case.department if not certificate else certificate.department,
        certificate=certificate.number if certificate else "",
        data=data,
        said=text,
        sha256=digest,
        at=clock.now(),
    )
    return rows.put(step, f"cases.case.{action}", actor=str(actor), object=case.matter, data=told)
