"""The credit file: records that are never edited, what ended them, what two people propose and confirm, objections, reports.

A record's row and its end are written once; the database refuses to change or delete them (migration 0001, chengxin.audit.protection).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.catalogue import BAD, KINDS, ORIGINS
from chengxin.subjects.models import Subject

WAITING, CONFIRMED, REFUSED = PROPOSAL_STATES = ("WAITING", "CONFIRMED", "REFUSED")
RAISED, ACCEPTED, UPHELD, REJECTED, DROPPED = OBJECTION_STATES = ("RAISED", "ACCEPTED", "UPHELD", "REJECTED", "DROPPED")
OPEN_OBJECTIONS = (RAISED, ACCEPTED)
CORRECTION = {"purpose": "异议处理", "basis": "pipl.46", "term": "PIA_KEEP"}


class Record(models.Model):
    """One fact on a subject's file, as two named people put it there.

    Bitemporal: true from `valid_from` to `valid_until` (both included, None = open), known from `known_from` until its end's `at`.
    `department` entered it, `maker` made the decision; `published_on` is None when the law of `decided_on` has nothing published.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="records")
    item = models.CharField(max_length=20)
    kind = models.CharField(max_length=8)
    origin = models.CharField(max_length=1)
    level = models.CharField(max_length=8, blank=True)
    term = models.CharField(max_length=20, blank=True, help_text="publicity term of the law, law/publicity.yaml")
    summary = models.CharField(max_length=500)
    behaviour = models.CharField(max_length=4, blank=True)
    penalty_kind = models.CharField(max_length=2, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    department = models.CharField(max_length=24)
    maker = models.CharField(max_length=100)
    basis = models.CharField(max_length=300)
    document_number = models.CharField(max_length=100)
    document_hash = models.CharField(max_length=64, help_text="SHA-256 of the decision's file")
    decided_on = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    known_from = models.DateTimeField()
    supersedes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor")
    entered_by = models.CharField(max_length=80)
    entered_by_name = models.CharField(max_length=80)
    confirmed_by = models.CharField(max_length=80)
    confirmed_by_name = models.CharField(max_length=80)
    leaf = models.BigIntegerField(help_text="number of the log entry that recorded it")

    class Meta:
        ordering = ["-decided_on", "-number"]
        indexes = [models.Index(fields=["subject", "known_from"], name="record_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS) & Q(origin__in=ORIGINS), name="record_kind"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="record_dates"),
            models.CheckConstraint(condition=~Q(entered_by=F("confirmed_by")), name="record_two_people"),
            models.CheckConstraint(
                condition=~Q(kind=BAD) | Q(published_on__isnull=True) | ~Q(term=""), name="record_bad_is_public_by_a_term_only"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("records:record", args=[self.number])


class RecordEnd(models.Model):
    """Why a record holds no longer: another one took its place, or it was withdrawn. Nothing else ends what is known."""

    class Why(models.TextChoices):
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="end")
    why = models.CharField(max_length=10, choices=Why.choices)
    reason = models.CharField(max_length=500)
    document_number = models.CharField(max_length=100, blank=True)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    confirmed_by = models.CharField(max_length=80)
    confirmed_by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(proposed_by=F("confirmed_by")), name="record_end_two_people")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.why}"


class Proposal(models.Model):
    """What one officer asks another to confirm: a new record, one in place of another, or a withdrawal. `content` is the checked form."""

    class Act(models.TextChoices):
        ENTER = "enter", _("New record")
        SUPERSEDE = "supersede", _("Corrected record")
        WITHDRAW = "withdraw", _("Withdrawal")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    act = models.CharField(max_length=10, choices=Act.choices)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=20)
    content = models.JSONField(default=dict)
    target = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals")
    reason = models.CharField(max_length=500, blank=True)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=WAITING)
    key = models.CharField(max_length=64, unique=True, help_text="the same act sent again is the same proposal")
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True, default="")
    made = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PROPOSAL_STATES), name="proposal_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="proposal_two_people"),
            models.CheckConstraint(
                condition=(Q(state=WAITING) & Q(decided_by="")) | (~Q(state=WAITING) & ~Q(decided_by="")),
                name="proposal_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["target"], condition=Q(state=WAITING, target__isnull=False), name="one_waiting_change_per_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.item}"

    @property
    def page_url(self) -> str:
        return reverse("records:proposal", args=[self.pk])


class Objection(models.Model):
    """A subject says that a record is wrong, not theirs, or should not be public. From the first minute on the record is flagged."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="objections")
    workflow = models.CharField(max_length=40)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=RAISED)
    statement = EncryptedTextField(**CORRECTION)
    raised_by = models.CharField(max_length=80)
    raised_by_name = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    clock = models.CharField(max_length=24)
    due_on = models.DateField()
    answer = EncryptedTextField(blank=True, default="", **CORRECTION)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "raised_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OBJECTION_STATES), name="objection_state"),
            models.UniqueConstraint(fields=["record"], condition=Q(state__in=OPEN_OBJECTIONS), name="one_open_objection_per_record"),
            models.CheckConstraint(
                condition=~Q(state__in=[UPHELD, REJECTED]) | (~Q(decided_by="") & ~Q(answer="")), name="objection_decided_with_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_OBJECTIONS

    @property
    def page_url(self) -> str:
        return reverse("records:objection", args=[self.pk])


class CreditReport(models.Model):
    """A report that was handed out: for whom, what for, of which days, and the SHA-256 of the signed PDF. The file itself is not kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=19, unique=True, help_text="printed on it; who has the report can ask whether it is genuine")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reports")
    purpose = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=80)
    true_on = models.DateField()
    known_on = models.DateField()
    records = models.JSONField(help_text="numbers of the records in it")
    sha256 = models.CharField(max_length=64)
    leaf = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.number


rows.bind(Record, RecordEnd)
protection.keep(records_record='"id"', records_recordend='"id"')
