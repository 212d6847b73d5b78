"""Runs of the reconciliation, and what did not fit: found by a program with its facts, decided by a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Platform, Shop

NEW, ASKED, ANSWERED, EXPLAINED, CONFIRMED, CLEARED = MISMATCH_STATES = (
    "NEW",
    "ASKED",
    "ANSWERED",
    "EXPLAINED",
    "CONFIRMED",
    "CLEARED",
)
WAITING = (NEW, ASKED, ANSWERED)


class Reconciliation(models.Model):
    """One run over a window of orders: which files it read (root), what it found. platforms: codes; none for all."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    as_of = models.DateTimeField()
    platforms = models.JSONField(default=list)
    root = models.CharField(max_length=64)
    found = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} {self.found}"


class Mismatch(models.Model):
    """Something that does not fit. key: number of the order, or of the payment, refund or parcel; amounts in fen; facts by kind."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    run = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="mismatches")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="mismatches")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="mismatches")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    order_no = models.CharField(max_length=64, blank=True, default="")
    happened_at = models.DateTimeField()
    placed_at = models.DateTimeField(help_text="puts it into a window: when the order was placed, or the time of what has none")
    expected_fen = models.BigIntegerField()
    found_fen = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=NEW)
    due_on = models.DateField(null=True, blank=True)
    question = models.CharField(max_length=1000, blank=True, default="")
    explanation = models.CharField(max_length=2000, blank=True, default="")
    explained_by = models.CharField(max_length=80, blank=True, default="")
    explained_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["-happened_at", "number"]
        indexes = [models.Index(fields=["platform", "state"], name="mismatch_platform_state")]
        constraints = [
            models.UniqueConstraint(fields=["platform", "kind", "key"], name="one_mismatch"),
            models.CheckConstraint(condition=Q(state__in=MISMATCH_STATES), name="mismatch_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[EXPLAINED, CONFIRMED]) | (~Q(decided_by="") & ~Q(reason="")), name="mismatch_decided_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("payments:mismatch", args=[self.number])

    @property
    def platform_url(self) -> str:
        return reverse("payments:my_mismatch", args=[self.number])
