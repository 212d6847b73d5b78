"""The platform's door: its shops, their forms, imports and the re-verification queue."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects import actions, lists, queries, sheets
from chengxin.subjects.actions import imports
from chengxin.subjects.forms import SheetForm, ShopForm
from chengxin.subjects.models import ImportRun, Platform, Shop
from chengxin.subjects.queries.persons import personal_of_shop

STAFF = "platform_staff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own_shops(actor: Actor) -> QuerySet[Shop]:
    """The shops of the staff's platforms."""
    return access.all(actor, Shop).filter(platform__code__in=actor.platforms).select_related("platform", "subject")


def _platform(actor: Actor, chosen: Platform | None) -> Platform:
    """The platform a form is about; the staff's only one when there is no choice."""
    return access.get(actor, Platform, pk=chosen.pk) if chosen else access.get(actor, Platform, code__in=actor.platforms)


@access.open_to(STAFF)
def shops(request: HttpRequest) -> HttpResponse:
    """My shops, filtered, sorted, exported."""
    actor = access.actor_of(request)
    table = lists.SHOPS.view(request.GET, own_shops(actor))
    if table.export:
        return table.export_response()
    coverage = queries.coverage(access.all(actor, Platform).filter(code__in=actor.platforms))
    return render(request, "subjects/shops.html", {"table": table, "coverage": coverage})


@access.open_to(STAFF)
def queue(request: HttpRequest) -> HttpResponse:
    """Which of my shops must be verified again, the most urgent first."""
    rows = queries.reverification_queue(own_shops(access.actor_of(request)))
    table = lists.QUEUE.view(request.GET, rows)
    return table.export_response() if table.export else render(request, "subjects/queue.html", {"table": table, "door": "platform"})


@access.open_to(STAFF)
def new_shop(request: HttpRequest) -> HttpResponse:
    """Register a shop."""
    return _shop_form(request, None)


@access.open_to(STAFF)
def edit_shop(request: HttpRequest, pk: str) -> HttpResponse:
    """Change what is stated about a shop; opening the form of a natural person is a read of personal data."""
    return _shop_form(request, access.get(access.actor_of(request), Shop, pk=pk, platform__code__in=access.actor_of(request).platforms))


def _shop_form(request: HttpRequest, shop: Shop | None) -> HttpResponse:
    actor = access.actor_of(request)
    mine = [] if shop else list(access.all(actor, Platform))
    initial = _initial(shop, actor) if shop and request.method == "GET" else None
    form = ShopForm(request.POST or None, platforms=mine, initial=initial)
    if request.method == "POST" and form.is_valid() and form.entry is not None:
        try:
            where = shop.platform if shop else _platform(actor, form.cleaned_data.get("platform"))
            done = actions.upsert_shop(where, form.entry, actor)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(done.shop.platform_page)
    return render(request, "subjects/shop_form.html", {"form": form, "shop": shop}, status=422 if form.errors else 200)


def _initial(shop: Shop, actor: Actor) -> dict[str, object]:
    subject = shop.subject
    plain = {name: getattr(shop, name) for name in ("shop_id", "url", "path_words", "division", "exemption")}
    plain |= {"shop_name": shop.name, "address": shop.operating_address, "phone": shop.contact, "categories": shop.categories}
    plain["opened_on"] = shop.opened_on.isoformat() if shop.opened_on else ""
    if subject is None:
        return plain
    plain |= {"kind": subject.kind, "subject_name": subject.name, "uscc": subject.uscc or "", "legal_rep": subject.legal_rep}
    if subject.is_natural:
        person = personal_of_shop(shop, actor, _("The platform edits the shop's registration"))
        named = {"subject_name": person["person_name"], "id_doc_no": person["id_doc_no"], "id_doc_type": subject.id_doc_type}
        return plain | named | {"address": person["address"], "phone": person["phone"]}
    return plain | _licence_initial(shop)


def _licence_initial(shop: Shop) -> dict[str, object]:
    subject = shop.subject
    licence = subject.licences.filter(kind="BL").first() if subject else None
    if licence is None:
        return {}
    days = {f"licence_{name}": day.isoformat() for name in ("issued_on", "expires_on") if (day := getattr(licence, name))}
    return {"licence_no": licence.number, "licence_scope": licence.scope, "licence_issuer": licence.issuer, **days}


@access.open_to(STAFF)
def import_sheet(request: HttpRequest) -> HttpResponse:
    """Upload a sheet of shops; row errors come back as a page and as a sheet."""
    actor = access.actor_of(request)
    form = SheetForm(request.POST or None, request.FILES or None, platforms=list(access.all(actor, Platform)))
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            where = _platform(actor, form.cleaned_data.get("platform"))
            done = imports.import_or_queue(where, file.name, file.read(imports.MOST_BYTES + 1), actor)
        except ChengxinError as error:
            form.add_error("file", str(error))
        else:
            if isinstance(done, ImportRun):
                return redirect("subjects:import_run", pk=done.pk)
            return redirect("jobs:job", number=done.pk)
    shown = {"form": form, "runs": access.all(actor, ImportRun)[:10]}
    return render(request, "subjects/import.html", shown, status=422 if form.errors else 200)


@access.open_to(STAFF)
def template(request: HttpRequest) -> HttpResponse:
    """The template of the sheet."""
    answer = HttpResponse(sheets.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="shops-template.xlsx"'
    return answer


@access.open_to(STAFF)
def import_run(request: HttpRequest, pk: str) -> HttpResponse:
    """What an import came to."""
    run = access.get(access.actor_of(request), ImportRun, pk=pk)
    return render(request, "subjects/import_run.html", {"run": run, "problems": imports.problems_of(run)[:200]})


@access.open_to(STAFF)
def import_errors(request: HttpRequest, pk: str) -> HttpResponse:
    """The refused fields as a sheet."""
    run = access.get(access.actor_of(request), ImportRun, pk=pk)
    answer = HttpResponse(imports.error_sheet(run), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="shops-errors.xlsx"'
    return answer
