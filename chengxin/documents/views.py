"""Pages of official papers: those of a matter, a new one, service, one paper and its file, its public version, the public check."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.documents import actions, official, queries, redacting, redactions
from chengxin.documents.access import DESK, OWNERS, check_matter, of_party, parsed
from chengxin.documents.blanks import BlanksForm, PrepareForm, ReasonForm
from chengxin.documents.models import CONFIRMED, WAITING, Document, Redaction
from chengxin.documents.redactions import Struck
from chengxin.documents.tables import OWN, PAPERS
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law

KINDS = {
    redacting.ID: {"zh": "身份证件号码", "en": "Identity number"},
    redacting.PHONE: {"zh": "电话号码", "en": "Telephone number"},
    redacting.CARD: {"zh": "银行卡号", "en": "Card number"},
    redacting.PLATE: {"zh": "车牌号", "en": "Number plate"},
    redacting.MAIL: {"zh": "电子邮箱", "en": "E-mail address"},
    redacting.NAME: {"zh": "姓名", "en": "Name"},
    redacting.ACCOUNT: {"zh": "网络账号", "en": "Account"},
}


def _matter(request: HttpRequest, matter: str) -> Actor:
    """The actor, whose matter it is. Raises NotFound for another's, a missing one and what is no matter at all."""
    actor = access.actor_of(request)
    check_matter(actor, parsed(matter))
    return actor


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Every paper of the matters that are the reader's."""
    view = PAPERS.view(request.GET, access.all(access.actor_of(request), Document))
    return view.export_response() if view.export else render(request, "documents/desk.html", {"table": view})


@access.open_to(*DESK)
def of_matter(request: HttpRequest, matter: str) -> HttpResponse:
    """Every paper of one matter, and what can be made."""
    actor = _matter(request, matter)
    papers = queries.of_matter(actor, matter)
    return render(request, "documents/matter.html", {"papers": papers, "matter": matter, "forms": _by_hand()})


def _by_hand() -> list[official.Form]:
    return [one for one in official.forms(clock.today()) if one.desk]


@access.open_to(*DESK)
def new(request: HttpRequest, matter: str) -> HttpResponse:
    """Fill a form by hand: first look at the draft, then issue."""
    actor = _matter(request, matter)
    wanted = next((one for one in _by_hand() if one.id == request.GET.get("form")), None)
    if wanted is None:
        return redirect("documents:matter", matter=matter)
    today, draft = clock.today(), "preview" in request.POST
    form = BlanksForm(wanted, departments_of(actor), today, request.POST or None, required=not draft)
    if form.is_valid():
        if draft:
            return _inline(actions.preview(wanted.id, form.values, today, form.cleaned_data["department"]))
        made = actions.issue(actor, wanted.id, form.values, department=form.cleaned_data["department"], matter=matter, on=today)
        messages.success(request, _("Issued. The number is on it, and it can be verified from now on."))
        return redirect(made.page_url)
    context = {"form": form, "wanted": wanted, "matter": matter}
    return render(request, "documents/new.html", context, status=422 if form.errors else 200)


def departments_of(actor: Actor) -> list[tuple[str, str]]:
    """The departments in whose name the actor may issue papers, as they are called today."""
    mine = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*DESK)
def serve(request: HttpRequest, matter: str) -> HttpResponse:
    """Record the service of one or more papers of the matter, of one department."""
    actor = _matter(request, matter)
    papers = queries.of_matter(actor, matter).exclude(form=actions.SERVICE).filter(end=None)
    chosen = access.get_many(actor, Document, request.POST.getlist("paper") or request.GET.getlist("paper"))
    if any(one.matter != parsed(matter) for one in chosen):
        raise NotFound
    wanted = official.form(actions.SERVICE, clock.today())
    form = BlanksForm(wanted, departments_of(actor), clock.today(), request.POST or None)
    for name in ("served_papers", "department"):
        form.fields.pop(name)
    if form.is_valid() and chosen:
        record = actions.serve(actor, chosen, form.values, on=clock.today())
        messages.success(request, _("The service is on record."))
        return redirect(record.page_url)
    picked = {one.pk for one in chosen}
    rows = [{"paper": one, "chosen": one.pk in picked} for one in papers]
    context = {"form": form, "rows": rows, "matter": matter, "none": form.is_bound and not chosen}
    return render(request, "documents/serve.html", context, status=422 if form.is_bound else 200)


@access.open_to(*DESK)
def document(request: HttpRequest, pk: str) -> HttpResponse:
    """One paper: what it is, whether it holds, where it can be had, how it was served, whether it has a version for publication."""
    found = access.get(access.actor_of(request), Document, pk=pk)
    versions = found.redactions.all()
    context = {
        "paper": found,
        "end": getattr(found, "end", None),
        "services": found.services.select_related("record"),
        "serves": found.serves.select_related("document"),
        "versions": versions,
        "waiting": any(one.state == WAITING for one in versions),
    }
    return render(request, "documents/document.html", context)


@access.open_to(*DESK)
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """The sealed PDF; only with a purpose, and the reading is logged."""
    actor = access.actor_of(request)
    access.get(actor, Document, pk=pk)
    found, data = actions.read(actor, pk, str(access.purpose(request)))
    return _attached(data, found.number)


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """The papers that were given to the reader's own business, newest first."""
    view = OWN.view(request.GET, of_party(access.actor_of(request)).select_related("end"))
    return view.export_response() if view.export else render(request, "documents/mine.html", {"table": view})


@access.open_to(*OWNERS)
def my_file(request: HttpRequest, pk: str) -> HttpResponse:
    """The sealed PDF of an own paper; the reading is logged."""
    found, data = actions.read_own(access.actor_of(request), pk)
    return _attached(data, found.number)


def _attached(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.pdf"
    return answer


def _inline(data: bytes) -> HttpResponse:
    """A draft, shown in the reader's own PDF viewer."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="draft.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@access.open_to(*DESK)
def prepare(request: HttpRequest, pk: str) -> HttpResponse:
    """Read through what the detector found, add what it missed, hand it to a colleague. The text is shown, so the reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Document, pk=pk)
    purpose = str(access.purpose(request))
    paper, values = redactions.filled(found)
    hits = redacting.hits(paper, values)
    form = PrepareForm(request.POST or None)
    if form.is_valid():
        left = tuple(place for place in range(len(hits)) if f"strike-{place}" not in request.POST)
        try:
            made = redactions.prepare(actor, pk, Struck(left, form.cleaned_data["words"], form.cleaned_data["reason"]))
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It exists once a colleague has confirmed it."))
            return redirect(made.page_url)
    audit.record_read(str(actor), f"{actions.KIND}:{found.pk}", ["values"], purpose)
    context = {"paper": found, "form": form, "texts": _named(redactions.marked(paper, values, hits)), "burnt": _burnt(paper, values)}
    return render(request, "documents/prepare.html", context, status=422 if form.errors else 200)


def _named(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for one in texts:
        for part in one["parts"]:
            part["said"] = KINDS[part["kind"]] if part["hit"] is not None else None
    return texts


def _burnt(form: official.Form, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The personal fields as the public will see them."""
    shown = redacting.burnt(form, values, clock.today())
    return [{"field": form.fields[name], "text": shown[name]} for name in values if shown[name] != values[name]]


@access.open_to(*DESK)
def redaction(request: HttpRequest, pk: str) -> HttpResponse:
    """What the public will see: a second person confirms it or sends it back."""
    actor = access.actor_of(request)
    found = access.get(actor, Redaction, pk=pk)
    form = ReasonForm(request.POST if request.POST.get("decision") == "refuse" else None)
    if request.POST.get("decision") == "confirm":
        redactions.confirm(actor, found.pk)
        messages.success(request, _("The version for publication exists now, with its own verify code."))
        return redirect(found.document.page_url)
    if form.is_valid():
        redactions.refuse(actor, found.pk, form.cleaned_data["reason"])
        messages.success(request, _("Sent back."))
        return redirect(found.document.page_url)
    paper, values = redactions.public_values(found)
    texts = redactions.marked(paper, values, [])
    own = found.prepared_by == str(actor)
    context = {"redaction": found, "form": form, "texts": texts, "own": own, "open": found.state == WAITING}
    return render(request, "documents/redaction.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def version_file(request: HttpRequest, pk: str) -> HttpResponse:
    """The version for publication, once it is confirmed: nothing personal is in it."""
    found = access.get(access.actor_of(request), Redaction, pk=pk, state=CONFIRMED)
    return _attached(redactions.version_of(found), f"{found.document.number}{redactions.PUBLIC}")


@access.open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """Where the code of a paper is typed in."""
    code = request.GET.get("code", "").strip().upper()[:19]
    return redirect("documents:check", code=code) if code else render(request, "documents/check.html", {"code": "", "found": None})


@access.open_to_all
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a paper is genuine and still holds; nothing of what stands in it."""
    code = code.strip().upper()[:19]
    found = queries.check(code)
    return render(request, "documents/check.html", {"code": code, "found": found}, status=200 if found else 404)
