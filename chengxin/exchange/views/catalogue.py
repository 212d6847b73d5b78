"""The catalogue and its requests at the officers' door."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.exchange import actions, forms, lists, queries
from chengxin.exchange.access import DESK
from chengxin.exchange.actions.catalogue import offered, resources
from chengxin.exchange.models import CatalogueEntry, ShareRequest
from chengxin.exchange.views.officer import listed, tried
from chengxin.kernel import clock, language
from chengxin.kernel.tables import safe_cell

USES = 50


@access.open_to(*DESK)
def entries(request: HttpRequest) -> HttpResponse:
    found = queries.entries(access.actor_of(request))
    return listed(request, lists.ENTRIES, found, "catalogue", resources=resources())


@access.open_to(*DESK)
def new_entry(request: HttpRequest) -> HttpResponse:
    """Draft an entry for one of the resources; it is assessed and listed on its page."""
    actor = access.actor_of(request)
    resource = request.GET.get("resource", "")
    resource = resource if resource in resources() else next(iter(resources()))
    fields = [(one.code, f"{language.pick(one)} {one.code}") for one in offered(resource)]
    form = forms.EntryForm(queries.departments_of(actor), fields, request.POST or None)
    if form.is_valid():
        given = {**form.cleaned_data, "fields": form.cleaned_data["fields_"], "resource": resource}
        made = tried(request, lambda: actions.draft(actor, given["department"], given))
        if made:
            return redirect(made.page_url)
    context = {"form": form, "resource": resources()[resource]}
    return render(request, "exchange/new_entry.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """One entry: assess it, list it, end it; or ask for its data."""
    actor = access.actor_of(request)
    found = access.get(actor, CatalogueEntry, number=number)
    act = request.POST.get("act", "")
    labels = {one.code: one for one in offered(found.resource)}
    choices = [(code, f"{language.pick(labels[code])} {code}") for code in found.fields]
    assess = forms.AssessForm(request.POST if act == "assess" else None, prefix="a")
    ask = forms.AskForm(queries.departments_of(actor), choices, request.POST if act == "ask" else None, prefix="q")
    form = {"assess": assess, "ask": ask}.get(act)
    if act in ENTRY_ACTS and (form is None or form.is_valid()):
        done = tried(request, lambda: ENTRY_ACTS[act](actor, number, form.cleaned_data if form else {}))
        return redirect(done.page_url if done else found.page_url)
    mine = found.department in actor.departments_as(*DESK)
    context = {
        "entry": found,
        "state": lists.ENTRY_STATES[found.state],
        "sharing": lists.SHARES[found.sharing],
        "department": queries.department_name(found.department),
        "fields": [labels[code] for code in found.fields],
        "assess": assess,
        "ask": ask,
        "may_assess": mine and found.state == "DRAFT",
        "may_list": mine and found.state == "ASSESSED",
        "may_end": mine and found.state == "LISTED",
        "may_ask": found.state == "LISTED" and found.sharing != "never",
        "own": found.made_by == str(actor),
        "assessment": getattr(found, "assessment", None),
    }
    return render(request, "exchange/entry.html", context, status=422 if assess.errors or ask.errors else 200)


ENTRY_ACTS: dict[str, Callable[[Actor, str, dict[str, Any]], Any]] = {
    "assess": lambda actor, number, given: actions.assess(actor, number, given["lawful"], given["impact"], given["measures"]),
    "list": lambda actor, number, given: actions.publish(actor, number),
    "end": lambda actor, number, given: actions.end(actor, number),
    "ask": lambda actor, number, given: actions.ask(actor, number, given["department"], given["purpose"], given["fields_"], given["until"]),
}


@access.open_to(*DESK)
def requests(request: HttpRequest) -> HttpResponse:
    found = access.all(access.actor_of(request), ShareRequest).select_related("entry")
    return listed(request, lists.REQUESTS, found, "requests")


@access.open_to(*DESK)
def request(request: HttpRequest, number: str) -> HttpResponse:
    """One request: answer it, deliver, use, end; with its use log."""
    actor = access.actor_of(request)
    found = access.get(actor, ShareRequest, number=number)
    act = request.POST.get("act", "")
    form = forms.ReasonForm(request.POST if act in ("refuse", "return") else None)
    if act == "use":
        rows = tried(request, lambda: actions.use(actor, number))
        return redirect(found.page_url) if rows is None else _sheet(found, rows)
    if act in REQUEST_ACTS and (act in ("grant", "deliver") or form.is_valid()):
        reason = form.cleaned_data["reason"] if form.is_bound else ""
        if tried(request, lambda: REQUEST_ACTS[act](actor, number, reason)):
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    return render(request, "exchange/request.html", _request_context(actor, found, form), status=422 if form.errors else 200)


REQUEST_ACTS: dict[str, Callable[[Actor, str, str], Any]] = {
    "grant": lambda actor, number, reason: actions.answer(actor, number, True, reason),
    "refuse": lambda actor, number, reason: actions.answer(actor, number, False, reason),
    "deliver": lambda actor, number, _reason: actions.deliver(actor, number),
    "return": actions.give_back,
}


def _request_context(actor: Actor, found: ShareRequest, form: forms.ReasonForm) -> dict[str, Any]:
    mine = actor.departments_as(*DESK)
    labels = {one.code: one for one in offered(found.entry.resource)}
    return {
        "one": found,
        "state": queries.state_name(found, "request"),
        "asks": queries.department_name(found.department),
        "answers": queries.department_name(found.supplier),
        "fields": [labels[code] for code in found.fields],
        "form": form,
        "colour": queries.colour(found.due_on),
        "over": clock.today() > found.until,
        "may_answer": found.state == "FILED" and found.supplier in actor.departments_as("reviewer", "head"),
        "may_deliver": found.state == "GRANTED" and found.supplier in mine,
        "may_use": found.state == "DELIVERED" and found.department in mine,
        "may_return": found.state == "DELIVERED" and bool({found.department, found.supplier} & mine),
        "uses": found.uses.all()[:USES],
        "steps": queries.steps(found, "request"),
    }


def _sheet(found: ShareRequest, rows: list[dict[str, str]]) -> HttpResponse:
    """The granted columns as CSV that no spreadsheet program runs."""
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{found.number}.csv"'}
    )
    answer.write("\ufeff")
    writer = csv.writer(answer)
    columns = ["number", *found.fields]
    writer.writerow(columns)
    writer.writerows([safe_cell(one[name]) for name in columns] for one in rows)
    return answer
