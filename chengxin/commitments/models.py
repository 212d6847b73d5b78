"""Commitments: templates that two people publish, what makers signed, what the facts show by day, alleged breaches and what became of them.

A signed commitment, its end and every step are written once; the database refuses to change them. `Measured` is remade for late reports;
its maker and officers see it, the public never.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Proposal, Record
from chengxin.subjects.models import Subject

PROPOSED, PUBLISHED, REFUSED, ENDED = TEMPLATE_STATES = ("PROPOSED", "PUBLISHED", "REFUSED", "ENDED")
CODE, SCAN = METHODS = ("code", "scan")
ALLEGED, NOTICED, STATEMENT, CONCLUDED, CONFIRMED, CLEARED, RECORDED, REPAIRING, REPAIRED = BREACH_STATES = (
    "ALLEGED",
    "NOTICED",
    "STATEMENT",
    "CONCLUDED",
    "CONFIRMED",
    "CLEARED",
    "RECORDED",
    "REPAIRING",
    "REPAIRED",
)
OPEN = (ALLEGED, NOTICED, STATEMENT, CONCLUDED, CONFIRMED)
STANDING = (RECORDED, REPAIRING)
BY_FACTS, BY_PERSON = SOURCES = ("facts", "person")
DEFENCE = {"purpose": "信用承诺违约认定", "basis": "plan2017.9", "term": "RETAIN_TRADE"}


class Template(models.Model):
    """One version of a letter as a department offers it: `content` is frozen, `sha256` is of it in canonical JSON."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    letter = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    type = models.CharField(max_length=2, help_text="code list commitment_type")
    department = models.CharField(max_length=24)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=PROPOSED)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["letter", "-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TEMPLATE_STATES), name="commitment_template_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="commitment_template_two_people"),
            models.CheckConstraint(condition=Q(state=PROPOSED) | ~Q(decided_by=""), name="commitment_template_decided_by_somebody"),
            models.UniqueConstraint(
                fields=["letter", "department"], condition=Q(state=PUBLISHED), name="one_published_template_of_a_letter"
            ),
            models.UniqueConstraint(fields=["letter", "department"], condition=Q(state=PROPOSED), name="one_waiting_template_of_a_letter"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> dict[str, str]:
        title: dict[str, str] = self.content["title"]
        return title

    @property
    def page_url(self) -> str:
        return reverse("commitments:template", args=[self.number])


class Commitment(models.Model):
    """What a maker signed. `content`: the letter's parts and the chosen clauses, as they are public; `sha256`, of it in canonical JSON, is
    what was signed. `valid_until` is the last day, included."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=19, unique=True, help_text="printed on the paper")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="commitments")
    letter = models.CharField(max_length=40)
    type = models.CharField(max_length=2)
    department = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="commitments")
    content = models.JSONField()
    clauses = models.JSONField(help_text="clause → the number chosen, or null")
    sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=4)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    exhibit = models.UUIDField(null=True, blank=True)
    document = models.UUIDField()
    document_number = models.CharField(max_length=100)
    signed_by = models.CharField(max_length=80)
    signed_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    renews = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewal")
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-signed_at"]
        indexes = [
            models.Index(fields=["letter", "valid_until"], name="commitment_in_force"),
            models.Index(fields=["subject", "letter"], name="commitment_of_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=METHODS), name="commitment_method"),
            models.CheckConstraint(
                condition=~Q(method=SCAN) | (~Q(scan_sha256="") & Q(exhibit__isnull=False)), name="commitment_scan_kept"
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="commitment_dates"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> dict[str, str]:
        title: dict[str, str] = self.content["title"]
        return title

    def runs_on(self, day: date) -> bool:
        """Whether it is in force on a day; `end` has to be loaded."""
        end: CommitmentEnd | None = getattr(self, "end", None)
        return self.valid_from <= day <= self.valid_until and (end is None or day < end.on)

    @property
    def page_url(self) -> str:
        return reverse("commitments:commitment", args=[self.number])

    @property
    def public_url(self) -> str:
        return reverse("commitments:public", args=[self.number])


class CommitmentEnd(models.Model):
    """Why a commitment ended before its last day: its maker withdrew it, or the department found that it was not signed as it says."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    commitment = models.OneToOneField(Commitment, on_delete=models.PROTECT, related_name="end")
    why = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    on = models.DateField(help_text="the first day on which it is not in force")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(why__in=["withdrawn", "void"]), name="commitment_end_why")]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.why}"


class Measured(models.Model):
    """One clause of one commitment on one day at one place (platform, or courier firm): obligations that fell due, kept, broken.

    `facts`: ids of broken ones, as evidence."""

    id = models.BigAutoField(primary_key=True)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="measured")
    clause = models.CharField(max_length=40)
    place = models.CharField(max_length=40)
    day = models.DateField()
    tested = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    facts = models.JSONField(default=list)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "clause", "place", "day"], name="one_measurement_a_day"),
            models.CheckConstraint(condition=Q(tested=F("kept") + F("broken")), name="measurement_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.clause} {self.day}"


class Measuring(models.Model):
    """A run of the measurement: up to which day, over which files, and what it found."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    since = models.DateField()
    until = models.DateField()
    commitments = models.PositiveIntegerField()
    tested = models.PositiveBigIntegerField()
    broken = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64, help_text="SHA-256 over the snapshots that were read")
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"


class Breach(models.Model):
    """An alleged breach and what people found. Raised by the facts it is a clue for a person: only the desk sees it before the notice.

    `found`: since, until, tested, broken, facts, kind. `conclusion` is "confirm" or "clear", proposed by one person, decided by another.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="breaches")
    clause = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=8)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=ALLEGED)
    found = models.JSONField(default=dict)
    facts = models.CharField(max_length=500)
    raised_by = models.CharField(max_length=80)
    raised_by_name = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    clock = models.CharField(max_length=24, blank=True)
    due_on = models.DateField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    notice = models.UUIDField(null=True, blank=True)
    notice_number = models.CharField(max_length=100, blank=True)
    statement = EncryptedTextField(blank=True, default="", **DEFENCE)
    stated_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.CharField(max_length=8, blank=True)
    reasons = EncryptedTextField(blank=True, default="", **DEFENCE)
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    proposed_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    proposal = models.OneToOneField(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    record = models.OneToOneField(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    repair = EncryptedTextField(blank=True, default="", **DEFENCE)
    withdrawal = models.OneToOneField(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "-raised_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BREACH_STATES) & Q(source__in=SOURCES), name="breach_state"),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")), name="breach_two_people"),
            models.CheckConstraint(
                condition=~Q(state__in=[RECORDED, REPAIRING, REPAIRED]) | Q(record__isnull=False), name="breach_recorded"
            ),
            models.CheckConstraint(condition=~Q(state__in=[CONFIRMED, *STANDING]) | ~Q(decided_by=""), name="breach_found_by_two_people"),
            models.UniqueConstraint(fields=["commitment", "clause"], condition=Q(state__in=OPEN), name="one_open_breach_of_a_clause"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("commitments:breach", args=[self.number])


class Step(models.Model):
    """One step of a breach, in order."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["breach", "place"], name="one_breach_step_per_place")]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.action}"


class Bar(models.Model):
    """That a subject is on an official list, as the lists told it: remembered, since they are a room above. Ended when removed."""

    entry = models.UUIDField(primary_key=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind}"


class Reminder(models.Model):
    """A reminder of a commitment's last day that was due and given once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="reminders")
    days_before = models.IntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [models.UniqueConstraint(fields=["commitment", "days_before"], name="one_commitment_reminder")]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.days_before}"


rows.bind(Commitment, CommitmentEnd, Measuring, Step)
protection.keep(commitments_commitment='"id"', commitments_commitmentend='"id"', commitments_measuring='"id"', commitments_step='"id"')
