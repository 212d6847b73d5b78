"""Official papers for programs: the check of a code by anybody, and the papers of a matter for its officers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.accounts import access
from chengxin.documents import queries
from chengxin.documents.access import DESK, parsed
from chengxin.documents.models import Document
from chengxin.kernel.errors import NotFound

router = Router()


class CheckedPaperOut(Schema):
    """That a paper is genuine. state: genuine, revoked, or superseded (by `successor`); `public_version`: the code is of its version for
    publication."""

    state: str
    title: str
    number: str
    authority: str
    made_on: date
    public_version: bool
    sha256: str
    leaf: int
    ended_on: date | None
    successor: str


class PaperOut(Schema):
    """A paper of a matter; its file is had on its page, with a purpose."""

    id: str
    form: str
    title: str
    number: str
    department: str
    matter: str
    code: str
    sha256: str
    made_on: date
    made_at: datetime
    state: str
    leaf: int


@router.get("/documents/verify/{code}", response=CheckedPaperOut, auth=None, summary="Is an official paper genuine?")
@access.open_to_all
def check_document(request: HttpRequest, code: str) -> dict[str, Any]:
    """What the holder of a paper may learn by the code printed on it; nothing of what stands in it."""
    found = queries.check(code.strip().upper())
    if found is None:
        raise NotFound
    return vars(found)


@router.get("/documents/of/{matter}", response=list[PaperOut], auth=access.session_auth(DESK), summary="The papers of a matter")
def papers_of_matter(request: HttpRequest, matter: str) -> list[dict[str, Any]]:
    """matter: "<room>.<kind>:<uuid>". Newest first; 404 when the matter is not the caller's."""
    return [_out(one) for one in queries.of_matter(access.actor_of(request), parsed(matter))]


def _out(one: Document) -> dict[str, Any]:
    names = ("form", "title", "number", "department", "matter", "code", "sha256", "made_on", "made_at", "leaf")
    end = getattr(one, "end", None)
    return {**{name: getattr(one, name) for name in names}, "id": str(one.pk), "state": end.why if end else queries.GENUINE}
