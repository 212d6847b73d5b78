"""The officer's search and timeline, whose names are whose, the upload page of platforms and businesses, and platforms' subscriptions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.jobs.attempts import DONE
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.tables import safe_cell
from chengxin.traceability import actions, documents, forms, identifiers, lists, queries, subscribing, xml_out
from chengxin.traceability.access import DESK, STAFF
from chengxin.traceability.errors import NotAllowed
from chengxin.traceability.models import ACTIVE, CaptureJob, Subscription, TraceEvent, TraceName

MOST_SHOWN, MOST_OTHERS, MOST_EXPORTED, MOST_MESSAGES = 200, 20, 10_000, 5
CSV = ("eventTime", "type", "bizStep", "disposition", "readPoint", "bizLocation", "eventID", "errorDeclared")


@access.open_to(*DESK)
def search(request: HttpRequest) -> HttpResponse:
    """Find events by code, lot, place and time."""
    rows = access.all(access.actor_of(request), TraceEvent).select_related("job", "owner").prefetch_related("items")
    table = lists.EVENTS.view(request.GET, rows)
    if table.export:
        return table.export_response()
    lists.name_places(list(table.page.object_list))
    return render(request, "traceability/search.html", {"table": table})


@access.open_to(*DESK)
def item(request: HttpRequest) -> HttpResponse:
    """All that is known of one item, in the order of time; what was declared wrong stays to be seen."""
    key = identifiers.key_of(request.GET.get("key", "").strip()[:1000])
    found = access.all(access.actor_of(request), TraceEvent).filter(items__key=key).distinct().order_by("event_time", "id")
    form = request.GET.get("export", "")
    if form in EXPORTS:
        return _exported(list(found[:MOST_EXPORTED]), form)
    rows = list(found.select_related("job", "owner").prefetch_related("items", "parties")[: MOST_SHOWN + 1])
    wrong = {row.event_id for row in rows if row.declared_at}
    named = {lists.place(row) for row in rows} | {one.value for row in rows for one in row.parties.all()}
    names = lists.parties(named)
    lines = [_line(row, key, wrong, names) for row in rows[:MOST_SHOWN]]
    context = {"key": key, "parts": identifiers.parts(key), "lines": lines, "more": len(rows) > MOST_SHOWN}
    return render(request, "traceability/item.html", context)


def _line(row: TraceEvent, key: str, wrong: set[str], names: dict[str, str]) -> dict[str, Any]:
    """One event with what it says of the item, and its other items, each with the way to its own timeline."""
    items = [
        {"role": lists.ROLE_NAMES[one.role], "one": one, "unit": lists.unit(one.unit), "said": lists.short(one.key)}
        for one in row.items.all()
    ]
    return {
        "row": row,
        "kind": lists.KIND_NAMES[row.kind],
        "step": lists.step(row),
        "place": names[lists.place(row)],
        "parties": [{"side": one.side, "said": names[one.value]} for one in row.parties.all()],
        "here": [one for one in items if one["one"].key == key],
        "others": [{**one, "page": lists.item_page(one["one"].key)} for one in items if one["one"].key != key][:MOST_OTHERS],
        "wrong": row.event_id in wrong,
        "reason": lists.REASON_NAMES.get(row.declared_reason, row.declared_reason),
    }


def _as_json(rows: list[TraceEvent]) -> tuple[bytes, str]:
    events, context = queries.contents(rows)
    return msgspec.json.encode(documents.document(events, context, clock.now().isoformat())), "application/ld+json"


def _as_xml(rows: list[TraceEvent]) -> tuple[bytes, str]:
    events, context = queries.contents(rows)
    return xml_out.write(documents.document(events, context, clock.now().isoformat())), "application/xml"


def _as_csv(rows: list[TraceEvent]) -> tuple[bytes, str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV)
    for row in rows:
        said = (row.event_time.isoformat(), row.kind, row.biz_step, row.disposition, row.read_point, row.biz_location, row.event_id)
        writer.writerow([*map(safe_cell, said), row.declared_at.isoformat() if row.declared_at else ""])
    return ("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8"


EXPORTS = {"jsonld": _as_json, "xml": _as_xml, "csv": _as_csv}


def _exported(rows: list[TraceEvent], form: str) -> HttpResponse:
    body, media = EXPORTS[form](rows)
    return HttpResponse(body, content_type=media, headers={"Content-Disposition": f'attachment; filename="trace.{form}"'})


@access.open_to(*DESK)
def names(request: HttpRequest) -> HttpResponse:
    """Which parties and places are whose; by them an owner reads the events that name it."""
    form = forms.NameForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.name_party(access.actor_of(request), given["kind"], given["code"], given["uri"])
        except ChengxinError as error:
            form.add_error("uri", str(error))
        else:
            messages.success(request, _("The number is on record."))
            return redirect("traceability:names")
    rows = TraceName.objects.select_related("owner").order_by("-at")[:MOST_SHOWN]
    return render(request, "traceability/names.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@access.open_to(*STAFF)
def upload(request: HttpRequest) -> HttpResponse:
    """Hand in a document, and see those handed in before."""
    actor = access.actor_of(request)
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        media = "application/xml" if str(file.name).lower().endswith(".xml") else "application/ld+json"
        try:
            job = actions.store(actor, file.read(), media, form.cleaned_data["behaviour"])
        except ChengxinError as error:
            form.add_error("file", str(error))
        else:
            return redirect("traceability:upload_job", job.number)
    table = lists.JOBS.view(request.GET, access.all(actor, CaptureJob))
    if table.export:
        return table.export_response()
    context = {"form": form, "table": table, "subscribes": actor.has("platform_staff")}
    return render(request, "traceability/upload.html", context, status=422 if form.errors else 200)


@access.open_to(*STAFF)
def upload_job(request: HttpRequest, number: str) -> HttpResponse:
    """What became of a document: how many events, and each that was not taken with its reason."""
    job = access.get(access.actor_of(request), CaptureJob, number=number)
    return render(request, "traceability/upload_job.html", {"job": job, "errors": job.errors[:MOST_SHOWN]})


@access.open_to("platform_staff")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """To whom new events of own queries are sent, how far each has come, and what could not be delivered; pause, resume, delete."""
    actor = access.actor_of(request)
    act, number = request.POST.get("act", ""), request.POST.get("number", "")
    if act in SUBSCRIPTION_ACTS:
        try:
            SUBSCRIPTION_ACTS[act](actor, number)
        except NotAllowed as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect("traceability:subscriptions")
    rows = access.all(actor, Subscription).select_related("query", "client").order_by("query__name", "pk")
    return render(request, "traceability/subscriptions.html", {"lines": [_subscription(one) for one in rows]})


SUBSCRIPTION_ACTS: dict[str, Callable[[Actor, str], Any]] = {
    "pause": subscribing.pause,
    "resume": subscribing.resume,
    "delete": subscribing.unsubscribe_number,
}


def _subscription(one: Subscription) -> dict[str, Any]:
    """One subscription for the page; `failing`: the message that holds it up."""
    last = list(one.pushes.order_by("-sequence")[:MOST_MESSAGES])
    failing = next((each for each in last if each.state != DONE and each.attempts), None)
    again = failing.next_at if failing and one.state == ACTIVE else None
    return {
        "one": one,
        "state": lists.SUBSCRIPTION_STATES[one.state],
        "why": lists.WHY_BROKEN.get(one.why, ""),
        "when": lists.schedule(one.schedule),
        "next": again or (one.next_at if one.state == ACTIVE else None),
        "failing": failing,
        "log": [{"push": each, "kind": lists.PUSH_KINDS[each.kind], "state": lists.PUSH_STATES[each.state]} for each in last],
    }
