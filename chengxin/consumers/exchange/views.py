"""The desk of the exchange: import, batches with rows to mend, changed words, results to hand over, differences."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.audit import actions as audit
from chengxin.consumers.access import DESK
from chengxin.consumers.exchange import actions, dialects, forms, lists, queries
from chengxin.consumers.exchange.dialects import Peer
from chengxin.consumers.exchange.models import OPEN, SHEET, Arrival, BadRow, Batch, Conflict
from chengxin.jobs.models import Job
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects import sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # refused rows on the page; the sheet has all


def _peer(request: HttpRequest, code: str) -> Peer:
    """A system of the actor's desk. Raises NotFound."""
    return dialects.named(code, dialects.of_desk(access.actor_of(request)))


@access.open_to(*DESK)
def home(request: HttpRequest) -> HttpResponse:
    """What waits, a sheet to import, and the batches."""
    actor = access.actor_of(request)
    peers = dialects.of_desk(actor)
    form = forms.ImportForm(peers, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        file, peer = form.cleaned_data["file"], dialects.named(form.cleaned_data["peer"], peers)
        made: list[Batch | Job] = []
        if _done(form, lambda: made.append(actions.import_or_queue(actor, peer, file.name, file.read(actions.MOST_BYTES + 1)))):
            return redirect(made[0].page_url) if isinstance(made[0], Batch) else redirect("jobs:job", number=made[0].pk)
    table = lists.BATCHES.view(request.GET, queries.with_open(access.all(actor, Batch)))
    if table.export:
        return table.export_response()
    shown = {"form": form, "boards": [queries.board(one) for one in peers], "table": table}
    return render(request, "complaint_exchange/home.html", shown, status=422 if form.errors else 200)


def _done(form: Any, act: Callable[[], Any]) -> bool:
    """Do it; what went wrong stands at the form."""
    try:
        act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    return True


@access.open_to(*DESK)
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a batch came to: rows to mend first, then the receipts."""
    actor = access.actor_of(request)
    found = access.get(actor, Batch, pk=pk)
    table = lists.ARRIVALS.view(request.GET, access.all(actor, Arrival).filter(peer=found.peer, batch_sha=found.sha256))
    if table.export:
        return table.export_response()
    refused = found.bad_rows.all()
    context = {"batch": found, "peer": lists.peer_name(found.peer), "table": table, "refused": refused[:SHOWN], "all": refused.count()}
    return render(request, "complaint_exchange/batch.html", {**context, **_left(refused)})


def _left(refused: Any) -> dict[str, int]:
    """Rows that still wait, and those that were dropped."""
    return {"open": refused.filter(over_at=None).count(), "dropped": refused.filter(dropped=True).count()}


ROW_ACTS = {"drop": actions.drop_row, "take_back": actions.take_row_back}


@access.open_to(*DESK)
def row(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One refused row: what is wrong, what became of it; drop it with a reason, or take that back."""
    actor = access.actor_of(request)
    found = access.get(actor, BadRow, pk=pk)
    form = forms.RowForm(request.POST or None)
    act = ROW_ACTS.get(request.POST.get("act", ""))
    if act and form.is_valid() and _done(form, lambda: act(actor, pk, form.cleaned_data["reason"])):
        messages.success(request, _("Done."))
        return redirect(found.page_url)
    context = {"row": found, "batch": found.batch, "peer": lists.peer_name(found.peer), "form": form, "steps": lists.row_steps(found)}
    return render(request, "complaint_exchange/row.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def mend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rows that still wait, as a sheet with the other system's headings and what is wrong: mend it and import it."""
    actor = access.actor_of(request)
    found = access.get(actor, Batch, pk=pk)
    version = dialects.peers()[found.peer].on(clock.today())
    names = list(version.columns)
    audit.record_read(str(actor), f"complaint_exchange:{found.peer}", ("content",), str(access.purpose(request)))
    rows = []
    for one in found.bad_rows.filter(over_at=None):
        content = json.loads(one.content) if one.content else {}
        wrong = "；".join(f"{each['column']}{language.pick(each['why'])}，{language.pick(each['remedy'])}" for each in one.problems)
        rows.append([*(content.get(name, "") for name in names), one.row, wrong])
    heads = [*(version.heading(name) for name in names), _("Row in the first sheet"), _("What to mend")]
    return _sheet(f"mend-{found.peer}", sheets.write({_("Rows to mend"): (heads, rows)}))


def _sheet(name: str, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@access.open_to(*DESK)
def template(request: HttpRequest, peer: str) -> HttpResponse:
    """The headings of a system's sheet today, and the words its lists know."""
    found = _peer(request, peer)
    columns = actions.version_of(found).columns.values()
    heads = [one.names[0] + ("*" if one.required else "") for one in columns]
    notes = [[one.names[0], "、".join(one.names[1:]), lists.field_name(one.field), "、".join(one.values)] for one in columns]
    titles = [_("Column"), _("Also called"), _("What it says"), _("Words")]
    return _sheet(f"template-{found.code}", sheets.write({language.pick(found): (heads, []), _("Explanation"): (titles, notes)}))


@access.open_to(*DESK)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Numbers that came again with other words."""
    rows = access.all(access.actor_of(request), Conflict).select_related("arrival")
    table = lists.CONFLICTS.view(request.GET, rows)
    return table.export_response() if table.export else render(request, "complaint_exchange/conflicts.html", {"table": table})


@access.open_to(*DESK)
def conflict(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The changed words of one number; an officer says what follows."""
    actor = access.actor_of(request)
    found = access.get(actor, Conflict, pk=pk)
    audit.record_read(str(actor), f"complaint_exchange:{found.peer}", ("content",), str(access.purpose(request)))
    form = forms.DecideForm(request.POST or None)
    if form.is_valid() and _done(form, lambda: actions.decide(actor, found.pk, **form.cleaned_data)):
        messages.success(request, _("Done."))
        return redirect("complaint_exchange:conflicts")
    words = json.loads(found.content) if found.content else {}
    changed = [{"name": lists.field_name(name), "word": words.get(name, ""), "who": name in dialects.of_who()} for name in found.changed]
    context = {"conflict": found, "peer": lists.peer_name(found.peer), "changed": changed, "form": form, "open": found.state == OPEN}
    return render(
        request, "complaint_exchange/conflict.html", {**context, "state": lists.STATES[found.state]}, status=422 if form.errors else 200
    )


@access.open_to(*DESK)
def results(request: HttpRequest, peer: str) -> HttpResponse:
    """Results that the other system has not taken: export them, hand them over, and confirm."""
    actor, found = access.actor_of(request), _peer(request, peer)
    rows = queries.told(found, list(queries.not_taken(found.code)))
    if request.method == "POST":
        try:
            actions.tell_taken(actor, found, int(request.POST.get("upto", "")), SHEET)
            messages.success(request, _("Put on record: they are taken over there."))
        except (ChengxinError, ValueError) as error:
            messages.error(request, str(error) if isinstance(error, ChengxinError) else _("Choose a place of the list."))
        return redirect("complaint_exchange:results", peer=found.code)
    table = lists.RESULTS.view(request.GET, rows)
    if table.export:
        return table.export_response()
    context = {"peer": found, "name": language.pick(found), "table": table, "upto": rows[-1]["cursor"] if rows else None, "n": len(rows)}
    return render(request, "complaint_exchange/results.html", context)


@access.open_to(*DESK)
def differences(request: HttpRequest, peer: str) -> HttpResponse:
    """Sent there, arrived here, answered, answer taken: where the two sides are not together."""
    actor, found = access.actor_of(request), _peer(request, peer)
    form = forms.NumbersForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        given = form.cleaned_data
        content = given["file"].read(actions.MOST_BYTES + 1)
        if _done(form, lambda: actions.state_sheet(actor, found, given["since"], given["until"], content)):
            return redirect("complaint_exchange:differences", peer=found.code)
    rows = queries.differences(found.code)
    table = lists.DIFFERENCES.view(request.GET, rows)
    if table.export:
        return table.export_response()
    counts = [(kind, label, sum(one.kind == kind for one in rows)) for kind, label in lists.KINDS.items()]
    context = {"peer": found, "name": language.pick(found), "table": table, "form": form, "stated": queries.last_list(found.code)}
    return render(request, "complaint_exchange/differences.html", {**context, "counts": counts}, status=422 if form.errors else 200)
