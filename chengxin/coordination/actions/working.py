"""The work on a task: the department accepts, does and reports with evidence; the office verifies; another person closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.coordination.access import office
from chengxin.coordination.actions.steps import (
    HOUSE,
    LATE,
    OFFICERS,
    SYSTEM,
    WORK,
    check_text,
    locked,
    moved,
    named,
    office_roles,
    roles_in,
    wrong,
)
from chengxin.coordination.errors import AnswerPending, SamePerson
from chengxin.coordination.models import FILE, LEAD, LINK, SETTLED, WORKING, Task, TaskEvidence
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock, ids

DOCUMENTARY = "1"  # of the code list evidence_kind: documents


def doers(task: Task) -> set[str]:
    """The departments that lead the task today."""
    return set(task.parts.filter(part=LEAD, until__isnull=True).values_list("department", flat=True))


def accept(actor: Actor, number: str) -> Task:
    return locked(actor, number, lambda task: _by_department(actor, task, "accept"))


def begin(actor: Actor, number: str) -> Task:
    return locked(actor, number, lambda task: _by_department(actor, task, "begin"))


def report(actor: Actor, number: str, said: str) -> Task:
    """A lead department says what was done. Raises ContentWrong without any evidence."""
    plain = check_text(said, "办理情况", "what was done")

    def act(task: Task) -> None:
        if not task.evidence.exists():
            wrong("请先附上佐证材料或者链接", "add evidence or a link first")
        task.reported_by, task.reported_at, task.verified_by = str(actor), clock.now(), ""
        _by_department(actor, task, "report", {"said": plain})

    return locked(actor, number, act)


def _by_department(actor: Actor, task: Task, action: str, given: dict[str, Any] | None = None) -> None:
    department, roles = roles_in(actor, doers(task))
    moved(task, WORK, action, roles, named(actor), given, department=department)


def send_back(actor: Actor, number: str, reason: str) -> Task:
    """The office asks for more."""
    plain = check_text(reason, "理由", "the reason")

    def act(task: Task) -> None:
        roles = office_roles(actor)
        task.verified_by = ""
        moved(task, WORK, "send_back", roles, named(actor), {"reason": plain}, department=office())

    return locked(actor, number, act)


def verify(actor: Actor, number: str, said: str) -> Task:
    """The office looked at the evidence. Raises SamePerson for who reported."""
    plain = check_text(said, "核验意见", "what was found")

    def act(task: Task) -> None:
        roles = office_roles(actor)
        if task.reported_by == str(actor):
            raise SamePerson
        task.verified_by = str(actor)
        moved(task, WORK, "verify", roles, named(actor), {"said": plain}, department=office())

    return locked(actor, number, act)


def close(actor: Actor, number: str) -> Task:
    """Another person of the office closes the task; what its lateness led to is settled with it. Raises SamePerson."""

    def act(task: Task) -> None:
        roles = office_roles(actor)
        if task.verified_by == str(actor):
            raise SamePerson
        task.closed_by, task.closed_at = str(actor), clock.now()
        moved(task, WORK, "close", roles, named(actor), department=office())
        if task.late != SETTLED:
            moved(task, LATE, "settle", SYSTEM, HOUSE)

    return locked(actor, number, act)


def answer(actor: Actor, number: str, said: str) -> Task:
    """A lead department answers the supervision letter, once a letter. Raises AnswerPending when it has answered."""
    plain = check_text(said, "书面答复", "the answer")

    def act(task: Task) -> None:
        department, roles = roles_in(actor, doers(task))
        if task.answered_at:
            raise AnswerPending(due=task.answer_by.isoformat() if task.answer_by else "")
        task.answered_at = clock.now()
        moved(task, LATE, "answer", roles, named(actor), {"said": plain}, department=department)

    return locked(actor, number, act)


def link(actor: Actor, number: str, title: str, url: str) -> TaskEvidence:
    """Evidence that is a page. Raises ContentWrong for what is no web address or page of the house."""
    parts = urlsplit(url.strip())
    if not (parts.scheme in ("http", "https") and parts.netloc) and not url.strip().startswith("/"):
        wrong("链接须以 http://、https:// 或者 / 开头", "a link begins with http://, https:// or /")
    return _added(actor, number, title, lambda task, department: {"kind": LINK, "url": url.strip()})


def attach(actor: Actor, number: str, title: str, data: bytes, content_type: str, name: str) -> TaskEvidence:
    """Evidence that is a file: the evidence room keeps it."""

    def kept(task: Task, department: str) -> dict[str, Any]:
        matter = f"coordination.task:{task.pk}"
        about = {"file": name, "actor": str(actor)}
        made = evidence.keep(actor, matter, department, DOCUMENTARY, title, data, content_type=content_type, about=about)
        return {"kind": FILE, "exhibit": made.pk}

    return _added(actor, number, title, kept)


def _added(actor: Actor, number: str, title: str, make: Callable[[Task, str], dict[str, Any]]) -> TaskEvidence:
    name = check_text(title, "材料名称", "the title")
    made: list[TaskEvidence] = []

    def act(task: Task) -> None:
        helpers = set(task.parts.filter(until__isnull=True).values_list("department", flat=True))
        department, _ = roles_in(actor, helpers, OFFICERS)
        if task.state not in WORKING:
            wrong("任务已报告，不能再添加材料；退回后可以补充", "the task is reported; evidence can be added once it is sent back")
        by, by_name = named(actor)
        given = make(task, department)
        one = TaskEvidence(id=ids.new_id(), task=task, title=name, department=department, by=by, by_name=by_name, at=clock.now(), **given)
        data = {"number": task.number, "kind": one.kind}
        made.append(rows.put(one, "coordination.task.evidence", actor=by, object=f"coordination.task:{task.pk}", data=data))

    locked(actor, number, act)
    return made[0]
