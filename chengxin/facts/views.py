"""Pages of reporting: upload, receipts, what was set aside, and the officer's view of who reported what."""

from __future__ import annotations

import secrets

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.accounts import access
from chengxin.facts import importing, kinds, lists, queries, tasks
from chengxin.facts.access import DESK
from chengxin.facts.forms import UploadForm
from chengxin.facts.intake import accept_batch
from chengxin.facts.models import CrossIssue, Receipt
from chengxin.facts.template import template
from chengxin.jobs.actions import enqueue
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import Platform

AT_ONCE = 4 * 1024 * 1024  # larger uploads become a job with a progress page: reading them takes longer than a person likes to wait
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = {"zh": "导入报送文件", "en": "Import a report"}


@access.open_to("platform_staff")
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a kind, download its template, send a file."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, form)
        except ChengxinError as error:
            form.add_error("file", str(error))
    context = {"form": form, "kinds": list(kinds.kinds().values()), "chosen": request.GET.get("kind", "order")}
    return render(request, "facts/upload.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> UploadForm:
    own = Platform.objects.filter(code__in=access.actor_of(request).platforms).order_by("name")
    choices = [(platform.code, platform.name) for platform in own]
    if request.method == "POST":
        return UploadForm(choices, request.POST, request.FILES)
    return UploadForm(choices, initial={"kind": request.GET.get("kind", "order")})


def _take(request: HttpRequest, form: UploadForm) -> HttpResponse:
    given, actor = form.cleaned_data, access.actor_of(request).id
    file = given["file"]
    if file.size > AT_ONCE:
        name = f"{secrets.token_hex(16)}{'.' + file.name.rsplit('.', 1)[-1].lower()}"
        _keep(file, name)
        job = enqueue(
            "chengxin.facts.tasks:import_upload",
            title=TITLE, owner=actor, name=name, platform=given["platform"], kind=given["kind"], actor=actor,
            correction=given["correction"],
        )  # fmt: skip
        return redirect(job.page)
    format = importing.format_of(file.name)
    receipt = accept_batch(given["platform"], given["kind"], file.read(), format, actor, correction=given["correction"])
    return redirect(receipt.page)


def _keep(file: forms.Field, name: str) -> None:
    with (tasks.uploads() / name).open("wb") as target:
        for chunk in file.chunks():  # type: ignore[attr-defined]
            target.write(chunk)


@access.open_to("platform_staff", *DESK)
@require_safe
def sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """The spreadsheet template of a kind."""
    response = HttpResponse(template(kinds.kind(kind)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="chengxin-{kind}.xlsx"'
    return response


@access.open_to("platform_staff", *DESK)
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """All receipts the reader may see."""
    table = lists.RECEIPTS.view(request.GET, queries.named(access.all(access.actor_of(request), Receipt)))
    return table.export_response() if table.export else render(request, "facts/receipts.html", {"table": table})


@access.open_to("platform_staff", *DESK)
@require_safe
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    """One receipt: counts, errors with remedies, the signed document."""
    found = access.get(access.actor_of(request), Receipt, pk=id)
    table = lists.ERRORS.view(request.GET, lists.error_lines(found, queries.errors(found)))
    if table.export:
        return table.export_response()
    issues = [{"text": lists.check_name(issue), "issue": issue} for issue in found.cross_issues.all()]
    context = {"receipt": found, "table": table, "kind": lists.kind_name(found.kind), "issues": issues, "reasons": _counts(found)}
    return render(request, "facts/receipt.html", context)


def _counts(receipt: Receipt) -> list[tuple[str, int]]:
    return sorted(receipt.reasons.items(), key=lambda pair: -pair[1])


@access.open_to("platform_staff", *DESK)
@require_safe
def document(request: HttpRequest, id: str) -> HttpResponse:
    """The signed receipt as a file."""
    found = access.get(access.actor_of(request), Receipt, pk=id)
    response = HttpResponse(found.document, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.pk}.json"'
    return response


@access.open_to("platform_staff", *DESK)
@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """Reports that do not agree with each other."""
    table = lists.ISSUES.view(request.GET, queries.named(access.all(access.actor_of(request), CrossIssue).select_related("receipt")))
    return table.export_response() if table.export else render(request, "facts/issues.html", {"table": table})


@access.open_to(*DESK)
@require_safe
def officer(request: HttpRequest) -> HttpResponse:
    """What each platform reported in the last 30 days, and its gaps."""
    table = lists.REPORTING.view(request.GET, queries.reporting())
    if table.export:
        return table.export_response()
    return render(request, "facts/officer.html", {"table": table, "title": _("Reporting by platform")})
