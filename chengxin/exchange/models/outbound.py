"""What goes out: one row is one version of one fact, a batch is what a department approves at once, a transmission is one file."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.subjects.models import Subject

PUT, WITHDRAW = ACTS = ("put", "withdraw")
WAITING, FAULTY, PACKED, SENT, ACCEPTED, REJECTED, REPLACED = ROW_STATES = (
    "WAITING",
    "FAULTY",
    "PACKED",
    "SENT",
    "ACCEPTED",
    "REJECTED",
    "REPLACED",
)
COLLECTED, VALIDATED, APPROVED, BUNDLED, OUT, BACK, FIXED, OUT_AGAIN, ACKED, DROPPED = BATCH_STATES = (
    "COLLECTED",
    "VALIDATED",
    "APPROVED",
    "PACKED",
    "SENT",
    "REJECTED",
    "FIXED",
    "RESENT",
    "ACKED",
    "DROPPED",
)
ON_THE_WAY = (OUT, OUT_AGAIN)
UNSENT = (WAITING, FAULTY, PACKED, REJECTED)  # of a row: not there yet, or not taken there


class ExchangeRow(models.Model):
    """One version of one fact in the upper platform's form. `fact` names it on our side through all versions; `number` is this version's.

    content: {column: text} of the map's version, written once; digest: SHA-256 of it. act: put, or withdraw what was put.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10)
    map_version = models.CharField(max_length=12)
    fact = models.CharField(max_length=60)
    source = models.CharField(max_length=24, help_text="number of the record or licence this version was made from")
    version = models.PositiveIntegerField()
    act = models.CharField(max_length=8, default=PUT)
    again = models.BooleanField(default=False, help_text="something of the fact was out already: it corrects or withdraws what they have")
    department = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    event_on = models.DateField(help_text="day of the decision or of the withdrawal: the clock counts from it")
    due_on = models.DateField()
    shown_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, default=WAITING)
    errors = models.JSONField(default=list, help_text="what is wrong: [{field, code, zh, en}]")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=64, blank=True, default="", help_text="the upper platform's number of acceptance")

    class Meta:
        ordering = ["due_on", "number"]
        indexes = [
            models.Index(fields=["state", "department", "kind"], name="exchange_row_waits"),
            models.Index(fields=["fact", "version"], name="exchange_row_fact"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fact", "version"], name="one_exchange_row_a_version"),
            models.CheckConstraint(condition=Q(state__in=ROW_STATES) & Q(act__in=ACTS), name="exchange_row_state"),
            models.CheckConstraint(condition=~Q(state=ACCEPTED) | Q(accepted_at__isnull=False), name="exchange_row_accepted_at"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("exchange:row", args=[self.number])


class ExchangeBatch(models.Model):
    """Rows of one department and map, approved by another person than the one who collected them. `round` counts its files."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10)
    map_version = models.CharField(max_length=12)
    department = models.CharField(max_length=24)
    format = models.CharField(max_length=4, default="xml")
    state = models.CharField(max_length=10)
    round = models.PositiveIntegerField(default=0)
    collected_by = models.CharField(max_length=80)
    collected_by_name = models.CharField(max_length=80)
    collected_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_by_name = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-collected_at", "-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES) & Q(format__in=["xml", "csv", "xlsx"]), name="exchange_batch_state"),
            models.CheckConstraint(condition=~Q(collected_by=F("approved_by")), name="exchange_batch_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=[COLLECTED, VALIDATED, DROPPED]) | ~Q(approved_by=""), name="exchange_batch_sent_is_approved"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("exchange:batch", args=[self.number])


class BatchRow(models.Model):
    """A row in one file of a batch, and what the upper platform answered."""

    batch = models.ForeignKey(ExchangeBatch, on_delete=models.PROTECT, related_name="lines")
    row = models.ForeignKey(ExchangeRow, on_delete=models.PROTECT, related_name="lines")
    round = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    answer = models.CharField(max_length=8, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "round", "row"], name="one_exchange_line"),
            models.CheckConstraint(condition=Q(answer__in=["", "accepted", "rejected"]), name="exchange_line_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row_id}"


class Transmission(models.Model):
    """One file of a batch: when it was put out, how often, when again, and the receipt. The same bytes each time."""

    batch = models.ForeignKey(ExchangeBatch, on_delete=models.PROTECT, related_name="transmissions")
    round = models.PositiveIntegerField()
    file = models.CharField(max_length=60, unique=True)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    given_up = models.BooleanField(default=False)
    receipt = models.CharField(max_length=64, blank=True, default="")
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["batch", "round"]
        constraints = [models.UniqueConstraint(fields=["batch", "round"], name="one_transmission_a_round")]

    def __str__(self) -> str:
        return self.file


class ExchangeStep(models.Model):
    """A step of a batch or a request: who, when, why. Never edited."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["matter", "place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="one_exchange_step_a_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"


rows.bind(ExchangeStep)
protection.keep(exchange_exchangestep='"id"')
