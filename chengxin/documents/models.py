"""Official papers: each numbered once, kept encrypted, never edited; what ended one, who it was served on, and its version for publication.

A paper's row, its end and its service are written once; the database refuses to change or delete them (migration 0001, audit.protection).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.audit import protection
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

PAPER = {"purpose": "执法办案和归档", "basis": "行政处罚法第四十七条（全过程记录）", "term": "as long as the archive of the matter"}


class Document(models.Model):
    """One paper as it was issued. `sha256` is of the whole file as handed out; its signed receipt names the SHA-256 of the PDF inside."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    form = models.CharField(max_length=24)
    title = models.CharField(max_length=100)
    number = models.CharField(max_length=60, unique=True)
    department = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    matter_kind = models.CharField(max_length=40)
    matter_id = models.UUIDField()
    code = models.CharField(max_length=19, unique=True, help_text="printed on it; who has the paper can ask whether it is genuine")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    values = EncryptedTextField(help_text="what was filled in, as JSON", **PAPER)
    made_on = models.DateField(help_text="the day the paper bears")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    leaf = models.BigIntegerField(help_text="number of the log entry that recorded it")

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="document_of_matter")]
        constraints = [
            models.UniqueConstraint(fields=["department", "form", "year", "sequence"], name="document_numbers_in_a_row"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="document_numbers_begin_at_one"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def matter(self) -> str:
        """ "cases.case:<uuid>": whose paper it is."""
        return f"{self.matter_kind}:{self.matter_id}"

    @property
    def page_url(self) -> str:
        return reverse("documents:document", args=[self.pk])


class DocumentEnd(models.Model):
    """Why a paper holds no longer: revoked, or another one took its place."""

    class Why(models.TextChoices):
        REVOKED = "revoked", _("Revoked")
        SUPERSEDED = "superseded", _("Superseded")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="end")
    why = models.CharField(max_length=10, choices=Why.choices)
    reason = models.CharField(max_length=500)
    successor = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why="revoked", successor__isnull=True) | Q(why="superseded", successor__isnull=False), name="document_end_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.why}"


protection.keep(documents_document='"id"', documents_documentend='"id"')
