"""A report of a violation (order 121 arts. 28-37). It may be anonymous; who made it is sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.consumers.models.complaints import About, Filing
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

RECEIVED, NOT_OURS, CHECKING, FILED_CASE, NOT_FILED, MERGED = REPORT_STATES = (
    "RECEIVED",
    "NOT_OURS",
    "CHECKING",
    "FILED_CASE",
    "NOT_FILED",
    "MERGED",
)
OPEN = (RECEIVED, CHECKING)
WHY = {"purpose": "处理违法行为举报", "basis": "order121.37", "term": "RETAIN_TRADE"}


class Report(About):
    """What somebody says is unlawful. Whether a case follows is decided by an officer; the result is told only where a law says so."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="report")
    number = models.CharField(max_length=24, unique=True)
    text = EncryptedTextField(**WHY)
    named = models.BooleanField(default=False)
    behaviour = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=12, default=RECEIVED, db_index=True)
    due_on = models.DateField(null=True, blank=True)
    clock_from = models.DateField(null=True, blank=True, help_text="new facts start the clock anew (art. 35)")
    extended = models.BooleanField(default=False)
    owner = models.CharField(max_length=80, blank=True, default="")
    owner_name = models.CharField(max_length=80, blank=True, default="")
    escalated_at = models.DateTimeField(null=True, blank=True)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats")
    reason = EncryptedTextField(blank=True, default="", **WHY)
    told_on = models.DateField(null=True, blank=True)
    tell_basis = models.CharField(max_length=40, blank=True, default="", help_text="the provision that orders the result to be told")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "received_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REPORT_STATES), name="report_state"),
            models.CheckConstraint(condition=~Q(state=MERGED) | Q(first__isnull=False), name="report_merged_into_one"),
            models.CheckConstraint(condition=Q(told_on__isnull=True) | ~Q(tell_basis=""), name="report_told_on_a_basis"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("consumers:report", args=[self.number])
