"""The owner's door: products, batches, certificates, codes to print, and the phone page of a small farm."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.products import actions, categories, forms, lists, papers, resolver
from chengxin.products.access import OWNER
from chengxin.products.gs1 import Code
from chengxin.products.models import Batch, Certificate, Product
from chengxin.subjects.models import Subject

LAST = "products.farm"  # the session's key of what was entered last
REMEMBERED = ("gtin", "act", "unit", "other")


def own(actor: Actor) -> list[Subject]:
    """The actor's businesses, by name."""
    return list(Subject.objects.filter(pk__in=actor.subjects).order_by("name"))


def mine(actor: Actor) -> Any:
    """The actor's own products."""
    return access.all(actor, Product).filter(subject__in=actor.subjects)


def said(request: HttpRequest, act: Any, form: Any) -> bool:
    """Do it; what went wrong stands at the form."""
    try:
        act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done."))
    return True


def file_of(given: UploadedFile[Any] | None) -> tuple[bytes, str] | None:
    """A file's bytes and the type its sender gives it. Raises ContentWrong for one that is too large."""
    if given is None:
        return None
    if (given.size or 0) > forms.MOST_BYTES:
        from chengxin.products.actions.steps import wrong

        wrong("照片或者文件不能超过 8 MB", "a photo or file has 8 MB at most")
    return given.read(), given.content_type or "application/octet-stream"


@access.open_to(OWNER)
def my_products(request: HttpRequest) -> HttpResponse:
    """My products."""
    actor = access.actor_of(request)
    table = lists.MY_PRODUCTS.view(request.GET, mine(actor).annotate(many=Count("batches")))
    return table.export_response() if table.export else render(request, "products/my_products.html", {"table": table})


@access.open_to(OWNER)
def new_product(request: HttpRequest) -> HttpResponse:
    """Register a product."""
    actor = access.actor_of(request)
    form = forms.ProductForm(own(actor), request.POST or None)
    if form.is_valid() and said(request, lambda: actions.register(actor, form.cleaned_data["subject"], form.cleaned_data), form):
        return redirect("products:my_products")
    context = {"form": form, "title": _("Register a product"), "back": "products:my_products", "back_name": _("My products")}
    return render(request, "products/form.html", context, status=422 if form.errors else 200)


@access.open_to(OWNER)
def my_product(request: HttpRequest, gtin: str) -> HttpResponse:
    """One product: its batches, a new batch, and where its codes lead."""
    actor = access.actor_of(request)
    found = access.get(actor, Product, gtin=gtin, subject__in=actor.subjects)
    act = request.POST.get("act", "")
    batch = forms.BatchForm(request.POST if act == "batch" else None, prefix="batch")
    link = forms.LinkForm(request.POST if act == "link" else None, prefix="link")
    place = {"division": found.subject.division}
    if batch.is_valid() and said(request, lambda: actions.add_batch(actor, gtin, {**batch.cleaned_data, **place}), batch):
        return redirect(found.mine_url)
    if link.is_valid() and said(request, lambda: actions.set_link(actor, gtin, **link.cleaned_data), link):
        return redirect(found.mine_url)
    lines = [{"batch": one, "missing": categories.missing(one)} for one in found.batches.all()[:100]]
    context = {"product": found, "lines": lines, "batch_form": batch, "link_form": link, "links": resolver.links(Code(found.gtin), found)}
    context |= {"category": lists.coded("trace_category", found.category), "history": found.links.order_by("-at")[:20]}
    return render(request, "products/my_product.html", context, status=422 if batch.errors or link.errors else 200)


@access.open_to(OWNER)
def my_batch(request: HttpRequest, id: UUID) -> HttpResponse:
    """One batch: what its records lack, certificates, codes to print, its life line."""
    actor = access.actor_of(request)
    found = access.get(actor, Batch, pk=id, product__subject__in=actor.subjects)
    act = request.POST.get("act", "")
    sent = (request.POST, request.FILES) if act == "certify" else (None, None)
    paper = forms.CertificateForm(sent[0], sent[1], prefix="paper")
    codes = forms.CodesForm(request.POST if act == "codes" else None, prefix="codes")
    if paper.is_valid() and said(
        request, lambda: actions.certify(actor, id, paper.cleaned_data, file_of(paper.cleaned_data["scan"])), paper
    ):
        return redirect(found.mine_url)
    if codes.is_valid() and said(request, lambda: actions.make_codes(actor, id, codes.cleaned_data["many"]), codes):
        return redirect(found.mine_url)
    context: dict[str, Any] = {
        "batch": found,
        "missing": categories.missing(found),
        "paper": paper,
        "codes": codes,
        "many": found.codes.count(),
    }
    context |= {"life": resolver.life_line(Code(found.product.gtin, lot=found.lot)), "certificates": papers_of(found)}
    return render(request, "products/my_batch.html", context, status=422 if paper.errors or codes.errors else 200)


def papers_of(batch: Batch) -> list[dict[str, Any]]:
    """The certificates of a batch with the names of their kinds."""
    return [{"one": one, "kind": lists.coded("product_certificate", one.kind)} for one in batch.certificates.all()]


@access.open_to(OWNER)
def certificate(request: HttpRequest, id: UUID) -> HttpResponse:
    """A certificate as PDF with its QR code."""
    actor = access.actor_of(request)
    found = access.get(actor, Certificate, pk=id, batch__product__subject__in=actor.subjects)
    return HttpResponse(papers.certificate(found), content_type="application/pdf", headers=_named(f"{found.number}.pdf"))


@access.open_to(OWNER)
def codes(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    """The codes of a batch to print: `batch` and `things` as PDF, `svg` as one A4 picture."""
    actor = access.actor_of(request)
    found = access.get(actor, Batch, pk=id, product__subject__in=actor.subjects)
    serials = [] if form == "batch" else list(found.codes.filter(national=False).values_list("serial", flat=True)[:2000])
    if form == "svg":
        return HttpResponse(papers.sheet_svg(found, serials), content_type="image/svg+xml", headers=_named(f"{found.lot}.svg"))
    if form not in ("batch", "things"):
        raise NotFound
    return HttpResponse(papers.sheet_pdf(found, serials), content_type="application/pdf", headers=_named(f"{found.lot}.pdf"))


def _named(name: str) -> dict[str, str]:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    return {"Content-Disposition": f'attachment; filename="{plain}"'}


@access.open_to(OWNER)
def farm(request: HttpRequest) -> HttpResponse:
    """Three fields with a thumb: what, how much, what happened. The rest keeps what was entered last."""
    actor = access.actor_of(request)
    products = [(one.gtin, f"{one.name} {one.spec}".strip()) for one in mine(actor)]
    form = forms.FarmForm(products, request.POST or None, request.FILES or None, initial=request.session.get(LAST, {}))
    if form.is_valid():
        given = form.cleaned_data
        subject = mine(actor).get(gtin=given["gtin"]).subject_id
        if said(request, lambda: actions.enter(actor, subject, given, file_of(given["photo"])), form):
            request.session[LAST] = {name: given[name] for name in REMEMBERED}
            return redirect("products:farm")
    recent = access.all(actor, Batch).filter(product__subject__in=actor.subjects).select_related("product")[:5]
    context = {"form": form, "products": products, "recent": recent}
    return render(request, "products/farm.html", context, status=422 if form.errors else 200)


@access.open_to(OWNER)
def sheet(request: HttpRequest) -> HttpResponse:
    """Many entries from a sheet: all rows, or what is wrong with each."""
    actor = access.actor_of(request)
    form = forms.SheetForm(request.POST or None, request.FILES or None)
    errors: list[Any] = []
    subjects = own(actor)
    if form.is_valid() and subjects:
        try:
            many, errors = actions.import_sheet(actor, subjects[0].pk, form.cleaned_data["file"].read())
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            if not errors:
                messages.success(request, _("Entered: %(many)s rows.") % {"many": many})
                return redirect("products:farm")
    return render(request, "products/sheet.html", {"form": form, "errors": errors}, status=422 if form.errors or errors else 200)
