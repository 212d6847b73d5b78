"""Merchants' deposits: the agreement of e-commerce law art. 58. What it holds stands in the ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.compensation.models.funds import Fund
from chengxin.kernel import ids
from chengxin.subjects.models import Subject

OFFERED, AGREED, LEAVING, REFUNDED, DECLINED = DEPOSIT_STATES = ("OFFERED", "AGREED", "LEAVING", "REFUNDED", "DECLINED")


class Deposit(models.Model):
    """The agreement of a platform (its fund) and a merchant: amount, management, use, refund. deduct: recovery may be taken from it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="deposits")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="deposits")
    amount_fen = models.BigIntegerField()
    management = models.CharField(max_length=500)
    use = models.CharField(max_length=500)
    refund = models.CharField(max_length=500)
    refund_days = models.PositiveIntegerField()
    deduct = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=OFFERED)
    offered_by = models.CharField(max_length=80)
    offered_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=80, blank=True, default="")
    agreed_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DEPOSIT_STATES), name="deposit_state"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="deposit_amount"),
            models.CheckConstraint(condition=~Q(management="") & ~Q(use="") & ~Q(refund=""), name="deposit_is_agreed_in_full"),
            models.CheckConstraint(
                condition=~Q(state__in=[AGREED, LEAVING, REFUNDED]) | ~Q(agreed_by=""), name="deposit_agreed_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["fund", "subject"], condition=Q(state__in=[OFFERED, AGREED, LEAVING]), name="one_standing_deposit"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("compensation:deposit", args=[self.number])

    @property
    def merchant_url(self) -> str:
        return reverse("compensation:my_deposit", args=[self.number])
