"""Whose papers are whose. A paper belongs to a matter (a case, a task, a list entry); the matter's own room says who may read it.

    @documents.access.matter("cases.case")
    def readers(actor, ids):
        return access.all(actor, Case).filter(pk__in=ids).values("pk")

`ids` comes as a queryset of ids; a queryset that comes back stays one SQL statement. A kind that nobody registered is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents.models import Document, Redaction, Service
from chengxin.kernel.errors import NotFound

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant", "courier_staff", "payment_staff")


class Readers(Protocol):
    """From ids of a kind of matter to those that are the actor's."""

    def __call__(self, actor: Actor, ids: Any) -> Iterable[Any]: ...


_matters: dict[str, Readers] = {}


def matter(kind: str) -> Callable[[Readers], Readers]:
    """Register whose matters of a kind are whose. LookupError when the kind has another rule already."""

    def register(readers: Readers) -> Readers:
        known = _matters.get(kind)
        if known is not None and _name(known) != _name(readers):
            raise LookupError(f"matters {kind} have readers already")
        _matters[kind] = readers
        return readers

    return register


def _name(readers: Any) -> str:
    return f"{readers.__module__}.{readers.__qualname__}"


def split(matter: str) -> tuple[str, UUID]:
    """("cases.case", id) of "cases.case:<uuid>". ValueError for another shape: a programming error."""
    kind, _, id = matter.partition(":")
    return kind, UUID(id)


def parsed(text: str) -> str:
    """A matter as an address gives it. Raises NotFound when it has not the shape of one."""
    try:
        kind, id = split(text)
    except ValueError as cause:
        raise NotFound from cause
    return f"{kind}:{id}"


def of_matters(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with `matter_kind` and `matter_id` whose matter is the actor's; used for papers and for evidence."""
    if actor.is_system:
        return queryset
    mine = Q(pk__in=[])
    for kind, readers in _matters.items():
        ids = queryset.filter(matter_kind=kind).order_by().values_list("matter_id", flat=True)
        mine |= Q(matter_kind=kind, matter_id__in=readers(actor, ids))
    return queryset.filter(mine)


def check_matter(actor: Actor, matter: str) -> None:
    """NotFound unless the matter is the actor's."""
    kind, id = split(matter)
    readers = _matters.get(kind)
    found = [] if readers is None else [str(getattr(one, "pk", one)) for one in _plain(readers(actor, [id]))]
    if not actor.is_system and str(id) not in found:
        raise NotFound


def _plain(found: Iterable[Any]) -> Iterable[Any]:
    """The ids themselves, also when a queryset of `values("pk")` came back."""
    return (next(iter(one.values())) if isinstance(one, dict) else one for one in found)


# Forms that are made to be given to the party at once; others are the party's once a record says that they were served.
GIVEN = (
    "penalty_37",
    "penalty_39",
    "penalty_46",
    "list_notice",
    "list_decision",
    "removal_notice",
    "repair_decision",
    "ban_decision",
    "ban_end",
)
_parties: dict[str, Readers] = {}


def party(kind: str) -> Callable[[Readers], Readers]:
    """Register who the party of a kind of matter is: from ids to those in which the actor's own subject is the party."""

    def register(readers: Readers) -> Readers:
        _parties[kind] = readers
        return readers

    return register


def of_party(actor: Actor) -> QuerySet[Document]:
    """The papers that were given to the actor's own subjects; what is not yet served is not among them."""
    rows = Document.objects.filter(Q(form__in=GIVEN) | Q(pk__in=Service.objects.values("document")))
    mine = Q(pk__in=[])
    for kind, readers in _parties.items():
        ids = rows.filter(matter_kind=kind).order_by().values_list("matter_id", flat=True)
        mine |= Q(matter_kind=kind, matter_id__in=readers(actor, ids))
    return rows.filter(mine)


@access.scope(Document)
def documents(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return of_matters(actor, queryset)


@access.scope(Redaction)
def redactions(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(document__in=access.all(actor, Document))
