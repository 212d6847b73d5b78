"""The mirror of what the upper level decided: files taken in, and their rows, matched to the register by code or by a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Subject

MATCHED, UNMATCHED, NOT_OURS = MATCHES = ("MATCHED", "UNMATCHED", "NOT_OURS")


class InboundFile(models.Model):
    """A file of the incoming folder: what it held. rows = fresh + known + wrong, always."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10)
    rows = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list, help_text="the first rows that were refused: [{row, field, zh, en}]")
    failed = models.CharField(max_length=300, blank=True, default="")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at"]
        constraints = [
            models.CheckConstraint(condition=Q(rows=models.F("fresh") + models.F("known") + models.F("wrong")), name="inbound_file_adds_up")
        ]

    def __str__(self) -> str:
        return self.name


class InboundRow(models.Model):
    """A penalty or licence of an upper-level authority. `party` is masked for natural persons; their documents' numbers are never kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    file = models.ForeignKey(InboundFile, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10)
    authority = models.CharField(max_length=200)
    reference = models.CharField(max_length=128, help_text="the decision's number")
    party = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18, blank=True)
    decided_on = models.DateField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    subject = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-decided_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "authority", "reference", "digest"], name="one_inbound_row_a_version"),
            models.CheckConstraint(condition=Q(state__in=MATCHES), name="inbound_row_state"),
            models.CheckConstraint(condition=~Q(state=MATCHED) | Q(subject__isnull=False), name="inbound_row_matched_to_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("exchange:inbound_row", args=[self.number])
