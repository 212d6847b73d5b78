"""What may be asked of the groups: which there are, who is in one, and what each complaint says beyond the common words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Count, Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.consumers.models import Complaint
from chengxin.consumers.models.complaints import WAITING
from chengxin.consumers.triage.models import Group, Look

SHORTEST = 3  # letters of a run that counts as common: fewer agree by chance


@dataclass(frozen=True)
class Row:
    """A complaint with its words in order, each part common to the pattern or its own."""

    complaint: Complaint
    parts: tuple[tuple[str, bool], ...]
    waiting: bool


def groups(actor: Actor) -> QuerySet[Group]:
    """The actor's groups; `waiting`: how many of a group still wait for a decision."""
    waiting = Count("alike", filter=Q(alike__complaint__state__in=WAITING))
    return access.all(actor, Group).select_related("look", "pattern").annotate(waiting=waiting)


def looks(actor: Actor) -> QuerySet[Look]:
    return Look.objects.filter(pk__in=access.all(actor, Group).values("look"))


def members(actor: Actor, group: Group) -> QuerySet[Complaint]:
    """The complaints of a group that are the actor's, by arrival."""
    mine = access.all(actor, Complaint).filter(pk__in=group.alike.values("complaint"))
    return mine.order_by("received_at", "number")


def rows(pattern: str, complaints: Iterable[Complaint]) -> list[Row]:
    """What each says beyond the pattern, so that no word goes unread."""
    return [Row(one, tuple(parts(pattern, str(one.text))), one.state in WAITING) for one in complaints]


def parts(pattern: str, text: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it is the text's own) in order; the pieces are the whole text."""
    at = 0
    for block in SequenceMatcher(None, pattern, text, autojunk=False).get_matching_blocks():
        if block.size < SHORTEST:
            continue
        if block.b > at:
            yield text[at : block.b], True
        yield text[block.b : block.b + block.size], False
        at = block.b + block.size
    if at < len(text):
        yield text[at:], True
