"""What the register knows of the lake: receipts, segments, key runs, holds, and what does not agree between reports."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from chengxin.kernel import ids


class Receipt(models.Model):
    """One accepted batch. `document` is the signed text that everyone who sends the same batch gets, byte for byte."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    identity = models.CharField(max_length=64, unique=True)  # digest of the canonical rows, whatever their order and format
    format = models.CharField(max_length=16)
    correction = models.BooleanField(default=False)
    actor = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField()
    accepted = models.BigIntegerField()
    duplicates = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    reasons = models.JSONField(default=dict)  # reason code → problems
    ignored = models.JSONField(default=list)  # headers that mean nothing here
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    schema_version = models.IntegerField()
    errors_path = models.CharField(max_length=200, blank=True)
    errors_sha256 = models.CharField(max_length=64, blank=True)
    leaf = models.BigIntegerField()
    document = models.TextField()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["platform", "-received_at"], name="facts_receipt_platform"),
            models.Index(fields=["kind", "-received_at"], name="facts_receipt_kind"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def page(self) -> str:
        """The receipt's page."""
        return reverse("facts:receipt", args=[self.pk])


class Segment(models.Model):
    """One immutable Parquet file. A file without a row does not exist for any reader; `replaced_at` marks what compaction or retention
    took."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    platform = models.CharField(max_length=64, blank=True)  # empty: of several platforms, after compaction
    receipt = models.ForeignKey(Receipt, null=True, on_delete=models.PROTECT, related_name="segments")
    path = models.CharField(max_length=200, unique=True)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    schema_version = models.IntegerField()
    correction = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    oldest_batch = models.CharField(max_length=36)
    newest_batch = models.CharField(max_length=36)
    expires_on = models.DateField()
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replaces")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["kind", "replaced_at", "first_at"], name="facts_segment_live"),
            models.Index(fields=["expires_on"], name="facts_segment_expiry"),
        ]

    def __str__(self) -> str:
        return self.path


class KeyRun(models.Model):
    """A sorted run of known keys of one kind; all runs together hold every key of the lake. Rebuilt from the lake when a file is
    missing."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32, db_index=True)
    path = models.CharField(max_length=200, unique=True)
    rows = models.BigIntegerField()
    crc = models.BigIntegerField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.path


class Hold(models.Model):
    """Somebody (a detection run, a case) rests on these segments: their files stay."""

    id = models.BigAutoField(primary_key=True)
    holder = models.CharField(max_length=160, db_index=True)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="holds")
    root = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "root", "segment"], name="facts_hold_once")]

    def __str__(self) -> str:
        return f"{self.holder} → {self.segment_id}"


class CrossIssue(models.Model):
    """Reports that do not agree with each other, found after a batch: one row per check and batch, with a count and some examples."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.CharField(max_length=64)
    check_code = models.CharField(max_length=40)
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="cross_issues")
    count = models.BigIntegerField()
    examples = models.JSONField(default=list)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["receipt", "check_code"], name="facts_cross_issue_once")]
        indexes = [models.Index(fields=["platform", "-found_at"], name="facts_cross_issue_platform")]

    def __str__(self) -> str:
        return f"{self.check_code}: {self.count}"
