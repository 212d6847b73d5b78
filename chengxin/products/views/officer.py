"""The officer's door: what does not fit along chains, three questions to a code, one thing's timeline, recalls."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.products import actions, categories, forms, gs1, lists, queries, routes
from chengxin.products import timeline as timelines
from chengxin.products.access import DESK
from chengxin.products.models import Batch, ChainFinding, ChainRun, Product, Recall
from chengxin.products.views.merchant import papers_of, said
from chengxin.traceability import lists as trace_lists
from chengxin.traceability.models import TraceEvent

SHOWN = 200


@access.open_to(*DESK)
def products(request: HttpRequest) -> HttpResponse:
    """All registered products."""
    found = access.all(access.actor_of(request), Product).select_related("subject").annotate(many=Count("batches"))
    table = lists.PRODUCTS.view(request.GET, found)
    return table.export_response() if table.export else render(request, "products/products.html", {"table": table})


@access.open_to(*DESK)
def product(request: HttpRequest, gtin: str) -> HttpResponse:
    """One product with its batches: what each lacks, its papers, and the way to a recall."""
    found = access.get(access.actor_of(request), Product, gtin=gtin)
    batches = list(found.batches.all()[:100])
    lines = [{"batch": one, "missing": categories.missing(one), "papers": papers_of(one)} for one in batches]
    keys = [queries.lot_key(one) for one in batches]
    context = {"product": found, "lines": list(zip(lines, keys, strict=True)), "category": lists.coded("trace_category", found.category)}
    return render(request, "products/product.html", context)


@access.open_to(*DESK)
def findings(request: HttpRequest) -> HttpResponse:
    """What waits, the last run, and everything that does not fit."""
    table = lists.FINDINGS.view(request.GET, access.all(access.actor_of(request), ChainFinding))
    if table.export:
        return table.export_response()
    return render(request, "products/findings.html", {"table": table, "run": ChainRun.objects.first()})


@access.open_to(*DESK)
def finding(request: HttpRequest, number: str) -> HttpResponse:
    """One that does not fit, with the events that show it and the law it may touch; a person decides."""
    actor = access.actor_of(request)
    found = access.get(actor, ChainFinding, number=number)
    form = forms.ReasonForm([("dismiss", _("Nothing is wrong")), ("confirm", _("It does not fit; confirm"))], request.POST or None)
    if form.is_valid():
        act = actions.confirm_finding if form.cleaned_data["decision"] == "confirm" else actions.dismiss_finding
        if said(request, lambda: act(actor, number, form.cleaned_data["reason"]), form):
            return redirect(found.page_url)
    names = queries.party_names([one for one in (found.party, found.other) if one])
    context = {**lists.page(found), "kind": lists.KIND_NAMES[found.kind], "form": form, "rows": events_in_words(found.events)}
    context |= {
        "basis": law.at(clock.today()).provision(lists.BASIS[found.kind]),
        "party": names.get(found.party, ""),
        "other": names.get(found.other, ""),
    }
    context |= {
        "amount": lists.amount(found.amount, found.measure),
        "waiting": found.state == "NEW",
        "goods": goods_of([found.item])[found.item],
    }
    return render(request, "products/finding.html", context, status=422 if form.errors else 200)


def goods_of(keys: list[str]) -> dict[str, str]:
    """Captured keys as people read them: the product's name with lot or serial where it is registered."""
    codes = {key: gs1.of_key(key) for key in keys}
    names = dict(Product.objects.filter(gtin__in={code.gtin for code in codes.values() if code}).values_list("gtin", "name"))
    return {
        key: f"{names.get(code.gtin, code.gtin)} {code.lot or code.serial}".strip() if code else key.removeprefix(gs1.CANONICAL)
        for key, code in codes.items()
    }


def events_in_words(ids: list[str] | None = None, pks: list[int] | None = None) -> list[dict[str, Any]]:
    """Events with step, parties and quantities, the oldest first."""
    which = {"event_id__in": ids[:SHOWN]} if ids is not None else {"pk__in": (pks or [])[:SHOWN]}
    events = list(TraceEvent.objects.filter(**which, declaration="").prefetch_related("items", "parties").order_by("event_time"))
    parties = queries.party_names(sorted({party.value for one in events for party in one.parties.all()}))
    goods = goods_of(sorted({item.key for one in events for item in one.items.all()}))
    return [
        {
            "event": one,
            "step": lists.step_name(one.biz_step),
            "parties": list(dict.fromkeys(parties[party.value] for party in one.parties.all())),
            "items": [
                f"{goods[item.key]} {item.quantity if item.quantity is not None else ''} {trace_lists.unit(item.unit)}".strip()
                for item in one.items.all()[:5]
            ],
        }
        for one in events
    ]


@access.open_to(*DESK)
def trace(request: HttpRequest) -> HttpResponse:
    """Where it came from, where it went, who had it then."""
    text = request.GET.get("q", "").strip()[:300]
    at = _moment(request.GET.get("at", ""))
    context: dict[str, Any] = {"q": text, "at": at.astimezone(clock.CITY).strftime("%Y-%m-%dT%H:%M")}
    if text:
        try:
            key = read_key(text)
        except ChengxinError as error:
            return render(request, "products/trace.html", {**context, "error": str(error)}, status=422)
        up, down = routes.source([key]), routes.destination([key])
        names = goods_of([*up.keys[:SHOWN], *down.keys[:SHOWN]])
        context |= {"key": key, "up": up, "down": down, "names": names, "goods": names[key]}
        context["ups"], context["downs"] = ([names[one] for one in found.keys[1:SHOWN]] for found in (up, down))
        context["stays"] = _stays(key, at)
        context["rows"] = events_in_words(pks=routes.events_of([key]))
    return render(request, "products/trace.html", context)


def read_key(text: str) -> str:
    """A code as somebody types or scans it: an address, a path, or a GTIN with lot. Raises CodeWrong."""
    if text.startswith(gs1.CANONICAL) and "/01/" not in text:
        return text
    path = "/01/" + text.split("/01/", 1)[1].split("?", maxsplit=1)[0] if "/01/" in text else "/01/" + text.replace(" ", "/10/", 1)
    return gs1.read(path).key


def _moment(text: str) -> datetime:
    found = parse_datetime(text) if text else None
    return (found if found.tzinfo else found.replace(tzinfo=clock.CITY)) if found else clock.now()


def _stays(key: str, at: datetime) -> list[dict[str, str]]:
    stays = routes.custody([key], at)
    names = queries.party_names(sorted({name for one in stays for name in (one.party, one.taker) if name}))
    return [
        {
            "state": str(lists.STAYS[one.state]),
            "party": names.get(one.party, "") or "—",
            "taker": names.get(one.taker, ""),
            "amount": lists.amount(one.amount, one.measure),
            "since": one.since.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M"),
        }
        for one in stays
    ]


@access.open_to(*DESK)
def timeline(request: HttpRequest) -> HttpResponse:
    """One order or serial from listing to complaint; what for is asked, and each reading is logged."""
    text = request.GET.get("q", "").strip()[:300]
    if not text:
        return render(request, "products/timeline.html", {"q": ""})
    why = access.purpose(request)
    audit.record_read(
        str(access.actor_of(request)), f"products.timeline:{text[:100]}", ("order", "payment", "parcel", "review", "complaint"), str(why)
    )
    try:
        key = read_key(text) if "/01/" in text else ""
    except ChengxinError as error:
        return render(request, "products/timeline.html", {"q": text, "error": str(error)}, status=422)
    found = timelines.of_key(key) if key else timelines.of_order(text, request.GET.get("platform", "")[:64])
    table = lists.MOMENTS_TABLE.view(request.GET, found)
    return table.export_response() if table.export else render(request, "products/timeline.html", {"q": text, "table": table})


@access.open_to(*DESK)
def listings(request: HttpRequest) -> HttpResponse:
    """Listings of the seven categories without a code, on every platform."""
    table = lists.LISTINGS.view(request.GET, categories.listings_without_code())
    return table.export_response() if table.export else render(request, "products/listings.html", {"table": table, "officer": True})


@access.open_to(*DESK)
def recalls(request: HttpRequest) -> HttpResponse:
    """All recalls."""
    table = lists.RECALLS.view(request.GET, access.all(access.actor_of(request), Recall).select_related("batch__product"))
    return table.export_response() if table.export else render(request, "products/recalls.html", {"table": table})


@access.open_to(*DESK)
def new_recall(request: HttpRequest, id: UUID) -> HttpResponse:
    """Draft a recall of a batch."""
    actor = access.actor_of(request)
    batch = access.get(actor, Batch, pk=id)
    form = forms.RecallForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.draft_recall(actor, id, int(given["level"]), given["reason"], given["advice"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect(made.page_url)
    context = {
        "form": form,
        "title": _("Draft a recall: %(batch)s") % {"batch": batch},
        "back": "products:recalls",
        "back_name": _("Recalls"),
    }
    return render(request, "products/form.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def recall(request: HttpRequest, number: str) -> HttpResponse:
    """One recall: issue it, watch who was told, record what came back, close it."""
    actor = access.actor_of(request)
    found = access.get(actor, Recall, number=number)
    act = request.POST.get("act", "")
    decide = forms.ReasonForm([("close", _("Close")), ("drop", _("Do not issue"))], request.POST if act == "decide" else None)
    goods = forms.ReturnForm(request.POST if act == "goods" else None, prefix="goods")
    issue = Form(request.POST if act == "issue" else None)
    if issue.is_valid() and said(request, lambda: actions.issue_recall(actor, number), issue):
        return redirect(found.page_url)
    if decide.is_valid():
        do = actions.close_recall if decide.cleaned_data["decision"] == "close" else actions.drop_recall
        if said(request, lambda: do(actor, number, decide.cleaned_data["reason"]), decide):
            return redirect(found.page_url)
    if goods.is_valid() and said(request, lambda: actions.record_return(actor, number, **goods.cleaned_data), goods):
        return redirect(found.page_url)
    told, all_ = queries.told(found)
    context = {
        **lists.page(found),
        "lines": queries.coverage(found),
        "told": told,
        "all": all_,
        "decide": decide,
        "goods": goods,
        "issue": issue,
    }
    context |= {"level": lists.LEVELS[found.level], "colour": lists.colour(found), "mine": str(actor) == found.drafted_by}
    context |= {"open": found.state in ("ISSUED", "NOTIFIED", "RETURNED", "DISPOSED"), "returns": found.returns.all()}
    return render(request, "products/recall.html", context, status=422 if decide.errors or goods.errors or issue.errors else 200)
