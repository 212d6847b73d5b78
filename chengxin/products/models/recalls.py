"""Recalls of batches: two persons issue one, every platform tells its own buyers and proves it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.products.models.goods import Batch
from chengxin.subjects.models import Platform

DRAFT, ISSUED, NOTIFIED, RETURNED, DISPOSED, CLOSED, DROPPED = RECALL_STATES = (
    "DRAFT",
    "ISSUED",
    "NOTIFIED",
    "RETURNED",
    "DISPOSED",
    "CLOSED",
    "DROPPED",
)
PUBLIC = (ISSUED, NOTIFIED, RETURNED, DISPOSED, CLOSED)


class Recall(models.Model):
    """A recall of one batch. affected: how many orders and buyers the traces showed when it was issued; root: hash over them."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    department = models.CharField(max_length=24)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="recalls")
    level = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    advice = models.CharField(max_length=500, help_text="what buyers are to do")
    state = models.CharField(max_length=10, default=DRAFT)
    due_on = models.DateField(null=True, blank=True)
    drafted_by = models.CharField(max_length=80)
    drafted_by_name = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80, blank=True, default="")
    issued_by_name = models.CharField(max_length=80, blank=True, default="")
    issued_at = models.DateTimeField(null=True, blank=True)
    affected_orders = models.PositiveIntegerField(default=0)
    affected_buyers = models.PositiveIntegerField(default=0)
    unplaced_orders = models.PositiveIntegerField(default=0, help_text="orders in the traces that no platform has reported")
    root = models.CharField(max_length=64, blank=True, default="")
    result = models.CharField(max_length=1000, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-drafted_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=RECALL_STATES) & Q(level__in=[1, 2, 3]), name="recall_state"),
            models.CheckConstraint(
                condition=Q(state__in=[DRAFT, DROPPED]) | (~Q(issued_by="") & ~Q(issued_by=F("drafted_by"))), name="recall_by_two"
            ),
            models.UniqueConstraint(fields=["batch"], condition=~Q(state__in=[CLOSED, DROPPED]), name="one_open_recall_a_batch"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("products:recall", args=[self.number])

    @property
    def public_url(self) -> str:
        return reverse("products:public_recall", args=[self.number])


class RecallTask(models.Model):
    """What one platform has to do: tell the buyers of these orders of its own. orders: its order numbers; buyers: how many."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="tasks")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="recall_tasks")
    orders = models.JSONField()
    buyers = models.PositiveIntegerField()
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "number"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["recall", "platform"], name="one_task_a_platform")]

    def __str__(self) -> str:
        return self.number

    @property
    def platform_url(self) -> str:
        return reverse("products:my_recall", args=[self.number])


class RecallNotice(models.Model):
    """A platform's report that the buyer of an order was told, how and when, with the number of its proof. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    task = models.ForeignKey(RecallTask, on_delete=models.PROTECT, related_name="notices")
    order_no = models.CharField(max_length=64)
    way = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    proof = models.CharField(max_length=100)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["task", "order_no"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["task", "order_no"], name="one_notice_an_order")]

    def __str__(self) -> str:
        return self.order_no


class RecallReturn(models.Model):
    """Goods that came back or were disposed of. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="returns")
    kind = models.CharField(max_length=8, help_text="returned or disposed")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    unit = models.CharField(max_length=3)
    on = models.DateField()
    note = models.CharField(max_length=300)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["recall", "at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(kind__in=["returned", "disposed"]) & Q(quantity__gt=0), name="recall_return_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class ProductStep(models.Model):
    """A step that somebody took in a matter: `of` is recall or finding. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["matter", "place"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["matter", "place"], name="one_product_step_a_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"
