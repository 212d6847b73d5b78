"""Official papers: each numbered once, kept encrypted, never edited; what ended one, who it was served on, and its version for publication.

A paper's row, its end and its service are written once; the database refuses to change or delete them (migration 0001, audit.protection).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

WAITING, CONFIRMED, REFUSED = REDACTION_STATES = ("WAITING", "CONFIRMED", "REFUSED")
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

    @property
    def own_url(self) -> str:
        """Where the party it was given to reads it."""
        return reverse("documents:my_file", args=[self.pk])


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


class Service(models.Model):
    """That a paper was served, by the record of service (form 50) that says how."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="services")
    record = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="serves")
    how = models.CharField(max_length=12)
    served_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["served_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(document=F("record")), name="service_by_another_paper"),
            models.UniqueConstraint(fields=["document", "record"], name="service_once_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.how}"


class Redaction(models.Model):
    """A paper's version for publication: one person looks through what the detector found, another confirms, only then does it exist."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="redactions")
    state = models.CharField(max_length=10, default=WAITING)
    content = EncryptedTextField(help_text="what is struck out and what is left in, as JSON", **PAPER)
    prepared_by = models.CharField(max_length=80)
    prepared_by_name = models.CharField(max_length=80)
    prepared_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    code = models.CharField(max_length=19, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    leaf = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-prepared_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REDACTION_STATES), name="redaction_state"),
            models.CheckConstraint(condition=~Q(prepared_by=F("decided_by")), name="redaction_two_people"),
            models.CheckConstraint(
                condition=~Q(state=CONFIRMED) | (~Q(decided_by="") & ~Q(sha256="") & ~Q(code="")), name="redaction_confirmed"
            ),
            models.UniqueConstraint(fields=["document"], condition=Q(state=WAITING), name="one_waiting_redaction_per_document"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="redaction_code"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("documents:redaction", args=[self.pk])


rows.bind_keyed(Document, DocumentEnd, Service)
protection.keep(documents_document='"id"', documents_documentend='"id"', documents_service='"id"')
