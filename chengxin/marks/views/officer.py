"""The officer's door: what waits, one request, one mark, one report of imitation, a shop's categories."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evidence import queries as evidence
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.marks import actions, checking, domains, lists, queries, requirements
from chengxin.marks.access import DESK, issuers
from chengxin.marks.forms import ConfirmForm, ReasonForm
from chengxin.marks.models import ImitationReport, Mark, MarkRequest
from chengxin.marks.models.marks import OPEN
from chengxin.marks.verify_mark import host_of
from chengxin.subjects.models import Shop
from chengxin.subjects.queries import search_subjects
from chengxin.subjects.queries.card import is_current

STEPS = {"suspend": actions.suspend, "resume": actions.resume, "revoke": actions.revoke}
MOST = 20


def may_decide(actor: Actor) -> bool:
    """Whether the actor's department issues marks."""
    return bool(issuers() & actor.departments_as(*DESK))


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits: requests, reports, failing hosts, marks about to end, dead links."""
    actor = access.actor_of(request)
    context = {
        "waiting": queries.waiting(),
        "reports": queries.open_reports(access.all(actor, ImitationReport)),
        "failing": queries.failing(),
        "expiring": queries.expiring()[:MOST],
        "links": [lists.link_line(one) for one in queries.bad_links()[:MOST]],
        "may_decide": may_decide(actor),
    }
    return render(request, "marks/desk.html", context)


@access.open_to(*DESK)
def all_marks(request: HttpRequest) -> HttpResponse:
    """Every mark."""
    table = lists.OFFICER.view(
        request.GET, queries.with_state(access.all(access.actor_of(request), Mark)).select_related("subject", "shop")
    )
    return table.export_response() if table.export else render(request, "marks/all.html", {"table": table})


@access.open_to(*DESK)
def mark_request(request: HttpRequest, number: str) -> HttpResponse:
    """One request: identity, proof, whether the host is the registered one; issue or refuse."""
    actor = access.actor_of(request)
    found = access.get(actor, MarkRequest, number=number)
    form = ReasonForm(request.POST if "refuse" in request.POST else None)
    if request.method == "POST" and "issue" in request.POST:
        made = actions.issue(actor, number)
        messages.success(request, _("Issued as %s.") % made.serial)
        return redirect(made.officer_page)
    if form.is_valid():
        actions.refuse(actor, number, form.cleaned_data["reason"])
        messages.success(request, _("Refused; the applicant reads the reason."))
        return redirect("marks:desk")
    context = {
        "one": found,
        "state": lists.state_name(found.state, "request"),
        "open": found.state in OPEN,
        "current": is_current(found.shop, clock.today()),
        "registered_host": host_of(found.shop.url) == found.host,
        "checks": [{"one": each, "why": domains.ERRORS.get(each.error)} for each in found.checks.all()[:10]],
        "alike": [] if host_of(found.shop.url) == found.host else checking.known().host(found.host),
        "lines": requirements.of_shop(found.shop),
        "may_decide": may_decide(actor),
        "form": form,
    }
    return render(request, "marks/request.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def officer_mark(request: HttpRequest, serial: str) -> HttpResponse:
    """One mark with its life; suspend, resume, revoke with a reason."""
    actor = access.actor_of(request)
    found = access.get(actor, Mark, serial=serial)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and request.POST.get("act") in STEPS:
        try:
            STEPS[request.POST["act"]](actor, serial, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done. The status list says so from now."))
            return redirect(found.officer_page)
    now = queries.standing(found)
    context = {
        "mark": found,
        "now": now,
        "state": lists.state_name(now.state),
        "steps": [{"one": step, "state": lists.state_name(step.after)} for step in found.steps.all()],
        "checks": [{"one": each, "why": domains.ERRORS.get(each.error)} for each in found.request.checks.all()[:10]],
        "may_decide": may_decide(actor),
        "form": form,
    }
    return render(request, "marks/officer_mark.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def imitation(request: HttpRequest, number: str) -> HttpResponse:
    """A report of imitation: capture the page, then confirm on both sides' material or dismiss. Its reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, ImitationReport, number=number)
    text = request.POST.get("find", "") or request.GET.get("find", "") or found.original
    subjects = [(str(one.pk), f"{one.name} {one.uscc or ''}".strip()) for one in search_subjects(text)[:MOST]]
    confirm = ConfirmForm(subjects, request.POST if "confirm" in request.POST else None)
    dismiss = ReasonForm(request.POST if "dismiss" in request.POST else None, prefix="d")
    if request.method == "POST" and _decided(request, actor, found, confirm, dismiss):
        return redirect(found.officer_page)
    audit.record_read(str(actor), f"marks.imitation:{found.pk}", ["statement", "contact"], f"核查仿冒举报 {found.number}")
    context = {
        "one": found,
        "state": lists.state_name(found.state, "imitation"),
        "verdict": checking.check(found.url or found.target),
        "exhibits": evidence.of(actor, found.matter),
        "is_host": "." in found.target,
        "find": text,
        "confirm": confirm,
        "dismiss": dismiss,
        "may_decide": may_decide(actor),
    }
    return render(request, "marks/imitation.html", context, status=422 if confirm.errors or dismiss.errors else 200)


def _decided(request: HttpRequest, actor: Actor, found: ImitationReport, confirm: ConfirmForm, dismiss: ReasonForm) -> bool:
    """Whether something was done; what is refused stands on the form."""
    form = confirm if "confirm" in request.POST else dismiss
    try:
        if "capture" in request.POST:
            actions.capture(actor, found.number)
        elif "confirm" in request.POST and confirm.is_valid():
            given = confirm.cleaned_data
            actions.confirm(actor, found.number, given["imitated"], given["other_side"], given["reason"])
        elif "dismiss" in request.POST and dismiss.is_valid():
            actions.dismiss(actor, found.number, dismiss.cleaned_data["reason"])
        else:
            return False
    except ChengxinError as error:
        if "capture" in request.POST:
            messages.error(request, str(error))
            return True
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done."))
    return True


@access.open_to(*DESK)
def shop_rules(request: HttpRequest, pk: str) -> HttpResponse:
    """What a shop's categories ask for and what is missing."""
    shop = access.get(access.actor_of(request), Shop, pk=pk)
    return render(request, "marks/rules.html", {"shop": shop, "checks": requirements.of_shop(shop), "door": "officer"})
