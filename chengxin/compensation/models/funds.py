"""Funds, the published versions of their rules, and the duty to top one up that has fallen under its floor."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Platform

CITY, PLATFORM = ("city", "platform")


class Fund(models.Model):
    """A fund that pays consumers in advance: the city's, or a platform's. department: who watches over it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    code = models.SlugField(max_length=24, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="compensation_funds")
    department = models.CharField(max_length=24)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    opened_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=CITY, platform__isnull=True) | Q(kind=PLATFORM, platform__isnull=False), name="fund_kind_and_platform"
            ),
            models.UniqueConstraint(fields=["platform"], condition=Q(closed_on__isnull=True), name="one_open_fund_a_platform"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_url(self) -> str:
        return reverse("compensation:public_fund", args=[self.code])

    @property
    def page_url(self) -> str:
        return reverse("compensation:fund", args=[self.code])


class FundRule(models.Model):
    """A published version of a fund's rule, written once. A claim is decided by the version of the day on which it was filed.

    content: bases, ask_days, appeal_days, topup_days, floor_fen, two_persons_over_fen, cap_claim_fen, cap_person_year_fen,
    cap_shop_year_fen, deposit_first, text.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    valid_from = models.DateField()
    content = models.JSONField()
    reason = models.CharField(max_length=1000)
    published_by = models.CharField(max_length=80)
    published_by_name = models.CharField(max_length=80)
    published_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        verbose_name = "fund rule"
        ordering = ["fund", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "version"], name="one_fund_rule_a_version"),
            models.UniqueConstraint(fields=["fund", "valid_from"], name="one_fund_rule_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} v{self.version}"


class TopUp(models.Model):
    """The fund stood under the floor of its rule: what is missing, until when it is to be made up, and when it was."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="topups")
    floor_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["closed_at", "due_on"]
        constraints = [
            models.UniqueConstraint(fields=["fund"], condition=Q(closed_at__isnull=True), name="one_open_top_up_a_fund"),
            models.CheckConstraint(condition=Q(balance_fen__lt=F("floor_fen")), name="top_up_under_the_floor"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.due_on}"

    @property
    def missing_fen(self) -> int:
        return self.floor_fen - self.balance_fen
