"""The officer's door: the register, a subject's page, coverage, the queue of all platforms, identity reports."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.audit import actions as audit
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.kernel.masking import mask
from chengxin.subjects import actions, lists, queries, vocabulary
from chengxin.subjects.actions.reports import faults_of
from chengxin.subjects.forms import ReportForm, SendForm, SubjectForm
from chengxin.subjects.models import IdentityReportBatch, Joining, Platform, Shop, Subject
from chengxin.subjects.models.same import ONE
from chengxin.subjects.queries.persons import find_person, names_of, personal_of, readers_of
from chengxin.subjects.queries.same import of_subject

DESK = ("officer", "reviewer", "head")
BOARD = (*DESK, "leader")


@access.open_to(*BOARD)
def register(request: HttpRequest) -> HttpResponse:
    """The register of subjects, searched by name, code, link, shop id or shop name; exported as it is filtered."""
    actor = access.actor_of(request)
    table = lists.SUBJECTS.view(request.GET, access.all(actor, Subject))
    if table.export:
        return table.export_response()
    return render(request, "subjects/register.html", {"table": table})


@access.open_to(*DESK)
def person(request: HttpRequest) -> HttpResponse:
    """Find a natural person by the whole name or number: only with a purpose, and each find is logged. The name travels in the body, since
    addresses end up in logs and histories."""
    purpose, text = str(access.purpose(request)), request.POST.get("name", "").strip()
    found = find_person(text, access.actor_of(request), purpose) if text else None
    return render(request, "subjects/person.html", {"found": found, "asked": bool(text)})


@access.open_to(*DESK)
def shops(request: HttpRequest) -> HttpResponse:
    """All shops of all platforms."""
    table = lists.ALL_SHOPS.view(request.GET, access.all(access.actor_of(request), Shop).select_related("platform", "subject"))
    return table.export_response() if table.export else render(request, "subjects/all_shops.html", {"table": table})


@access.open_to(*DESK)
def subject(request: HttpRequest, pk: str) -> HttpResponse:
    """A subject: identity, licences, shops, verifications, history, who read it. Personal data only with a purpose."""
    actor = access.actor_of(request)
    found = access.get(actor, Subject, pk=pk)
    wanted = request.GET.get("personal") == "1"
    tables = {
        "licences": lists.LICENCES.view(request.GET, found.licences.all(), prefix="l-"),
        "shops": lists.SUBJECT_SHOPS.view(request.GET, found.shops.select_related("platform", "subject"), prefix="s-"),
    }
    for table in tables.values():
        if table.export:
            return table.export_response()
    context = {
        "subject": found,
        "kind": lists.kind_name(found.kind),
        "status": lists.STATUS[found.status],
        "writer": actor.has("officer", "head"),
        "personal": personal_of(found, actor, str(access.purpose(request))) if wanted else None,
        "masked": _masked(found),
        "place": lists.division_name(found.division),
        "one_with": [_judged(one, found) for one in of_subject(found) if one.state in ONE],
        **tables,
        "history": _history(found),
        "versions": found.versions.all(),
        "relations": found.relations_out.select_related("to_subject"),
        "readers": readers_of(found),
    }
    return render(request, "subjects/subject.html", context)


def _masked(found: Subject) -> dict[str, str]:
    """Personal data as another department's officer sees them; enough to recognise, not to use."""
    return {
        "phone": mask("phone", found.phone, "department"),
        "id_doc_no": mask("id_number", found.id_doc_no, "department"),
        "person_address": mask("address", found.person_address, "department"),
    }


def _history(found: Subject) -> list[dict[str, Any]]:
    happened = queries.history_of(found)
    names = names_of({one.actor for one in happened})
    return [
        {
            "at": one.at,
            "what": lists.happened(one.action),
            "who": names[one.actor],
            "to": lists.state_name(one.data["to"]) if one.action.startswith("subjects.shop.") and "to" in one.data else "",
        }
        for one in happened
    ]


def _judged(judgement: Joining, found: Subject) -> dict[str, Any]:
    """A standing judgement as one of its two entries sees it."""
    shown_here = judgement.kept_id == found.pk
    return {"judgement": judgement, "shown_here": shown_here, "entry": judgement.other if shown_here else judgement.kept}


@access.open_to("officer", "head")
def edit_subject(request: HttpRequest, pk: str) -> HttpResponse:
    """Change a subject, with a reason; what it was is kept."""
    actor = access.actor_of(request)
    found = access.get(actor, Subject, pk=pk)
    initial = {name: getattr(found, name) for name in ("name", "legal_rep", "address", "division", "status")}
    form = SubjectForm(request.POST or None, natural=found.is_natural, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        try:
            actions.change_subject(found, changes, form.cleaned_data["reason"], actor)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(found.officer_page)
    return render(request, "subjects/subject_form.html", {"form": form, "subject": found}, status=422 if form.errors else 200)


@access.open_to(*BOARD)
def coverage(request: HttpRequest) -> HttpResponse:
    """How much of each platform's shops is verified, overdue, expired or never registered."""
    rows = queries.coverage()
    table = lists.COVERAGE.view(request.GET, rows)
    if table.export:
        return table.export_response()
    names = ("shops", "verified", "overdue", "licence_expired", "seen", "over_100k")
    totals = {name: sum(getattr(row, name) for row in rows) for name in names}
    return render(request, "subjects/coverage.html", {"table": table, "totals": totals, "rows": rows})


@access.open_to(*DESK)
def queue(request: HttpRequest) -> HttpResponse:
    """The re-verification queue over all platforms."""
    table = lists.OFFICER_QUEUE.view(request.GET, queries.reverification_queue(access.all(access.actor_of(request), Shop)))
    return table.export_response() if table.export else render(request, "subjects/queue.html", {"table": table, "door": "officer"})


@access.open_to(*DESK, "platform_staff")
def reports(request: HttpRequest) -> HttpResponse:
    """The identity reports, and the builder of a new one."""
    actor = access.actor_of(request)
    today = clock.today()
    platforms = access.all(actor, Platform)
    period = {"year": today.year, "month": 1 if today.month < 7 else 7, "platform": platforms[0] if len(platforms) == 1 else None}
    form = ReportForm(request.POST or None, platforms=platforms, initial=period)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            batch = actions.build_report(data["platform"], data["year"], int(data["month"]), actor)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect("subjects:report", pk=batch.pk)
    shown = {"form": form, "batches": access.all(actor, IdentityReportBatch).select_related("platform")[:50]}
    return render(request, "subjects/reports.html", shown, status=422 if form.errors else 200)


@access.open_to(*DESK, "platform_staff")
def report(request: HttpRequest, pk: str) -> HttpResponse:
    """One report: its rows, what is wrong with them, sending it by a named channel."""
    actor = access.actor_of(request)
    batch = access.get(actor, IdentityReportBatch, pk=pk)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = actions.send_report(batch, form.cleaned_data["channel"], actor)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect("subjects:report", pk=batch.pk)
    table = lists.REPORT_ROWS.view(request.GET, batch.rows.select_related("shop"))
    faults = faults_of(batch)[:50] if batch.status == "draft" else []
    shown = {"batch": batch, "table": table, "form": form, "faults": faults, "channel": vocabulary.report_channel()}
    return render(request, "subjects/report.html", shown, status=422 if form.errors else 200)


@access.open_to(*DESK, "platform_staff")
def report_file(request: HttpRequest, pk: str, shape: str, form: str) -> HttpResponse:
    """One shape of a report as xlsx, csv or json. It holds personal data: a purpose is asked and each person's read is logged."""
    actor = access.actor_of(request)
    batch = access.get(actor, IdentityReportBatch, pk=pk)
    if shape not in vocabulary.report_shapes() or form not in ("xlsx", "csv", "json"):
        raise NotFound
    why = _("Identity report of the platform") if actor.has("platform_staff") else str(access.purpose(request))
    with transaction.atomic():
        rows = list(batch.rows.filter(shape=shape).select_related("shop"))
        fields = list(vocabulary.report_shapes()[shape]["fields"])
        read = {"fields": fields, "purpose": why}
        audit.record_many([audit.Entry(audit.READ, str(actor), f"subjects.subject:{row.shop.subject_id}", read) for row in rows])
    return _as_file(batch, shape, form, [json.loads(row.fields) for row in rows])


def _as_file(batch: IdentityReportBatch, shape: str, form: str, rows: list[dict[str, Any]]) -> HttpResponse:
    from chengxin.kernel.tables import WRITERS, Column

    fields = vocabulary.report_shapes()[shape]["fields"]
    columns = [Column(name, language.pick(one)) for name, one in fields.items()]
    body, mime = WRITERS[form](columns, ([row.get(name, "") for name in fields] for row in rows))
    answer = HttpResponse(body, content_type=mime)
    answer["Content-Disposition"] = f'attachment; filename="identity-{batch.platform.code}-{batch.year}{batch.month:02d}-{shape}.{form}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Channel-Note"] = vocabulary.report_channel()["en"]
    return answer


@access.open_to("officer", "head")
def answer_report(request: HttpRequest, pk: str) -> HttpResponse:
    """The receiver's answer: row numbers with reasons are rejected, the others accepted."""
    batch = access.get(access.actor_of(request), IdentityReportBatch, pk=pk)
    if request.method == "POST":
        given = {name: str(request.POST[name]).strip() for name in request.POST if _is_row(name)}
        rejected = {int(name.removeprefix("row-")): text for name, text in given.items() if text}
        try:
            actions.answer_rows(batch, rejected, access.actor_of(request))
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect("subjects:report", pk=batch.pk)
    return render(request, "subjects/report_answer.html", {"batch": batch, "rows": batch.rows.select_related("shop")})


def _is_row(name: str) -> bool:
    return name.startswith("row-") and name.removeprefix("row-").isdigit()
