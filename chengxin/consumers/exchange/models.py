"""What came from other systems and what they were given: batches, arrivals, rows to mend, changed contents, statements, answers taken.

Batches, arrivals, statements and takings are written once and bound to the log. Nothing of a complaint points here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.consumers.models import Filing
from chengxin.consumers.models.complaints import WHY
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

SHEET, API = WAYS = ("sheet", "api")
DROPPED, TAKEN_BACK = ROW_ACTIONS = ("dropped", "taken_back")
OPEN, NOTED, ADDED = CONFLICT_STATES = ("open", "noted", "added")


class Batch(models.Model):
    """One sheet or one call. Counts are of rows: taken, repeated (the first receipt again), conflicts (changed content), refused."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    peer = models.CharField(max_length=24, db_index=True)
    way = models.CharField(max_length=5)
    file_name = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    dialect_from = models.DateField(help_text="first day of the field map it was read by")
    rows = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    repeated = models.PositiveIntegerField()
    conflicts = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "sha256"], name="exchange_batch_once"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="exchange_batch_way"),
        ]

    def __str__(self) -> str:
        return self.file_name or self.way

    @property
    def page_url(self) -> str:
        return reverse("complaint_exchange:batch", args=[self.pk])


class Arrival(models.Model):
    """One number of another system, taken in once. marks: keyed digests by field, so that a changed content is seen and nothing is kept
    twice. forwarded_on: the day that starts the clocks."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    peer = models.CharField(max_length=24)
    number = models.CharField(max_length=64)
    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="arrival")
    numbers = models.CharField(max_length=60, help_text="our numbers, with a blank between")
    batch_sha = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    marks = models.JSONField(default=dict)
    submitted_on = models.DateField(null=True, blank=True)
    forwarded_on = models.DateField()
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [models.UniqueConstraint(fields=["peer", "number"], name="exchange_arrival_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def matter_url(self) -> str:
        """The page of the complaint, or of the report where there is no complaint."""
        first = self.numbers.split(" ")[0]
        return reverse("consumers:report" if first.startswith("JB") else "consumers:complaint", args=[first])


class BadRow(models.Model):
    """A row that was not taken, with what is wrong where and what to do. content: the row as it came, for a sheet to mend and send again;
    without the columns that say who it is where it may be a report; gone once the number has arrived."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    peer = models.CharField(max_length=24)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="bad_rows")
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=64, blank=True, default="")
    problems = models.JSONField(default=list)
    content = EncryptedTextField(blank=True, default="", **WHY)
    over_at = models.DateTimeField(null=True, blank=True, help_text="it has arrived, a later batch lists it anew, or it was dropped")
    dropped = models.BooleanField(default=False, help_text="an officer found that it can never be mended; steps say why")

    class Meta:
        ordering = ["batch", "row"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="exchange_bad_row_once"),
            models.CheckConstraint(condition=Q(dropped=False) | Q(over_at__isnull=False), name="exchange_dropped_row_is_over"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"

    @property
    def page_url(self) -> str:
        return reverse("complaint_exchange:row", args=[self.pk])


class RowStep(models.Model):
    """A row that can never be mended is dropped by an officer with a reason, or such a decision is taken back. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    bad_row = models.ForeignKey(BadRow, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["bad_row", "place"], name="exchange_row_step_place"),
            models.CheckConstraint(condition=Q(action__in=ROW_ACTIONS) & ~Q(reason=""), name="exchange_row_step_says_why"),
            models.CheckConstraint(condition=Q(by__startswith="user:"), name="exchange_row_step_by_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.bad_row_id} {self.action}"


class Conflict(models.Model):
    """A number came again with other words. Nothing is overwritten: an officer reads the new words and says what follows. changed: the
    fields; content: their new words, without who it is."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="conflicts")
    peer = models.CharField(max_length=24)
    digest = models.CharField(max_length=32)
    changed = models.JSONField(default=list)
    content = EncryptedTextField(blank=True, default="", **WHY)
    at = models.DateTimeField()
    state = models.CharField(max_length=6, default=OPEN, db_index=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["arrival", "digest"], name="exchange_conflict_once"),
            models.CheckConstraint(condition=Q(state__in=CONFLICT_STATES), name="exchange_conflict_state"),
            models.CheckConstraint(condition=Q(state=OPEN) | Q(decided_by__startswith="user:"), name="exchange_conflict_by_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("complaint_exchange:conflict", args=[self.pk])


class PeerList(models.Model):
    """What the other system says that it sent us between two days: its numbers, for comparison."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    peer = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField()
    numbers = models.JSONField(default=list)
    way = models.CharField(max_length=5)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="exchange_list_runs_forward"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="exchange_list_way"),
        ]

    def __str__(self) -> str:
        return f"{self.peer} {self.since}"


class Taken(models.Model):
    """The other system has our answers up to this place of the log."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    peer = models.CharField(max_length=24)
    upto = models.BigIntegerField()
    way = models.CharField(max_length=5)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["-upto"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "upto"], name="exchange_taken_once"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="exchange_taken_way"),
        ]

    def __str__(self) -> str:
        return f"{self.peer} {self.upto}"


BOUND = (Batch, Arrival, RowStep, PeerList, Taken)
KEPT = {model._meta.db_table: '"id"' for model in BOUND}
rows.bind(*BOUND)
protection.keep(**KEPT)
