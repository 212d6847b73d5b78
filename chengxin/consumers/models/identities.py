"""Who complained or reported: a sealed record of its own. A report's is read by its named handlers alone, each reading with a reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.consumers.models.complaints import Complaint
from chengxin.consumers.models.reports import Report
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

WHO = {"purpose": "核验投诉举报人身份、告知处理情况", "basis": "order121.37", "term": "RETAIN_TRADE"}


class Identity(models.Model):
    """Of one complaint or of one report, never of both: what is told for one does not open the other."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, null=True, blank=True, related_name="identity")
    report = models.OneToOneField(Report, on_delete=models.PROTECT, null=True, blank=True, related_name="identity")
    name = EncryptedTextField(blank=True, default="", **WHO)
    phone = EncryptedTextField(blank=True, default="", **WHO)
    address = EncryptedTextField(blank=True, default="", **WHO)
    id_kind = models.CharField(max_length=4, blank=True, default="")
    id_number = EncryptedTextField(blank=True, default="", **WHO)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.CheckConstraint(
                condition=Q(complaint__isnull=False, report__isnull=True) | Q(complaint__isnull=True, report__isnull=False),
                name="identity_of_one_matter",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Handler(models.Model):
    """Somebody who was named to handle a report, and so may open the sealed identity until taken off it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="handlers")
    user = models.CharField(max_length=80, help_text="the log's name of the person")
    user_name = models.CharField(max_length=80)
    named_by = models.CharField(max_length=80)
    named_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "named_at"]
        constraints = [models.UniqueConstraint(fields=["report", "user"], condition=Q(until__isnull=True), name="one_handler_once")]

    def __str__(self) -> str:
        return self.user_name
