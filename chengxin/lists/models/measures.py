"""What follows from an entry: tasks to executors, what consumers received, and the receipts that prove all of it was undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.accounts.models import PlatformClient, SignatureRecord
from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.lists.catalogue import EXECUTORS
from chengxin.lists.models.official import ListEntry
from chengxin.subjects.models import Shop

PUSHED, TAKEN, DECLINED, LIFT_ASKED, LIFTED = TASK_STATES = ("PUSHED", "TAKEN", "DECLINED", "LIFT_ASKED", "LIFTED")
PROVEN, CONTRADICTED, NOT_SEEN = CHECKS = ("proven", "contradicted", "not_seen")
ADDED, GONE = ("added", "removed")


class Task(models.Model):
    """One measure for one executor. It says whether the measure applies and what was done, or declines with a reason; after the entry's
    removal it returns a receipt that nothing stands any more. `claimed_on`: since when a shop is said to be closed; `checked`: what the
    shop's trade shows of it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=16)
    executor_kind = models.CharField(max_length=10)
    executor = models.CharField(max_length=64)
    shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=PUSHED)
    pushed_at = models.DateTimeField()
    due_on = models.DateField()
    feedback = models.CharField(max_length=500, blank=True, default="")
    fed_by = models.CharField(max_length=80, blank=True, default="")
    fed_by_name = models.CharField(max_length=80, blank=True, default="")
    fed_at = models.DateTimeField(null=True, blank=True)
    claimed_on = models.DateField(null=True, blank=True)
    checked = models.CharField(max_length=12, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    check_said = models.JSONField(default=dict)
    lift_due_on = models.DateField(null=True, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True, default="")
    lifted_by_name = models.CharField(max_length=80, blank=True, default="")
    lifted_at = models.DateTimeField(null=True, blank=True)
    receipt = models.JSONField(null=True, blank=True, help_text="chengxin-receipt/1 of the lifting")
    signature = models.ForeignKey(SignatureRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["executor_kind", "executor", "state"], name="task_of_executor")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TASK_STATES) & Q(executor_kind__in=EXECUTORS) & Q(checked__in=["", *CHECKS]), name="list_task_state"
            ),
            models.CheckConstraint(condition=~Q(state__in=["TAKEN", "DECLINED"]) | (~Q(fed_by="") & ~Q(feedback="")), name="task_fed_back"),
            models.CheckConstraint(
                condition=~Q(state="LIFTED") | (~Q(lifted_by="") & Q(lifted_at__isnull=False, receipt__isnull=False)),
                name="task_lifted_with_receipt",
            ),
            models.UniqueConstraint(
                fields=["entry", "round", "measure", "executor_kind", "executor"], condition=Q(shop__isnull=True), name="one_task_a_measure"
            ),
            models.UniqueConstraint(fields=["entry", "round", "measure", "shop"], condition=Q(shop__isnull=False), name="one_task_a_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.executor}"

    @property
    def page_url(self) -> str:
        return reverse("lists:task", args=[self.pk])


class Subscription(models.Model):
    """A client that is sent the lists: a province's system, a bank, a platform."""

    class Kind(models.TextChoices):
        PROVINCE = "province"
        BANK = "bank"
        PLATFORM = "platform"

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    client = models.OneToOneField(PlatformClient, on_delete=models.PROTECT, related_name="list_subscription")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.client} {self.kind}"


class Change(models.Model):
    """An entry added or removed, signed: a line of the change feed. `serial` is what `since` counts. Written once."""

    serial = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="changes")
    round = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8)
    receipt = models.JSONField(help_text="chengxin-receipt/1 over what the consumer is told")
    at = models.DateTimeField()

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=["added", "removed"]), name="change_what"),
            models.UniqueConstraint(fields=["entry", "round", "what"], name="one_change_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.what}"


class Delivery(models.Model):
    """Who received which change when, by which way. Written once: it is the list of who must be told of the removal."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=8, default="feed")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "change"], name="one_delivery_a_change")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.change_id}"


class RemovalNotice(models.Model):
    """What a consumer that received an entry owes: a signed receipt that it is gone from its system."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="removal_notices")
    round = models.PositiveSmallIntegerField()
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="removal_notices")
    sent_at = models.DateTimeField()
    due_on = models.DateField()
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    confirmed_by_name = models.CharField(max_length=80, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    receipt = models.JSONField(null=True, blank=True)
    signature = models.ForeignKey(SignatureRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "round", "subscription"], name="one_removal_notice_a_consumer"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | (~Q(confirmed_by="") & Q(receipt__isnull=False)),
                name="removal_confirmed_with_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.subscription_id}"


rows.bind_keyed(Change, Delivery)
protection.keep(lists_change='"serial"', lists_delivery='"id"')
