"""Which institutions hold a licence, through which channels platforms take money, and what points to money outside them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import PaymentOrg, Platform

OWN = "OWN"  # of the code list payment_mode: the platform collects itself
UNLICENSED, EXPIRED, NUMBER_FORM, OWN_SETTLEMENT, UNDECLARED, UNNAMED = FLAG_KINDS = (
    "unlicensed",
    "expired",
    "number_form",
    "own_settlement",
    "undeclared",
    "unnamed",
)
OPEN, DISMISSED, CONFIRMED = FLAG_STATES = ("OPEN", "DISMISSED", "CONFIRMED")


class OrgLicence(models.Model):
    """A licence as it stood on the central bank's list of a day. A later list adds rows; what stood before stays."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    org = models.ForeignKey(PaymentOrg, on_delete=models.PROTECT, related_name="licences")
    number = models.CharField(max_length=40)
    business = models.CharField(max_length=4, help_text="code of payment_business")
    scope = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    listed_on = models.DateField(help_text="the day of the list")
    source = models.CharField(max_length=200)
    entered_by = models.CharField(max_length=80)
    entered_by_name = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["org", "-listed_on", "business"]
        constraints = [
            models.UniqueConstraint(fields=["org", "number", "business", "listed_on"], name="one_licence_a_list"),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="licence_days"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.business}"


class PaymentChannel(models.Model):
    """A way in which a platform takes money: through whom, by which contract, in which mode, from when to when."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="payment_channels")
    channel_no = models.CharField(max_length=64)
    institution = models.CharField(max_length=100, help_text="as the platform names it; what payments name in `institution`")
    org = models.ForeignKey(PaymentOrg, on_delete=models.PROTECT, null=True, blank=True, related_name="channels")
    contract_no = models.CharField(max_length=64)
    mode = models.CharField(max_length=8, help_text="code of payment_mode")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reported_by = models.CharField(max_length=80)
    reported_by_name = models.CharField(max_length=80)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["platform", "channel_no"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "channel_no"], name="one_channel_number"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="channel_days"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} {self.channel_no}"


class ChannelFlag(models.Model):
    """Money of a platform that seems to go outside a licensed institution. evidence: counts, sums in fen, days, facts."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="payment_flags")
    kind = models.CharField(max_length=16)
    institution = models.CharField(max_length=100, blank=True, default="")
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, null=True, blank=True, related_name="flags")
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=OPEN)
    raised_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FLAG_STATES) & Q(kind__in=FLAG_KINDS), name="flag_state"),
            models.UniqueConstraint(fields=["platform", "kind", "institution"], condition=Q(state=OPEN), name="one_open_flag"),
            models.CheckConstraint(condition=Q(state=OPEN) | (~Q(decided_by="") & ~Q(reason="")), name="flag_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("payments:flag", args=[self.number])
