"""Ratings of courier firms by three kinds of raters, in three tables that nothing ever adds up (feature 28).

Each table takes one kind of rater only, by a constraint of the database. A consumer's is tied to one parcel that was signed for, a
merchant's to one parcel the shop sent, a regulator's is made by a named officer and rests on evidence. Who the consumer is stays unknown.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.subjects.models import CourierFirm, Shop

REGULATOR, MERCHANT, CONSUMER = ("regulator", "merchant", "consumer")
LEAST, MOST = 1, 5
DIMS: dict[str, Any] = {
    "timeliness": _("On time"),
    "intact": _("Intact"),
    "attitude": _("Conduct of the courier"),
    "privacy": _("Privacy"),
    "complaint": _("Complaints handled"),
}


def _marks(name: str) -> list[models.BaseConstraint]:
    """Every mark is between the least and the most."""
    within = Q()
    for dim in DIMS:
        within &= Q(**{f"{dim}__gte": LEAST, f"{dim}__lte": MOST})
    return [models.CheckConstraint(condition=within, name=f"delivery_{name}_marks")]


def _kind(rater: str) -> list[models.BaseConstraint]:
    return [models.CheckConstraint(condition=Q(rater=rater), name=f"delivery_only_a_{rater}")]


class Rating(models.Model):
    """What every rating says: the firm, the outlet that delivered, five marks from 1 to 5, when."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="+")
    outlet = models.CharField(max_length=64, blank=True, default="")
    rater = models.CharField(max_length=10)
    timeliness = models.PositiveSmallIntegerField()
    intact = models.PositiveSmallIntegerField()
    attitude = models.PositiveSmallIntegerField()
    privacy = models.PositiveSmallIntegerField()
    complaint = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        abstract = True
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.rater} {self.firm_id}"


class RegulatorRating(Rating):
    """An officer's rating of a firm or one of its outlets, with what it rests on."""

    department = models.CharField(max_length=24)
    evidence = models.CharField(max_length=1000)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)

    class Meta(Rating.Meta):
        constraints = [
            *_kind(REGULATOR),
            *_marks("regulator"),
            models.CheckConstraint(condition=~Q(by="") & ~Q(evidence=""), name="delivery_regulator_with_evidence"),
        ]


class MerchantRating(Rating):
    """A merchant's rating of the carriage of one parcel that the merchant's shop sent."""

    waybill_no = models.CharField(max_length=64)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)

    class Meta(Rating.Meta):
        constraints = [
            *_kind(MERCHANT),
            *_marks("merchant"),
            models.UniqueConstraint(fields=["firm", "waybill_no"], name="delivery_merchant_rates_a_parcel_once"),
        ]


class ConsumerRating(Rating):
    """A rating of one parcel by who received it: known by waybill and order number, by nothing else."""

    waybill_no = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta(Rating.Meta):
        constraints = [
            *_kind(CONSUMER),
            *_marks("consumer"),
            models.UniqueConstraint(fields=["firm", "waybill_no"], name="delivery_consumer_rates_a_parcel_once"),
        ]
