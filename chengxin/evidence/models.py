"""Exhibits and who has had them: written once, never edited; the database refuses the rest (migration 0001, audit.protection)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.documents.models import PAPER, Document
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField


class Exhibit(models.Model):
    """One piece of evidence. `kind` is a code of evidence_kind (apl.46); `leaf` is the log entry whose time is the trusted one.

    `manifest` lists what is inside a web capture, each record's hash chained to the one before; empty for other files.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=2)
    title = models.CharField(max_length=200)
    department = models.CharField(max_length=24)
    matter_kind = models.CharField(max_length=40)
    matter_id = models.UUIDField()
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    about = EncryptedTextField(help_text="where, when, from whom, how: JSON", **PAPER)
    manifest = models.JSONField(default=list, blank=True)
    kept_by = models.CharField(max_length=80)
    kept_by_name = models.CharField(max_length=80)
    kept_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-kept_at", "-number"]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="exhibit_of_matter")]

    def __str__(self) -> str:
        return self.number

    @property
    def matter(self) -> str:
        """ "cases.case:<uuid>": whose evidence it is."""
        return f"{self.matter_kind}:{self.matter_id}"

    @property
    def page_url(self) -> str:
        return reverse("evidence:exhibit", args=[self.pk])


class Custody(models.Model):
    """A link of an exhibit's chain: who had it, who has it now, why. `hash` covers the row and the hash before it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="custody")
    place = models.PositiveIntegerField(help_text="1 for the taking, then one by one")
    from_actor = models.CharField(max_length=80, blank=True)
    from_name = models.CharField(max_length=80, blank=True)
    to_actor = models.CharField(max_length=80)
    to_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    seal = models.CharField(max_length=100, blank=True, help_text="number and state of the seal, for a thing")
    at = models.DateTimeField()
    hash = models.CharField(max_length=64)
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["exhibit", "place"]
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "place"], name="custody_one_link_a_place"),
            models.CheckConstraint(
                condition=Q(place=1, from_actor="") | (Q(place__gt=1) & ~Q(from_actor="")), name="custody_from_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.place}"


class ExhibitPaper(models.Model):
    """An official paper that speaks of an exhibit: the record of its extraction, the record of sampling."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="papers")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibit", "document"], name="exhibit_paper_once")]

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.document_id}"


rows.bind_keyed(Exhibit, Custody, ExhibitPaper)
protection.keep(evidence_exhibit='"id"', evidence_custody='"id"', evidence_exhibitpaper='"id"')
