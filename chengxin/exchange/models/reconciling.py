"""Sent = accepted = published, laid side by side; every difference is a row with what is to be done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids

LOST, DUPLICATE, ALTERED, STALE, TAKEN_DOWN, UNKNOWN, UNANSWERED = DIFFERENCES = (
    "LOST",
    "DUPLICATE",
    "ALTERED",
    "STALE",
    "TAKEN_DOWN",
    "UNKNOWN",
    "UNANSWERED",
)
OPEN, ACTED, GONE = DIFFERENCE_STATES = ("OPEN", "ACTED", "GONE")


class Reconciliation(models.Model):
    """One comparison with the upper platform's list of what it shows. sha256: of that list."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    at = models.DateTimeField()
    file = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    sent = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    standing = models.PositiveIntegerField(help_text="of the accepted: not withdrawn and not replaced")
    published = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.number


class Difference(models.Model):
    """A row on which both sides do not agree. One open difference a row and kind; the next comparison without it closes it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10)
    row_number = models.CharField(max_length=40)
    department = models.CharField(max_length=24, blank=True)
    first = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="began")
    last = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="stand")
    detail = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, default=OPEN)
    acted_by = models.CharField(max_length=80, blank=True, default="")
    acted_by_name = models.CharField(max_length=80, blank=True, default="")
    acted_at = models.DateTimeField(null=True, blank=True)
    action = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["state", "kind", "row_number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "row_number"], condition=~Q(state=GONE), name="one_open_difference"),
            models.CheckConstraint(condition=Q(kind__in=DIFFERENCES) & Q(state__in=DIFFERENCE_STATES), name="difference_state"),
            models.CheckConstraint(condition=~Q(state=ACTED) | (~Q(acted_by="") & ~Q(reason="")), name="difference_acted_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("exchange:difference", args=[self.number])
