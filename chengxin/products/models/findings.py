"""Runs of the chain checks and what they found: by a program with the events that show it, decided by a person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.products.chains import KINDS

NEW, DISMISSED, CONFIRMED, CLEARED = FINDING_STATES = ("NEW", "DISMISSED", "CONFIRMED", "CLEARED")


class ChainRun(models.Model):
    """One run of the checks over everything captured until `as_of`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    as_of = models.DateTimeField()
    rows = models.PositiveIntegerField()
    unplaced = models.PositiveIntegerField()
    not_comparable = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    added = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d} {self.found}"


class ChainFinding(models.Model):
    """Something that does not fit. item, party, other: as captured; amount: base units; events: eventIDs that show it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    run = models.ForeignKey(ChainRun, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=12)
    item = models.CharField(max_length=1000)
    party = models.CharField(max_length=1000, blank=True, default="")
    other = models.CharField(max_length=1000, blank=True, default="")
    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of kind, item, party and other")
    amount = models.BigIntegerField()
    measure = models.PositiveSmallIntegerField(default=0)
    happened_at = models.DateTimeField()
    events = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=NEW)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["-happened_at", "number"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=FINDING_STATES) & Q(kind__in=KINDS), name="chain_finding_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[DISMISSED, CONFIRMED]) | (~Q(decided_by="") & ~Q(reason="")),
                name="chain_finding_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("products:finding", args=[self.number])
