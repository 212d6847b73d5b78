"""Which entries of the register are one subject, by the judgements that stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.kernel import search
from chengxin.subjects.models import IndexedName, Joining, Subject
from chengxin.subjects.models.same import ONE, SPLIT

CANDIDATES = 20


def family(*subjects: UUID, known: datetime | None = None) -> frozenset[UUID]:
    """These entries and all that are one with any of them, as known at an instant (now). One query for most, one more a step of a chain."""
    standing = _standing(known)
    found, fresh = set(subjects), set(subjects)
    while fresh:
        pairs = standing.filter(Q(kept__in=fresh) | Q(other__in=fresh)).values_list("kept", "other")
        fresh = {key for pair in pairs for key in pair} - found
        found |= fresh
    return frozenset(found)


def _standing(known: datetime | None) -> QuerySet[Joining]:
    if known is None:
        return Joining.objects.filter(state__in=ONE)
    return Joining.objects.filter(Q(split_at__isnull=True) | Q(split_at__gt=known), state__in=(*ONE, SPLIT), decided_at__lte=known)


def families(subjects: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """`family` of each of many entries; one query when none of them was judged to be one with another."""
    keys = set(subjects)
    pairs = Joining.objects.filter(Q(kept__in=keys) | Q(other__in=keys), state__in=ONE).values_list("kept", "other")
    joined = {key for pair in pairs for key in pair}
    return {key: family(key) if key in joined else frozenset({key}) for key in keys}


def kept_of(subject: UUID) -> UUID:
    """The entry under which a subject is shown: itself, unless it was judged to be the same as another."""
    seen = {subject}
    while kept := Joining.objects.filter(other=subject, state__in=ONE).values_list("kept", flat=True).first():
        if kept in seen:
            return min(seen)  # a ring cannot be made (actions.joining); if it were there, everybody ends at the same entry
        seen.add(kept)
        subject = kept
    return subject


def candidates(subject: Subject) -> list[Subject]:
    """Entries that bear the same public name, present or earlier: for a person to compare, never joined by themselves."""
    if subject.is_natural:
        return []
    names = IndexedName.objects.filter(text=search.normal(subject.name), subject__isnull=False).values("subject")
    return list(Subject.objects.filter(pk__in=names).exclude(pk__in=family(subject.pk)).order_by("name", "pk")[:CANDIDATES])


def of_subject(subject: Subject) -> Iterable[Joining]:
    """Every judgement about an entry, newest first."""
    return Joining.objects.filter(Q(kept=subject) | Q(other=subject)).select_related("kept", "other")
