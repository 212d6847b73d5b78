"""What platforms report about identity: yearly turnover by month, and the January and July identity report."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models.parties import KEPT, Platform
from chengxin.subjects.models.shops import Shop


class ShopTurnover(models.Model):
    """Turnover of a shop in one month, in fen, city time; a later figure for the month replaces the earlier."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="turnover")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    fen = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "year", "month"], name="one_turnover_per_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="turnover_month"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="turnover_fen"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.year}-{self.month:02d}"


class IdentityReportBatch(models.Model):
    """A platform's identity report of a January or July (order 37 art. 25; 国市监网监规〔2025〕2号 art. 7).

    `digest` is keyed: the rows are personal data, and a plain hash of a short report could be guessed.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="identity_reports")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, default="draft")
    digest = models.CharField(max_length=32)
    channel_note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-month", "platform"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "year", "month"], name="one_identity_report"),
            models.CheckConstraint(condition=Q(month__in=[1, 7]), name="identity_report_month"),
            models.CheckConstraint(condition=Q(status__in=["draft", "sent", "answered"]), name="identity_report_status"),
            models.CheckConstraint(condition=Q(status="draft") | Q(sent_at__isnull=False), name="identity_report_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} {self.year}-{self.month:02d}"


class IdentityReportRow(models.Model):
    """One shop in a report with exactly the fields of its shape, and the receiver's answer."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    batch = models.ForeignKey(IdentityReportBatch, on_delete=models.CASCADE, related_name="rows")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="report_rows")
    row = models.PositiveIntegerField()
    shape = models.CharField(max_length=12)
    fields = EncryptedTextField(purpose="平台内经营者身份信息报送", basis="order37.25", term=KEPT)
    receipt = models.CharField(max_length=10, default="pending")
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "shop"], name="one_report_row_per_shop"),
            models.UniqueConstraint(fields=["batch", "row"], name="one_report_row_number"),
            models.CheckConstraint(condition=Q(shape__in=["registered", "unregistered"]), name="report_row_shape"),
            models.CheckConstraint(condition=Q(receipt__in=["pending", "accepted", "rejected"]), name="report_row_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.row}"
