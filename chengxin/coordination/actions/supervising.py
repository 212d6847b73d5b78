"""Late tasks: reminded by the clock; supervised, named in a notice and referred by named persons of the office, each with its paper."""

from __future__ import annotations

from django.db.models import Q

from chengxin.accounts.access import Actor
from chengxin.coordination import papers
from chengxin.coordination.access import office
from chengxin.coordination.actions.steps import CLOCKS, HOUSE, LATE, SYSTEM, check_text, locked, moved, named, office_roles
from chengxin.coordination.errors import AnswerPending, NotLate
from chengxin.coordination.models import ON_TIME, REMINDED, WORKING, Task, TaskStep
from chengxin.kernel import clock
from chengxin.law import law

HEAD = ("head",)


def remind() -> int:
    """Give the reminders that are due today and were not given: some days before the last day, and on every first day of lateness."""
    today = clock.today()
    steps = sorted(law.at(today).value("task_remind_days"))
    waiting = Task.objects.filter(Q(state__in=WORKING), late__in=[ON_TIME, REMINDED])
    given = 0
    for task in waiting.order_by("pk"):
        left = (task.due_on - today).days
        step = next((one for one in steps if left <= one), None)
        if step is not None:
            given += _once(task, f"期限 {task.due_on} 已过" if left < 0 else f"距期限 {task.due_on} 不超过 {step} 天")
    return given


def _once(task: Task, said: str) -> bool:
    """One reminder of each kind a due day."""
    if TaskStep.objects.filter(task=task, action="remind", said=said).exists():
        return False
    locked(CLOCKS, task.number, lambda found: _remind(found, said))
    return True


def _remind(task: Task, said: str) -> None:
    if task.state in WORKING and task.late in (ON_TIME, REMINDED):
        moved(task, LATE, "remind", SYSTEM, HOUSE, {"said": said})


def supervise(actor: Actor, number: str, reason: str) -> Task:
    """A yellow letter. Raises NotLate."""
    return _held_against(actor, number, "yellow", reason, ("officer", "head"))


def escalate(actor: Actor, number: str, reason: str) -> Task:
    """A red letter, after the yellow one's answer is due. Raises AnswerPending."""
    return _held_against(actor, number, "red", reason, HEAD)


def notify(actor: Actor, number: str, reason: str) -> Task:
    """A notice to all departments that names the late one. Raises AnswerPending."""
    return _held_against(actor, number, "notify", reason, HEAD)


def refer(actor: Actor, number: str, reason: str) -> Task:
    """A referral, so that failure of duty is pursued by law. The system says nothing of who is to blame."""
    return _held_against(actor, number, "refer", reason, HEAD)


def _held_against(actor: Actor, number: str, action: str, reason: str, roles: tuple[str, ...]) -> Task:
    said = check_text(reason, "理由", "the reason")

    def act(task: Task) -> None:
        held = office_roles(actor, roles)
        if task.state not in WORKING or clock.today() <= task.due_on:
            raise NotLate(due=task.due_on.isoformat())
        if action in ("red", "notify") and task.answer_by and not task.answered_at and clock.today() <= task.answer_by:
            raise AnswerPending(due=task.answer_by.isoformat())
        paper = papers.held_against(actor, task, action, said)
        if action in ("yellow", "red"):
            task.answered_at = None
        moved(task, LATE, action, held, named(actor), {"reason": said}, department=office(), paper=paper)

    return locked(actor, number, act)
