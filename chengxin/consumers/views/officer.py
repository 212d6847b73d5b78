"""The officer's door: the queue by clock, one complaint or report with the steps of its state, sending on in bulk, promises to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.consumers import actions, factors, finding, forms, lists, papers, queries
from chengxin.consumers.access import DESK
from chengxin.consumers.actions.reports import bases, due_to_tell, is_handler
from chengxin.consumers.actions.steps import of_desk
from chengxin.consumers.models import Complaint, Promise, Report
from chengxin.consumers.models.complaints import AT_WORK, BOTH, MONEY, OFFICER, VIOLATION, WAITING, WANTS
from chengxin.consumers.models.reports import OPEN
from chengxin.consumers.views.public import spaced
from chengxin.consumers.views.shared import complaint_facts
from chengxin.documents import queries as documents
from chengxin.evidence import queries as evidence
from chengxin.kernel import language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law

TEXTS = ("text", "request", "order_ref", "answers")
Act = Callable[[Actor, str, dict[str, Any]], Any]


def _asked(actor: Actor, number: str, given: dict[str, Any]) -> Any:
    contact = {name: given[name] for name in ("contact_phone", "contact_address")}
    return actions.ask_identity(actor, number, given["deadline"], given["materials"], contact)


def _named(actor: Actor, number: str, given: dict[str, Any]) -> Any:
    user = User.objects.filter(username=given["user"].strip().lower(), is_active=True).first()
    if user is None:
        raise NotFound
    return actions.name_handler(actor, number, user)


def _plain(act: Any) -> Act:
    return lambda actor, number, given: act(actor, number, **given)


COMPLAINT_ACTS: Mapping[str, Act] = {
    "take": lambda actor, number, given: actions.take(actor, Complaint, number),
    "transfer": lambda actor, number, given: actions.transfer(actor, Complaint, number, **given),
    "identify": lambda actor, number, given: actions.identify(actor, Complaint, number, **given),
    "ask_identity": _asked,
    **{
        name: _plain(getattr(actions, name))
        for name in (
            *("accept", "refuse", "call", "mediate", "pause", "resume", "agree", "settle"),
            *("end", "follow_up", "close", "violation"),
        )
    },
}
REPORT_ACTS: Mapping[str, Act] = {
    "take": lambda actor, number, given: actions.take(actor, Report, number),
    "transfer": lambda actor, number, given: actions.transfer(actor, Report, number, **given),
    "identify": lambda actor, number, given: actions.identify(actor, Report, number, **given),
    "name_handler": _named,
    "dismiss_handler": lambda actor, number, given: actions.dismiss_handler(actor, number, given["handler"]),
    **{name: _plain(getattr(actions, name)) for name in ("check", "not_ours", "extend", "not_file", "file_case", "merge", "tell")},
}
OTHER_NAMES: dict[str, Callable[[], str]] = {
    "take": lambda: _("Take it"),
    "identify": lambda: _("Say which business it is"),
    "violation": lambda: _("Pass a suspected violation on"),
    "name_handler": lambda: _("Name a handler"),
    "tell": lambda: _("Tell the reporter the result"),
}
FIRST = ("accept", "mediate", "agree", "resume", "follow_up", "close", "check", "file_case")  # the usual next step comes first


@access.open_to(*DESK)
def complaints(request: HttpRequest) -> HttpResponse:
    """My department's complaints by clock, and what is overdue with its owner."""
    actor = access.actor_of(request)
    table = lists.QUEUE.view(request.GET, queries.by_clock(access.all(actor, Complaint)))
    return (
        table.export_response()
        if table.export
        else render(request, "consumers/queue.html", {"table": table, "board": queries.board(actor)})
    )


@access.open_to(*DESK)
def reports(request: HttpRequest) -> HttpResponse:
    """My department's reports by clock. Who reported is on no list."""
    actor = access.actor_of(request)
    table = lists.REPORTS.view(request.GET, queries.by_clock(access.all(actor, Report)))
    return table.export_response() if table.export else render(request, "consumers/reports.html", {"table": table})


@access.open_to(*DESK)
def complaint(request: HttpRequest, number: str) -> HttpResponseBase:
    """One complaint: the next step first, its facts, the factors of art. 17, answers, papers, evidence, history."""
    actor = access.actor_of(request)
    found = access.get(actor, Complaint, number=number, department__in=actor.departments)
    audit.record_read(str(actor), f"consumers.complaint:{found.pk}", TEXTS, str(access.purpose(request)))
    return _matter(request, actor, found, COMPLAINT_ACTS, _complaint_context)


@access.open_to(*DESK)
def report(request: HttpRequest, number: str) -> HttpResponseBase:
    """One report. Who made it opens only to a named handler, for a reason, once."""
    actor = access.actor_of(request)
    found = access.get(actor, Report, number=number)
    audit.record_read(str(actor), f"consumers.report:{found.pk}", ("text",), str(access.purpose(request)))
    return _matter(request, actor, found, REPORT_ACTS, _report_context)


def _matter(request: HttpRequest, actor: Actor, found: Any, acts: Mapping[str, Act], more: Any) -> HttpResponseBase:
    act = request.POST.get("act", "")
    form = forms.ActForm(act, request.POST, bases=_bases(found)) if act in acts or act == "open_identity" else None
    opened: dict[str, Any] = {}
    if form is not None and form.is_valid():
        if act == "open_identity":
            opened = _opened(actor, found, form)
        elif _done(request, lambda: acts[act](actor, found.number, form.cleaned_data), form):
            return redirect(_next(actor, found))
    possible = [_choice(name, found, form) for name in _possible(actor, found, acts)]
    seen = form if act == "open_identity" and form else forms.ActForm("open_identity")
    context = {**lists.page(found), **more(actor, found), **opened, "acts": possible, "seal": seen}
    return render(request, f"consumers/{lists.OF[type(found)]}.html", context, status=422 if form is not None and form.errors else 200)


def _next(actor: Actor, found: Any) -> str:
    """Its page, or the queue when it went to another department."""
    there = access.all(actor, type(found)).filter(pk=found.pk, department__in=actor.departments).exists()
    return str(found.page_url) if there else "consumers:complaints"


def _opened(actor: Actor, found: Any, form: forms.ActForm) -> dict[str, Any]:
    """Shown in this answer and nowhere else."""
    try:
        who = actions.open_identity(actor, found, form.cleaned_data["reason"])
    except ChengxinError as error:
        form.add_error(None, str(error))
        return {}
    return {"who": who, "is_open": True, "id_kind": lists.coded("id_doc", who.id_kind) if who and who.id_kind else ""}


def _done(request: HttpRequest, act: Callable[[], Any], form: Any) -> bool:
    """Do it; what went wrong stands at the form."""
    try:
        act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done."))
    return True


def _possible(actor: Actor, found: Any, acts: Mapping[str, Act]) -> list[str]:
    """The acts of the matter's state that are the actor's, the usual next step first."""
    roles = of_desk(actor, found)
    steps = workflow.load(f"consumers/{lists.OF[type(found)]}").steps_from(found.state)
    names = {step.action for step in steps if step.action in acts and roles & set(step.roles)} | _beside(actor, found, roles)
    if isinstance(found, Complaint):
        names -= {"pause"} if found.pauses.filter(until=None).exists() else {"resume"}
    return sorted(names, key=lambda name: (name not in FIRST, FIRST.index(name) if name in FIRST else 0, name))


def _beside(actor: Actor, found: Any, roles: set[str]) -> set[str]:
    """Acts that move no state."""
    open_one = found.state in ((*WAITING, *AT_WORK) if isinstance(found, Complaint) else OPEN)
    names = {"take"} if open_one and found.owner != str(actor) else set()
    names |= {"identify"} if open_one and found.respondent_id is None else set()
    if isinstance(found, Complaint):
        return names | ({"violation"} if found.state in AT_WORK and found.respondent_id else set())
    names |= {"name_handler"} if "head" in roles else set()
    return names | ({"tell"} if found.closed_at and not found.told_on and found.named and is_handler(actor, found) else set())


def _choice(name: str, found: Any, form: forms.ActForm | None) -> dict[str, Any]:
    table = workflow.load(f"consumers/{lists.OF[type(found)]}")
    step = table.step(name)
    mine = form if form is not None and form.act == name else forms.ActForm(name, bases=_bases(found))
    said = OTHER_NAMES[name]() if name in OTHER_NAMES else language.pick(step) if step else name
    then = workflow.brings_about(table, step, found.state, found.received_on) if step else []
    return {"act": name, "said": said, "form": mine, "open": mine.is_bound, "first": name in FIRST, "then": then}


def _complaint_context(actor: Actor, found: Complaint) -> dict[str, Any]:
    matter = f"consumers.complaint:{found.pk}"
    return {
        **complaint_facts(found),
        "factors": factors.of(found),
        "papers": documents.of_matter(actor, matter),
        "exhibits": evidence.of(actor, matter),
        "forms_hold": papers.in_force(found),
        "members": found.members.count(),
        "other": Report.objects.filter(filing=found.filing_id).exists(),
        "old_law": law.at(found.received_on).clock("MEDIATE").unit == "workday",
    }


def _bases(found: Any) -> list[tuple[str, str]]:
    """The provisions by which a reporter may be told, as people cite them."""
    book = law.at(found.received_on)
    return [(code, language.pick(book.cited(code))) for code in bases(found)] if isinstance(found, Report) else []


def _report_context(actor: Actor, found: Report) -> dict[str, Any]:
    mine = is_handler(actor, found)
    sealed = f"consumers.sealed:{found.pk}"
    return {
        "papers": [*documents.of_matter(actor, f"consumers.report:{found.pk}"), *(documents.of_matter(actor, sealed) if mine else [])],
        "exhibits": evidence.of(actor, sealed) if mine else [],
        "handlers": found.handlers.filter(until=None),
        "is_handler": mine,
        "leads": "head" in of_desk(actor, found),
        "bases": [(name, language.pick(law.at(found.received_on).provision(code))) for code, name in _bases(found)],
        "tell_by": due_to_tell(found),
        "same": Report.objects.filter(respondent=found.respondent).exclude(pk=found.pk).filter(first=None)[:10] if found.respondent else [],
    }


@access.open_to(*DESK)
def dispatch(request: HttpRequest) -> HttpResponse:
    """Send many at once: choose, name the department and the reason. All go or none does."""
    actor = access.actor_of(request)
    form = forms.DispatchForm(request.POST or None)
    waiting = access.all(actor, Complaint).filter(state__in=WAITING, department__in=actor.departments).order_by("rule", "received_at")[:200]
    chosen = request.POST.getlist("number")
    if form.is_valid() and not chosen:
        form.add_error(None, _("Choose at least one."))
    if form.is_valid() and _done(request, lambda: actions.dispatch(actor, chosen, **form.cleaned_data), form):
        return redirect("consumers:dispatch")
    rows = [{"one": one, "chosen": one.number in chosen, "here": lists.why_here(one, "complaint")[-1:]} for one in waiting]
    return render(request, "consumers/dispatch.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def promises(request: HttpRequest) -> HttpResponse:
    """Promises whose day is over."""
    table = lists.PROMISES.view(request.GET, queries.promises_due(access.actor_of(request)))
    return table.export_response() if table.export else render(request, "consumers/promises.html", {"table": table})


@access.open_to(*DESK)
def promise(request: HttpRequest, number: str, pk: UUID) -> HttpResponseBase:
    """Find a promise kept or broken, with a reason."""
    actor = access.actor_of(request)
    found = access.get(actor, Promise, pk=pk, complaint__number=number, complaint__department__in=actor.departments)
    audit.record_read(str(actor), f"consumers.complaint:{found.complaint_id}", ("promise",), str(access.purpose(request)))
    form = forms.PromiseForm(request.POST or None)
    if form.is_valid() and _done(request, lambda: actions.find_of_promise(actor, found.pk, **form.finding), form):
        return redirect(found.complaint.page_url)
    context = {"form": form, "row": lists.promise_rows([found])[0], "complaint": found.complaint}
    return render(request, "consumers/promise.html", context, status=422 if form.errors else 200)


def asked_of_officer() -> list[tuple[str, str]]:
    """The first question, as the officer decides it."""
    both = _("Both: two files, each with its own result")
    return [(MONEY, _("Complaint: mediation")), (VIOLATION, _("Report of a violation")), (BOTH, both)]


@access.open_to(*DESK)
def intake(request: HttpRequest) -> HttpResponse:
    """What came by telephone, by letter or at the counter: the officer fills in the same form (forms 1 and 2 are made)."""
    actor, wants = access.actor_of(request), request.GET.get("wants", "")
    wants = wants if wants in WANTS else MONEY
    form = forms.IntakeForm(wants, request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.given
        shop, platform = finding.shop_of(given["shop"]), finding.platform_of(given["platform"])
        about = {"shop": shop, "platform": platform, "respondent_name": given["respondent_name"] or ("" if shop else given["shop"])}
        try:
            made = actions.file({**given, **about}, given["photos"], actor=actor, channel=OFFICER)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "consumers/taken_in.html", {"made": made, "code": spaced(made.code)})
    answers = [(one, name, one == wants) for one, name in asked_of_officer()]
    return render(request, "consumers/intake.html", {"form": form, "answers": answers}, status=422 if form.errors else 200)
