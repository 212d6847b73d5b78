"""Tasks: the list of who sees which, and one task with the next step of whoever may take it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.coordination import actions, forms, lists, queries
from chengxin.coordination.access import BOARD, DESK, in_office, office
from chengxin.coordination.actions.working import doers
from chengxin.coordination.models import RED, REPORTED, VERIFIED, WORKING, YELLOW, Task
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law

OFFICERS = ("officer", "head")


@access.open_to(*BOARD)
def register(request: HttpRequest) -> HttpResponse:
    """The tasks that the reader sees."""
    table = lists.TASKS.view(request.GET, access.all(access.actor_of(request), Task))
    if table.export:
        return table.export_response()
    return render(request, "coordination/tasks.html", {"table": table})


@access.open_to(*BOARD)
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One task: what is to be done next, evidence, the department's answers, history."""
    actor = access.actor_of(request)
    found = access.get(actor, Task, number=number)
    act = request.POST.get("act", "")
    form = _form(act, request)
    if act in ACTS and (form is None or form.is_valid()):
        try:
            ACTS[act](actor, number, form.cleaned_data if form else {})
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    status = 422 if form is not None and form.errors else 200
    return render(request, "coordination/task.html", _context(actor, found, form), status=status)


def _attach(actor: Actor, number: str, said: dict[str, Any]) -> None:
    file = said["file"]
    actions.attach(actor, number, said["title"], file.read(), file.content_type or "application/octet-stream", file.name[:200])


FORMS: dict[str, type[Any]] = {
    "report": forms.SaidForm,
    "send_back": forms.ReasonForm,
    "verify": forms.FoundForm,
    "answer": forms.AnswerForm,
    "link": forms.LinkForm,
    "attach": forms.AttachForm,
    "yellow": forms.ReasonForm,
    "red": forms.ReasonForm,
    "notify": forms.ReasonForm,
    "refer": forms.ReasonForm,
}
ACTS: dict[str, Callable[[Actor, str, dict[str, Any]], Any]] = {
    "accept": lambda actor, number, said: actions.accept(actor, number),
    "begin": lambda actor, number, said: actions.begin(actor, number),
    "report": lambda actor, number, said: actions.report(actor, number, said["said"]),
    "send_back": lambda actor, number, said: actions.send_back(actor, number, said["reason"]),
    "verify": lambda actor, number, said: actions.verify(actor, number, said["said"]),
    "close": lambda actor, number, said: actions.close(actor, number),
    "answer": lambda actor, number, said: actions.answer(actor, number, said["said"]),
    "link": lambda actor, number, said: actions.link(actor, number, said["title"], said["url"]),
    "attach": _attach,
    "yellow": lambda actor, number, said: actions.supervise(actor, number, said["reason"]),
    "red": lambda actor, number, said: actions.escalate(actor, number, said["reason"]),
    "notify": lambda actor, number, said: actions.notify(actor, number, said["reason"]),
    "refer": lambda actor, number, said: actions.refer(actor, number, said["reason"]),
}
NEXT_LATE = {"ON_TIME": "yellow", "REMINDED": "yellow", "YELLOW": "red", "RED": "notify", "NOTIFIED": "refer"}


def _form(act: str, request: HttpRequest) -> Any:
    made = FORMS.get(act)
    return made(request.POST, request.FILES, prefix=act) if made else None


def _may(actor: Actor, found: Task) -> dict[str, Any]:
    """Whose desk the reader has in this task, and what waits there."""
    writes = {code for role in OFFICERS for code in actor.departments_as(role)}
    late = found.state in WORKING and found.due_on < clock.today()
    step = NEXT_LATE.get(found.late, "") if late and in_office(actor) else ""
    if step not in ("", "yellow") and office() not in actor.departments_as("head"):
        step = ""
    parts = set(found.parts.filter(until__isnull=True).values_list("department", flat=True))
    return {
        "doer": bool(writes & doers(found)) and found.state in WORKING,
        "helper": bool(writes & parts) and found.state in WORKING,
        "verifier": office() in writes and found.state == REPORTED and found.reported_by != str(actor),
        "closer": office() in writes and found.state == VERIFIED and found.verified_by != str(actor),
        "office": office() in writes and found.state in (REPORTED, VERIFIED),
        "answers": bool(writes & doers(found)) and found.late in (YELLOW, RED) and found.answered_at is None and late,
        "late_step": step,
    }


def _context(actor: Actor, found: Task, form: Any) -> dict[str, Any]:
    shown = {name: made(prefix=name) for name, made in FORMS.items()}
    if form is not None:
        shown[form.prefix] = form
    book = law.at(clock.today())
    may = _may(actor, found)
    parts = [{"name": language.pick(book.department(one.department)), "part": one.part} for one in found.parts.filter(until__isnull=True)]
    return {
        "task": found,
        "may": may,
        "desk": actor.has(*DESK),
        "late_form": shown.get(may["late_step"]),
        "forms": shown,
        "state": queries.state_name(found),
        "late": queries.late_name(found),
        "late_colour": lists.LATE_COLOUR.get(found.late, ""),
        "turn": queries.whose_turn(found),
        "measure": lists.measure_name(found.measure),
        "parts": parts,
        "evidence": found.evidence.all(),
        "steps": queries.named_steps(found),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.state in WORKING else "",
    }
