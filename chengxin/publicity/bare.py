"""Subjects of whom nothing but register facts is public. One question says so: no row about them in any table of the other sections.

Whether such a row is public today is not asked here. With any row at all the ordinary road is taken, so nothing here can be out of date.
"""

from __future__ import annotations

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
# What takes a subject off the quick road. A gate compares these tables with all that a public page reads.
ELSEWHERE = (
    Joining.objects.filter(kept=ME),
    Joining.objects.filter(other=ME),
    Record.objects.filter(subject=ME),
    ListEntry.objects.filter(subject=ME),
    RedEntry.objects.filter(subject=ME),
    Commitment.objects.filter(subject=ME),
    Mark.objects.filter(subject=ME),
    Platform.objects.filter(subject=ME),
    PermitLink.objects.filter(licence__subject=ME),
    SelfDeclaration.objects.filter(shop__subject=ME),
    Snapshot.objects.filter(shop__subject=ME),
    Complaint.objects.filter(shop__subject=ME),
)
OWN = (Shop.objects.filter(subject=ME), Licence.objects.filter(subject=ME))


def _question(key: UUID) -> QuerySet[Any, Any]:
    there = {f"has_{number}": Exists(rows.order_by()) for number, rows in enumerate((*OWN, *ELSEWHERE))}
    return (
        Subject.objects.filter(pk=key).exclude(kind__in=NATURAL_KINDS).order_by().annotate(**there).values_list(*SubjectRow._fields, *there)
    )


SUBJECT = Prepared(_question)


def card(key: UUID) -> PublicCard | None:
    """The whole of what is public of a subject, when that is its card alone; None for any other and for an unknown one."""
    found = SUBJECT.rows(key)
    columns = len(SubjectRow._fields)
    if not found or any(found[0][columns + len(OWN) :]):
        return None
    shops, licences = found[0][columns : columns + len(OWN)]
    return bare_card(key, SubjectRow(*found[0][:columns]), shops, licences)
