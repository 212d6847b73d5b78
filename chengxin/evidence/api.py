"""Evidence for programs: the exhibits of a matter with their hashes, for its officers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.accounts import access
from chengxin.documents.access import parsed
from chengxin.evidence import queries
from chengxin.evidence.access import DESK

router = Router()
NAMES = ("number", "kind", "title", "department", "matter", "content_type", "size", "sha256", "kept_at", "leaf")


class ExhibitOut(Schema):
    """An exhibit of a matter. `leaf`: the log entry whose time is the trusted one; the file is had on its page, with a purpose."""

    id: str
    number: str
    kind: str
    title: str
    department: str
    matter: str
    content_type: str
    size: int
    sha256: str
    kept_at: datetime
    leaf: int


@router.get("/evidence/of/{matter}", response=list[ExhibitOut], auth=access.session_auth(DESK), summary="The exhibits of a matter")
def exhibits_of_matter(request: HttpRequest, matter: str) -> list[dict[str, Any]]:
    """matter: "<room>.<kind>:<uuid>". Newest first; 404 when the matter is not the caller's."""
    found = queries.of(access.actor_of(request), parsed(matter))
    return [{**{name: getattr(one, name) for name in NAMES}, "id": str(one.pk)} for one in found]
