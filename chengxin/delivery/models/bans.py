"""Seriously dishonest courier firms may not enter platforms: by a decision of two people only, for a term, with a way back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Record
from chengxin.subjects.models import CourierFirm

PROPOSED, NOTICED, HEARD, DECIDED, IN_FORCE, EXPIRED, REPAIRED, REVOKED, DROPPED = BAN_STATES = (
    "PROPOSED",
    "NOTICED",
    "HEARD",
    "DECIDED",
    "IN_FORCE",
    "EXPIRED",
    "REPAIRED",
    "REVOKED",
    "DROPPED",
)
OPEN = (PROPOSED, NOTICED, HEARD, DECIDED, IN_FORCE)
AFTER_DECISION = (DECIDED, IN_FORCE, EXPIRED, REPAIRED)
APPLIED, LIFTED = RECEIPTS = ("applied", "lifted")
HEARING = {"purpose": "陈述申辩处理", "basis": "apl.45", "term": "PIA_KEEP"}


class Listing(models.Model):
    """An official listing that the lists told of: a reference only, the entry itself is theirs."""

    entry = models.UUIDField(primary_key=True)
    told_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.entry)


class Ban(models.Model):
    """A firm is barred from entering platforms. It rests on a decision on the firm's credit file, and may name an official listing too.

    The database takes no row in force without notice, hearing and a decision by another person (constraints below, triggers in guards.py).
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="bans")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="bans")
    department = models.CharField(max_length=24)
    facts = models.CharField(max_length=1000)
    state = models.CharField(max_length=12, default=PROPOSED)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True, blank=True)
    clock = models.CharField(max_length=24, blank=True, default="")
    due_on = models.DateField(null=True, blank=True, help_text="the last day for the firm's statement")
    statement = EncryptedTextField(blank=True, default="", **HEARING)
    heard_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(blank=True, default="", **HEARING)
    reason = models.CharField(max_length=1000, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    repair_from = models.DateField(null=True, blank=True)
    receipts_due_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BAN_STATES), name="delivery_ban_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="delivery_ban_two_people"),
            models.CheckConstraint(
                condition=~Q(state__in=AFTER_DECISION)
                | (Q(noticed_at__isnull=False, heard_at__isnull=False, decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")),
                name="delivery_ban_by_a_decision_only",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IN_FORCE, EXPIRED, REPAIRED])
                | Q(since__isnull=False, until__isnull=False, repair_from__isnull=False, until__gt=F("since")),
                name="delivery_ban_has_a_term",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[EXPIRED, REPAIRED, REVOKED]) | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="delivery_ban_ends_with_a_reason",
            ),
            models.UniqueConstraint(fields=["firm"], condition=Q(state__in=OPEN), name="delivery_one_open_ban_of_a_firm"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("delivery:ban", args=[self.number])

    @property
    def firm_url(self) -> str:
        return reverse("delivery:firm_ban", args=[self.number])


class BanReceipt(models.Model):
    """A platform confirms that it applied a ban, or lifted it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    ban = models.ForeignKey(Ban, on_delete=models.PROTECT, related_name="receipts")
    platform = models.CharField(max_length=64)
    act = models.CharField(max_length=8)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=RECEIPTS), name="delivery_receipt_act"),
            models.UniqueConstraint(fields=["ban", "platform", "act"], name="delivery_one_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.act}"


class StatusAnswer(models.Model):
    """What a platform was told about a firm before admitting it, and when; the signed answer quotes `leaf`'s entry of the log."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=64)
    admit = models.BooleanField()
    ban = models.CharField(max_length=24, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["platform", "-at"], name="delivery_answers_of_platform")]

    def __str__(self) -> str:
        return f"{self.platform} {self.firm_id} {self.admit}"
