"""What may stand on a subject's public page at all: one question looks for any row of it in the table of each section.

Whether such a row is public today is not asked here, so nothing of this can be out of date. Most subjects have none but register facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from chengxin.commitments.models import Commitment
from chengxin.consumers.models import Complaint
from chengxin.evaluation.models import Snapshot
from chengxin.kernel.prepared import Prepared
from chengxin.lists.models import ListEntry, RedEntry
from chengxin.marks.models import Mark, PermitLink
from chengxin.records.models import Record
from chengxin.subjects.models import Joining, Licence, Platform, SelfDeclaration, Shop, Subject
from chengxin.subjects.models.parties import NATURAL_KINDS
from chengxin.subjects.queries.bare import SubjectRow, bare_card
from chengxin.subjects.queries.card import PublicCard

ME = OuterRef("pk")
# The sections of a public page besides the card, and where their rows are. A gate compares these tables with all that a page reads.
ELSEWHERE: dict[str, tuple[QuerySet[Any], ...]] = {
    "joined": (Joining.objects.filter(kept=ME), Joining.objects.filter(other=ME)),
    "declared": (SelfDeclaration.objects.filter(shop__subject=ME),),
    "records": (Record.objects.filter(subject=ME),),
    "official": (ListEntry.objects.filter(subject=ME),),
    "red": (RedEntry.objects.filter(subject=ME),),
    "marks": (Mark.objects.filter(subject=ME),),
    "links": (PermitLink.objects.filter(licence__subject=ME),),
    "scores": (Snapshot.objects.filter(shop__subject=ME),),
    "commitments": (Commitment.objects.filter(subject=ME),),
    "complaints": (Complaint.objects.filter(shop__subject=ME),),
    "platforms": (Platform.objects.filter(subject=ME),),
}
OWN = {"shops": (Shop.objects.filter(subject=ME),), "licences": (Licence.objects.filter(subject=ME),)}


def _question(key: UUID) -> QuerySet[Any, Any]:
    there = {f"{name}_{n}": Exists(one.order_by()) for name, rows in (OWN | ELSEWHERE).items() for n, one in enumerate(rows)}
    return Subject.objects.filter(pk=key).order_by().annotate(**there).values_list(*SubjectRow._fields, *there)


SUBJECT = Prepared(_question)
COLUMNS = len(SubjectRow._fields)


def _there(row: tuple[Any, ...]) -> frozenset[str]:
    names = [name for name, rows in (OWN | ELSEWHERE).items() for _ in rows]
    return frozenset(name for name, there in zip(names, row[COLUMNS:], strict=True) if there)


def present(entries: Iterable[UUID]) -> frozenset[str]:
    """The sections in which anything of these entries may stand; of the others no table needs to be asked."""
    return frozenset(name for key in entries for row in SUBJECT.rows(key) for name in _there(row))


def card(key: UUID) -> PublicCard | None:
    """The whole of what is public of a subject, when that is its card alone; None for any other, for a person and for an unknown one."""
    for row in SUBJECT.rows(key):
        subject, there = SubjectRow(*row[:COLUMNS]), _there(row)
        if subject.kind not in NATURAL_KINDS and there <= OWN.keys():
            return bare_card(key, subject, "shops" in there, "licences" in there)
    return None
