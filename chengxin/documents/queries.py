"""What may be asked of papers: those of a matter, and by its code whether one is genuine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import official
from chengxin.documents.access import check_matter, split
from chengxin.documents.models import CONFIRMED, Document, Redaction

CODE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")
GENUINE, REVOKED, SUPERSEDED = STATES = ("genuine", "revoked", "superseded")


@dataclass(frozen=True)
class Checked:
    """What the holder of a paper learns by its code: nothing of what stands in it."""

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


def check(code: str) -> Checked | None:
    """The paper of a code; None when there is none."""
    if not CODE.fullmatch(code):
        return None
    version = Redaction.objects.filter(code=code, state=CONFIRMED).select_related("document__end__successor").first()
    found = version.document if version else Document.objects.filter(code=code).select_related("end__successor").first()
    if found is None:
        return None
    end = getattr(found, "end", None)
    return Checked(
        state=end.why if end else GENUINE,
        title=found.title,
        number=found.number,
        authority=official.authority(found.department, found.made_on),
        made_on=found.made_on,
        public_version=version is not None,
        sha256=version.sha256 if version else found.sha256,
        leaf=(version.leaf if version else None) or found.leaf,
        ended_on=end.at.date() if end else None,
        successor=end.successor.number if end and end.successor else "",
    )


def of_matter(actor: Actor, matter: str) -> QuerySet[Document]:
    """The papers of one matter, newest first. Raises NotFound when the matter is not the actor's."""
    check_matter(actor, matter)
    kind, id = split(matter)
    return access.all(actor, Document).filter(matter_kind=kind, matter_id=id).select_related("end__successor")
