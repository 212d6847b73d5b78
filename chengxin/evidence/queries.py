"""What may be asked of evidence."""

from __future__ import annotations

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents.access import check_matter, split
from chengxin.evidence.models import Custody, Exhibit


def of(actor: Actor, matter: str) -> QuerySet[Exhibit]:
    """The exhibits of one matter, newest first. Raises NotFound when the matter is not the actor's."""
    check_matter(actor, matter)
    kind, id = split(matter)
    return access.all(actor, Exhibit).filter(matter_kind=kind, matter_id=id)


def holder(exhibit: Exhibit) -> Custody:
    """The newest link of the chain: who holds it now."""
    return exhibit.custody.latest("place")
