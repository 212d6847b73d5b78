"""Pages of the clue desk: parse, call, render."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin import workflow
from chengxin.accounts import access
from chengxin.audit import actions as audit
from chengxin.detection.local import rows as local
from chengxin.kernel import clock, language
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.law import law
from chengxin.supervision import actions, lists, queries
from chengxin.supervision.access import DESK, on_desk
from chengxin.supervision.actions.checking import patterns as patterns_of
from chengxin.supervision.actions.steps import CLUE, roles_at
from chengxin.supervision.forms import AnswerForm, AskForm, DismissForm, HandOverForm, JudgeForm, ReasonForm
from chengxin.supervision.models import Clue, PlatformRequest, Waiting

MOST_HELD = 500  # rows of a finding on one page


@access.open_to(*DESK)
def queue(request: HttpRequest) -> HttpResponse:
    """All clues of the desk, filtered, sorted, exported."""
    actor = access.actor_of(request)
    rows = queries.queue(actor, request.GET.get("state", ""))
    table = lists.queue(queries.queue(actor, "any")).view(request.GET, rows)
    if table.export:
        return table.export_response()
    return render(request, "supervision/queue.html", {"table": table, "colours": queries.colours(queries.queue(actor))})


@access.open_to(*DESK)
def reserve(request: HttpRequest) -> HttpResponse:
    """What detection found beyond the week's budget, ranked, with how many places each desk has."""
    actor = access.actor_of(request)
    table = lists.RESERVE.view(request.GET, queries.waiting_line(actor))
    if table.export:
        return table.export_response()
    return render(request, "supervision/reserve.html", {"table": table, "weeks": queries.week_places(actor)})


@access.open_to("officer", "head")
def pull(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take one out of the line by hand, with a reason."""
    actor = access.actor_of(request)
    found = access.get(actor, Waiting, pk=id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.pull(actor, found.id, form.cleaned_data["reason"])
        messages.success(request, _("Clue %s is on the desk.") % made.number)
        return redirect("supervision:clue", made.number)
    return render(request, "supervision/pull.html", {"found": found, "form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def clue(request: HttpRequest, number: str) -> HttpResponse:
    """One clue: pictures, reasons, evidence, law, and what may be done next."""
    actor, found = _mine(request, number)
    table = workflow.load(CLUE)
    steps = {step.action: step for step in table.steps_from(found.state, roles_at(actor, found))}
    page = queries.page(actor, found, table.states[found.state], turn_of(found))
    previews = [(one, *_preview(found, one["kind"])) for one in page.evidence]
    decides = "head" in roles_at(actor, found) and found.extension_asked_by not in ("", str(actor))
    told = {"platforms": queries.platform_names(found), "previews": previews}
    context = {"page": page, "clue": found, "steps": steps, "mine": on_desk(actor, found), "decides": decides, **told}
    return render(request, "supervision/clue.html", context)


def _preview(found: Clue, kind: str) -> tuple[Any, str]:
    """The first rows as any department may see them; the full list is a click away and its reading is logged."""
    table, first = lists.evidence(found, kind, "department", most=5)
    told = [column for column in table.columns if any(column.read(row) not in (None, "") for row in first)]
    return replace(table, columns=told).view({}, first), table.caption


def turn_of(found: Clue) -> str:
    """Whose turn it is, in words."""
    if found.state == "ASKED_PLATFORM":
        return _("The platform's turn")
    return _("Turn of %s") % lists.department_name(found.department)


@access.open_to(*DESK)
def evidence(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Every fact of one kind, masked by role; a handler's reading is logged."""
    actor, found = _mine(request, number)
    if kind not in [one["kind"] for one in queries.evidence_counts(found)]:
        raise NotFound
    handler = on_desk(actor, found)
    table, rows = lists.evidence(found, kind, "handler" if handler else "department")
    view = table.view(request.GET, rows)
    if handler:
        note_read(actor, found, kind)
    if view.export:
        return view.export_response()
    return render(request, "supervision/evidence.html", {"clue": found, "table": view, "kind": table.caption, "handler": handler})


def note_read(actor: access.Actor, found: Clue, kind: str) -> None:
    """Fails closed: no log entry, no page."""
    with transaction.atomic():
        fields = sorted(name for name in lists.MASKS if name in lists.SHOWN.get(kind, ()))
        audit.record_read(str(actor), f"supervision.clue:{found.id}", fields or [kind], f"check of clue {found.number}")


@access.open_to(*DESK)
def held_rows(request: HttpRequest, number: str, held: UUID) -> HttpResponse:
    """Rows that a platform handed over about a clue, each with whether it is as promised; for who handles the clue, and logged."""
    actor, found = _mine(request, number)
    finding = next((one for one in queries.held_of(found) if one.id == held), None)
    if finding is None or not hasattr(finding, "answer"):
        raise NotFound
    if not on_desk(actor, found):
        raise Forbidden
    with transaction.atomic():  # fails closed: no log entry, no page
        audit.record_read(str(actor), f"supervision.clue:{found.id}", ["held rows"], f"check of clue {found.number}")
    rows = local.shown(finding.answer, MOST_HELD)
    return render(request, "supervision/held.html", {"clue": found, "one": finding, "rows": rows, "most": MOST_HELD})


@access.open_to("officer", "head")
@require_POST
def start_check(request: HttpRequest, number: str) -> HttpResponse:
    """Take the clue up."""
    actor, found = _mine(request, number)
    actions.start_check(actor, found.id)
    messages.success(request, _("The check has started. The last day is %s.") % found.due_on.isoformat())
    return redirect("supervision:clue", number)


@access.open_to("officer", "head")
def dismiss(request: HttpRequest, number: str) -> HttpResponse:
    """Close a clue as harmless, with the pattern and a reason."""
    actor, found = _mine(request, number)
    patterns = {code: language.pick(pair) for code, pair in patterns_of(found).items()}
    chosen = request.GET.get("pattern", "")
    form = DismissForm(list(patterns.items()), request.POST or None, initial={"pattern": chosen, "reason": patterns.get(chosen, "")})
    if not form.is_valid():
        return _confirm(request, found, form, "dismiss")
    actions.dismiss(actor, found.id, form.cleaned_data["pattern"], form.cleaned_data["reason"])
    messages.success(request, _("Clue %s is dismissed. The same finding will not open it again without new facts.") % found.number)
    return redirect("web:officer")


@access.open_to("officer", "head")
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Say what the check showed; the clue stays."""
    actor, found = _mine(request, number)
    reasons = dict.fromkeys(found.reasons.values_list("code", flat=True))
    told = {one.code: language.pick(one) for one in found.reasons.all()}
    form = JudgeForm([(code, told[code]) for code in reasons], request.POST or None)
    if not form.is_valid():
        return _confirm(request, found, form, "judge")
    given = form.cleaned_data
    actions.judge(actor, found.id, given["verdict"], given.get("wrong", []), given["reason"])
    messages.success(request, _("The verdict is recorded and counts in the detector's figures."))
    return redirect("supervision:clue", number)


@access.open_to("officer", "head")
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Give the clue to the department that has the power."""
    actor, found = _mine(request, number)
    form = HandOverForm(departments_for(found), request.POST or None)
    if not form.is_valid():
        return _confirm(request, found, form, "hand_over")
    target = form.cleaned_data["department"]
    actions.hand_over(actor, found.id, target, form.cleaned_data["reason"])
    messages.success(
        request, _("Clue %(number)s is with %(department)s now.") % {"number": found.number, "department": lists.department_name(target)}
    )
    return redirect("web:officer")


def departments_for(found: Clue) -> list[tuple[str, str]]:
    """The departments that handle this behaviour first, then all others of today; the clue's own is left out."""
    book = law.at(clock.today())
    first = [book.in_charge(code) for code in book.behaviour(found.behaviour).departments]
    every = {one.code: language.pick(one) for one in [*first, *book.departments()]}
    return [(code, name) for code, name in every.items() if code != found.department]


@access.open_to("officer", "head")
def ask_platform(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a platform of the clue."""
    actor, found = _mine(request, number)
    form = AskForm(list(queries.platform_names(found).items()), request.POST or None)
    if not form.is_valid():
        return _confirm(request, found, form, "ask_platform")
    given = form.cleaned_data
    asked = actions.ask_platform(actor, found.id, given["platform"], given["question"], given["days"])
    messages.success(request, _("The question is sent; the answer is due on %s.") % asked.due_on.isoformat())
    return redirect("supervision:clue", number)


@access.open_to("officer", "head")
def ask_extension(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the head for the one lawful extension."""
    actor, found = _mine(request, number)
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        return _confirm(request, found, form, "ask_extension")
    actions.ask_extension(actor, found.id, form.cleaned_data["reason"])
    messages.success(request, _("The extension is asked for; another person, the head, decides."))
    return redirect("supervision:clue", number)


@access.open_to("head")
def decide_extension(request: HttpRequest, number: str) -> HttpResponse:
    """The head approves, or refuses with a reason."""
    actor, found = _mine(request, number)
    if request.method == "POST" and request.POST.get("decision") == "grant":
        actions.grant_extension(actor, found.id)
        messages.success(request, _("The extension is approved."))
        return redirect("supervision:clue", number)
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        return _confirm(request, found, form, "decide_extension")
    actions.refuse_extension(actor, found.id, form.cleaned_data["reason"])
    messages.success(request, _("The extension is refused; the clock stays."))
    return redirect("supervision:clue", number)


@access.open_to("platform_staff")
def requests(request: HttpRequest) -> HttpResponse:
    """What officers asked this platform."""
    table = lists.REQUESTS.view(request.GET, queries.requests_of(access.actor_of(request)))
    if table.export:
        return table.export_response()
    return render(request, "supervision/requests.html", {"table": table})


@access.open_to("platform_staff")
def request_page(request: HttpRequest, id: str) -> HttpResponse:
    """One question, and the form that answers it once."""
    actor = access.actor_of(request)
    asked = access.get(actor, PlatformRequest, pk=id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.answer(actor, asked.id, form.cleaned_data["answer"])
        messages.success(request, _("Your answer is with the officer."))
        return redirect("supervision:request", id)
    shops = asked.clue.members.filter(platform=asked.platform).select_related("shop")[:50]
    context = {"asked": asked, "form": form, "shops": shops, "colour": lists.colour_of(asked)}
    return render(request, "supervision/request.html", context, status=422 if form.errors else 200)


def _mine(request: HttpRequest, number: str) -> tuple[access.Actor, Clue]:
    actor = access.actor_of(request)
    return actor, access.get(actor, Clue, number=number)


def _confirm(request: HttpRequest, found: Clue, form: forms.Form, action: str) -> HttpResponse:
    """The page that asks once more before a step is taken."""
    context = {"clue": found, "form": form, "action": action, "state": lists.state_name(found.state)}
    return render(request, "supervision/confirm.html", context, status=422 if form.errors else 200)
