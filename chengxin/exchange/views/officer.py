"""The officers' door: what is due and what came back, rows, batches, differences, decisions of upper levels, indicators, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.exchange import actions, fieldmaps, forms, lists, queries, reconciling
from chengxin.exchange import quality as indicators
from chengxin.exchange.access import DESK, keeps
from chengxin.exchange.models import Difference, ExchangeBatch, ExchangeRow, Hook, HookDelivery, InboundFile, InboundRow
from chengxin.exchange.models.hooks import DEAD, DONE, WAITS
from chengxin.exchange.models.inbound import UNMATCHED
from chengxin.exchange.models.reconciling import OPEN
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.tables import Table

INBOUND_FILES = 5


def listed(request: HttpRequest, table: Table, rows: Any, template: str, **context: Any) -> HttpResponse:
    """A page of a table, or its export."""
    view = table.view(request.GET, rows)
    return view.export_response() if view.export else render(request, f"exchange/{template}.html", {"table": view, **context})


def tried(request: HttpRequest, act: Callable[[], Any]) -> Any:
    """What an act gives, or None with its error as a message."""
    try:
        return act()
    except ChengxinError as error:
        messages.error(request, str(error))
        return None


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What is due and what was refused today; collecting the rows that wait."""
    actor = access.actor_of(request)
    form = forms.CollectForm(queries.departments_of(actor), request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        batch = tried(request, lambda: actions.collect(actor, given["department"], given["kind"], given["format"]))
        return redirect(batch.page_url if batch else "exchange:desk")
    context = {**queries.desk(actor), "form": form, "run": queries.last_run(), "keeps": keeps(actor)}
    return render(request, "exchange/desk.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def rows(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.ROWS, access.all(access.actor_of(request), ExchangeRow).select_related("subject"), "rows")


@access.open_to(*DESK)
def corrections(request: HttpRequest) -> HttpResponse:
    """What the upper platform still has wrong: corrected, repaired or withdrawn here and not there yet."""
    rows = queries.corrections(access.actor_of(request))
    return listed(request, lists.CORRECTIONS, rows, "corrections", late=rows.filter(due_on__lt=clock.today()).count())


@access.open_to(*DESK)
def row(request: HttpRequest, number: str) -> HttpResponse:
    """One version of one fact, column by column, with its errors and its other versions."""
    found = access.get(access.actor_of(request), ExchangeRow, number=number)
    form = fieldmaps.of_version(found.kind, found.map_version)
    errors = {one["field"]: one for one in found.errors}
    context = {
        "row": found,
        "state": lists.ROW_STATES[found.state],
        "act": lists.ACTS[found.act],
        "kind": lists.kind_name(found.kind),
        "department": queries.department_name(found.department),
        "cells": [{"field": one, "text": found.content.get(one.code, ""), "error": errors.get(one.code)} for one in form.fields],
        "other_errors": [one for one in found.errors if one["field"] not in form.columns],
        "versions": ExchangeRow.objects.filter(fact=found.fact).exclude(pk=found.pk).order_by("version"),
        "lines": found.lines.select_related("batch"),
        "colour": "" if found.accepted_at else queries.colour(found.due_on),
    }
    return render(request, "exchange/row.html", context)


@access.open_to(*DESK)
def batches(request: HttpRequest) -> HttpResponse:
    found = access.all(access.actor_of(request), ExchangeBatch).annotate(count=Count("lines", filter=Q(lines__round=1)))
    return listed(request, lists.BATCHES, found, "batches")


BATCH_ACTS: dict[str, Callable[[Actor, str, str], Any]] = {
    "approve": lambda actor, number, _reason: actions.approve(actor, number),
    "drop": actions.drop,
    "fix": actions.fix,
}


@access.open_to(*DESK)
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """One batch: approve or drop it, fix what came back; its files, rows and history."""
    actor = access.actor_of(request)
    found = access.get(actor, ExchangeBatch, number=number)
    act = request.POST.get("act", "")
    form = forms.ReasonForm(request.POST if act in ("drop", "fix") else None)
    if act in BATCH_ACTS and (act == "approve" or form.is_valid()):
        reason = form.cleaned_data["reason"] if act != "approve" else ""
        if tried(request, lambda: BATCH_ACTS[act](actor, number, reason)):
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    mine = found.department in actor.departments_as(*DESK)
    rows = ExchangeRow.objects.filter(lines__batch=found).distinct().select_related("subject")
    context = {
        "batch": found,
        "state": queries.state_name(found, "batch"),
        "kind": lists.kind_name(found.kind),
        "department": queries.department_name(found.department),
        "form": form,
        "own": found.collected_by == str(actor),
        "may_approve": mine and found.state == "VALIDATED" and bool(set(actor.departments_as("reviewer", "head")) & {found.department}),
        "may_fix": mine and found.state == "REJECTED",
        "files": queries.files_of(found),
        "table": lists.ROWS.view(request.GET, rows),
        "steps": queries.steps(found, "batch"),
    }
    return render(request, "exchange/batch.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def differences(request: HttpRequest) -> HttpResponse:
    """Sent = accepted = published; comparing now is for the department that keeps the exchange."""
    actor = access.actor_of(request)
    if request.method == "POST":
        run = tried(request, lambda: reconciling.reconcile(str(actor))) if keeps(actor) else None
        said = _("Compared.") if run else _("Nothing was compared: there is no list of the upper platform, or another department compares.")
        messages.info(request, said)
        return redirect("exchange:differences")
    return listed(request, lists.DIFFERENCES, access.all(actor, Difference), "differences", run=queries.last_run(), keeps=keeps(actor))


@access.open_to(*DESK)
def difference(request: HttpRequest, number: str) -> HttpResponse:
    """One difference: send the row again, or note what was done."""
    actor = access.actor_of(request)
    found = access.get(actor, Difference, number=number)
    act = request.POST.get("act", "")
    form = forms.ReasonForm(request.POST if act else None)
    if act and form.is_valid():
        if tried(request, lambda: actions.act_on(actor, number, act, form.cleaned_data["reason"])):
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    context = {
        "one": found,
        "name": reconciling.NAMES[found.kind],
        "todo": reconciling.TODO[found.kind],
        "state": lists.DIFFERENCE_STATES[found.state],
        "department": queries.department_name(found.department),
        "row": access.all(actor, ExchangeRow).filter(number=found.row_number).first(),
        "form": form,
        "open": found.state == OPEN,
        "resendable": found.kind in reconciling.RESENDABLE,
    }
    return render(request, "exchange/difference.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def inbound(request: HttpRequest) -> HttpResponse:
    """Decisions of upper levels, and the files they came in."""
    found = access.all(access.actor_of(request), InboundRow)
    return listed(request, lists.INBOUND, found, "inbound", files=InboundFile.objects.all()[:INBOUND_FILES])


@access.open_to(*DESK)
def inbound_row(request: HttpRequest, number: str) -> HttpResponse:
    """One decision of an upper level; a person says who it is about when the code did not."""
    actor = access.actor_of(request)
    found = access.get(actor, InboundRow, number=number)
    form = forms.MatchForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if tried(request, lambda: actions.match(actor, number, given["uscc"], given["reason"])):
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    columns = fieldmaps.versions(found.kind)[-1].fields
    context = {
        "row": found,
        "state": lists.MATCHES[found.state],
        "form": form,
        "may": found.state == UNMATCHED,
        "cells": [{"field": one, "text": found.content[one.code]} for one in columns if found.content.get(one.code)],
    }
    return render(request, "exchange/inbound_row.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def quality(request: HttpRequest) -> HttpResponse:
    """Indicators of this year and the last, per department and kind, against the targets; each links to the rows that lower it."""
    today = clock.today()
    year = request.GET.get("year", "")
    year_no = int(year) if year.isascii() and year.isdigit() and 2000 <= int(year) <= today.year else today.year
    found = indicators.scores(access.all(access.actor_of(request), ExchangeRow), date(year_no, 1, 1), date(year_no, 12, 31))
    scores = [{"one": one, "department": queries.department_name(one.department), "kind": lists.kind_name(one.kind)} for one in found]
    return render(request, "exchange/quality.html", {"scores": scores, "names": lists.INDICATORS, "year": year_no, "last": year_no - 1})


@access.open_to(*DESK)
def hooks(request: HttpRequest) -> HttpResponse:
    """Who is told of facts, how far each has come, and what could not be delivered; stopping one, sending again what was given up."""
    actor = access.actor_of(request)
    act, number = request.POST.get("act", ""), request.POST.get("number", "")
    if act in ("stop", "replay"):
        done = tried(
            request, lambda: actions.stop_hook(actor, number) if act == "stop" else actions.replay(actor, number, _first_dead(number))
        )
        if done is not None:
            messages.success(request, _("Done."))
        return redirect("exchange:hooks")
    counted = {state: Count("deliveries", filter=Q(deliveries__state=state)) for state in (WAITS, DONE, DEAD)}
    found = access.all(actor, Hook).annotate(**counted)
    dead = HookDelivery.objects.filter(hook__in=found, state__in=[DEAD, WAITS], attempts__gt=0).select_related("hook", "notice")
    return render(request, "exchange/hooks.html", {"hooks": found, "dead": dead[:50]})


def _first_dead(number: str) -> int:
    """The number before the first notice that was given up."""
    first = HookDelivery.objects.filter(hook__number=number, state=DEAD).order_by("notice").first()
    return first.notice_id - 1 if first else 2**62
