"""Pages of official papers: those of a matter, one paper, its file, and the public check of a code."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from chengxin.accounts import access
from chengxin.documents import actions, queries
from chengxin.documents.access import DESK
from chengxin.documents.models import Document
from chengxin.kernel.errors import NotFound


@access.open_to(*DESK)
def of_matter(request: HttpRequest, matter: str) -> HttpResponse:
    """Every paper of one matter."""
    try:
        papers = queries.of_matter(access.actor_of(request), matter)
    except ValueError as cause:  # not the shape of a matter
        raise NotFound from cause
    return render(request, "documents/matter.html", {"papers": papers, "matter": matter})


@access.open_to(*DESK)
def document(request: HttpRequest, pk: str) -> HttpResponse:
    """One paper: what it is, whether it holds, where it can be had."""
    found = access.get(access.actor_of(request), Document, pk=pk)
    return render(request, "documents/document.html", {"paper": found, "end": getattr(found, "end", None)})


@access.open_to(*DESK)
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """The sealed PDF; only with a purpose, and the reading is logged."""
    actor = access.actor_of(request)
    access.get(actor, Document, pk=pk)
    found, data = actions.read(actor, pk, str(access.purpose(request)))
    return _pdf(data, found.number)


def _pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.pdf"
    return answer


@access.open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """Where the code of a paper is typed in."""
    code = request.GET.get("code", "").strip().upper()[:19]
    return redirect("documents:check", code=code) if code else render(request, "documents/check.html", {"code": "", "found": None})


@access.open_to_all
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a paper is genuine and still holds; nothing of what stands in it."""
    code = code.strip().upper()[:19]
    return render(request, "documents/check.html", {"code": code, "found": queries.check(code)})
