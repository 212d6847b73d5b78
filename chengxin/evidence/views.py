"""Pages of evidence: the exhibits of a matter, one exhibit with its custody, its file."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.evidence import actions, queries
from chengxin.evidence.access import DESK
from chengxin.evidence.models import Exhibit
from chengxin.kernel.errors import NotFound


@access.open_to(*DESK)
def of_matter(request: HttpRequest, matter: str) -> HttpResponse:
    """Every exhibit of one matter."""
    try:
        found = queries.of(access.actor_of(request), matter)
    except ValueError as cause:  # not the shape of a matter
        raise NotFound from cause
    return render(request, "evidence/matter.html", {"exhibits": found, "matter": matter})


@access.open_to(*DESK)
def exhibit(request: HttpRequest, pk: str) -> HttpResponse:
    """One exhibit: hash, trusted time, custody."""
    found = access.get(access.actor_of(request), Exhibit, pk=pk)
    return render(request, "evidence/exhibit.html", {"exhibit": found, "custody": found.custody.all()})


@access.open_to(*DESK)
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """The file as it was taken, always as a download; only with a purpose, and the reading is logged."""
    actor = access.actor_of(request)
    access.get(actor, Exhibit, pk=pk)
    found, data = actions.read(actor, pk, str(access.purpose(request)))
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.number)}"
    return answer
