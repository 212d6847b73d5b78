"""Pages of evidence: the exhibits of a matter, one exhibit with its custody and check, its file, its replay, its papers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.documents import official
from chengxin.documents.access import check_matter, parsed
from chengxin.documents.blanks import BlanksForm
from chengxin.documents.views import departments_of
from chengxin.evidence import actions, manifests, queries
from chengxin.evidence.access import DESK
from chengxin.evidence.errors import NoReplay
from chengxin.evidence.forms import CaptureForm, HandOverForm, UploadForm
from chengxin.evidence.models import Exhibit
from chengxin.kernel import clock, jail
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law

FAULTS = {
    manifests.FILE: {"zh": "文件无法打开", "en": "The file cannot be opened"},
    manifests.HASH: {"zh": "文件与入库时的校验值不符", "en": "The file is not the one that was kept"},
    manifests.LOG: {"zh": "存证日志中的校验值不同", "en": "The log says another hash"},
    manifests.CUSTODY: {"zh": "保管链有改动", "en": "A link of custody was changed"},
    manifests.CHAIN: {"zh": "网页取证清单有改动", "en": "The list of the capture was changed"},
    manifests.RECORD: {"zh": "网页取证内容有改动", "en": "A record of the capture was changed"},
}
# What a replayed page may do: show pictures and styles that are inside it. No script, no network, no form, no window.
STRICT = {
    "default-src": ["'none'"],
    "img-src": ["data:"],
    "font-src": ["data:"],
    "style-src": ["'unsafe-inline'"],
    "form-action": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [True],
}


def _matter(request: HttpRequest, matter: str) -> Actor:
    """The actor, whose matter it is. Raises NotFound for another's, a missing one and what is no matter at all."""
    actor = access.actor_of(request)
    check_matter(actor, parsed(matter))
    return actor


@access.open_to(*DESK)
def of_matter(request: HttpRequest, matter: str) -> HttpResponse:
    """Every exhibit of one matter; a file or a page can be added."""
    actor = _matter(request, matter)
    offices = departments_of(actor)
    upload = UploadForm(offices, request.POST if "upload" in request.POST else None, request.FILES or None)
    page = CaptureForm(offices, request.POST if "capture" in request.POST else None)
    made = _added(actor, matter, upload, page)
    if made is not None:
        messages.success(request, _("Kept. Its hash is in the log from this minute on."))
        return redirect(made.page_url)
    context = {"exhibits": queries.of(actor, matter), "matter": matter, "upload": upload, "page": page}
    return render(request, "evidence/matter.html", context, status=422 if upload.errors or page.errors else 200)


def _added(actor: Actor, matter: str, upload: UploadForm, page: CaptureForm) -> Exhibit | None:
    """The exhibit that a form asks for; None when neither does, or what went wrong is said on the form."""
    try:
        if page.is_valid():
            return actions.capture(actor, matter, page.cleaned_data["department"], page.cleaned_data["url"])
        if upload.is_valid():
            return _uploaded(actor, matter, upload.cleaned_data)
    except ChengxinError as error:
        (page if page.is_bound else upload).add_error(None, str(error))
    return None


def _uploaded(actor: Actor, matter: str, given: dict[str, Any]) -> Exhibit:
    about = {"source": given["source"], "how": given["how"], "name": given["file"].name}
    stated = given["file"].content_type or ""
    data = given["file"].read()
    return actions.keep(actor, matter, given["department"], given["kind"], given["title"], data, content_type=stated, about=about)


@access.open_to(*DESK)
def exhibit(request: HttpRequest, pk: str) -> HttpResponse:
    """One exhibit: hash, trusted time, custody; the holder hands it over; anybody of the desk has it checked byte by byte. Where it comes
    from may be personal: only with a purpose, and the reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Exhibit, pk=pk)
    purpose = str(access.purpose(request))
    form = HandOverForm(_colleagues(actor, found), request.POST if "hand_over" in request.POST else None)
    if form.is_valid():
        given = form.cleaned_data
        actions.hand_over(actor, found.pk, given["to"], given["reason"], given["seal"])
        messages.success(request, _("Handed over."))
        return redirect(found.page_url)
    audit.record_read(str(actor), f"{actions.OBJECT}:{found.pk}", ["about"], purpose)
    checked = "check" in request.POST
    faults = [{"said": FAULTS[fault], "detail": detail} for fault, detail in manifests.faults(found)] if checked else []
    context = {
        "exhibit": found,
        "kind": law.at(clock.today()).codes("evidence_kind")[found.kind],
        "about": queries.about(found),
        "custody": found.custody.all(),
        "papers": [one.document for one in found.papers.select_related("document__end")],
        "holds": queries.holder(found).to_actor == str(actor),
        "form": form,
        "checked": checked,
        "faults": faults,
        "is_capture": bool(found.manifest),
        "is_data": found.kind in (actions.RECORDING, actions.ELECTRONIC),
    }
    return render(request, "evidence/exhibit.html", context, status=422 if form.errors else 200)


def _colleagues(actor: Actor, found: Exhibit) -> Any:
    """Who of the department may take it."""
    grants = {"grants__department": found.department, "grants__role__in": DESK}
    people = User.objects.filter(is_active=True, **grants).distinct().order_by("display_name")
    return people.exclude(pk=actor.user.pk) if actor.user else people


@access.open_to(*DESK)
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """The file as it was taken, always as a download; only with a purpose, and the reading is logged."""
    actor = access.actor_of(request)
    access.get(actor, Exhibit, pk=pk)
    found, data = actions.read(actor, pk, str(access.purpose(request)))
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.number + _ending(found.content_type))}"
    return answer


def _ending(content_type: str) -> str:
    return ENDINGS.get(content_type, "")


ENDINGS = {
    actions.WARC: ".warc.gz",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
    "text/plain": ".txt",
    "application/zip": ".zip",
}


@access.open_to(*DESK)
def replay(request: HttpRequest, pk: str) -> HttpResponse:
    """The captured page in a frame that can do nothing, next to the list of what was fetched."""
    found = access.get(access.actor_of(request), Exhibit, pk=pk)
    if not found.manifest:
        raise NoReplay
    access.purpose(request)
    return render(request, "evidence/replay.html", {"exhibit": found, "records": found.manifest})


@access.open_to(*DESK)
@xframe_options_sameorigin
@csp(STRICT)  # type: ignore[arg-type]  # its types know no view with an id
def replay_page(request: HttpRequest, pk: str) -> HttpResponse:
    """The page itself for the frame, written anew in the jail with everything inside it; the reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Exhibit, pk=pk)
    if not found.manifest:
        raise NoReplay
    _found, data = actions.read(actor, pk, str(access.purpose(request)))
    text = jail.run("chengxin.evidence.warc:page", data, memory_mb=512)
    if not text:
        raise NoReplay
    return HttpResponse(text, content_type="text/html; charset=utf-8")


@access.open_to(*DESK)
def extraction(request: HttpRequest, pk: str) -> HttpResponse:
    """Make the record of extracting electronic evidence: hash and log entry come from the exhibit, the rest from the officers."""
    actor = access.actor_of(request)
    found = access.get(actor, Exhibit, pk=pk)
    wanted = official.form(actions.EXTRACTION, clock.today())
    form = BlanksForm(wanted, departments_of(actor), clock.today(), request.POST or None, initial=queries.extraction_initial(found))
    for name in ("department", "integrity", "log_leaf"):
        form.fields.pop(name)
    if form.is_valid():
        paper = actions.record_extraction(actor, found.pk, form.values, on=clock.today())
        messages.success(request, _("Issued. The number is on it, and it can be verified from now on."))
        return redirect(paper.page_url)
    context = {"form": form, "wanted": wanted, "back": found.page_url}
    return render(request, "evidence/paper.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def sample(request: HttpRequest, matter: str) -> HttpResponse:
    """Take a sample: its record is made and the sealed thing becomes an exhibit in custody."""
    actor = _matter(request, matter)
    wanted = official.form(actions.SAMPLING, clock.today())
    form = BlanksForm(wanted, departments_of(actor), clock.today(), request.POST or None)
    if form.is_valid():
        made = actions.take_sample(actor, matter, form.cleaned_data["department"], form.values, on=clock.today())
        messages.success(request, _("The sample is in custody from this minute on."))
        return redirect(made.page_url)
    context = {"form": form, "wanted": wanted, "back": _back(matter)}
    return render(request, "evidence/paper.html", context, status=422 if form.errors else 200)


def _back(matter: str) -> str:
    return reverse("evidence:matter", args=[matter])
