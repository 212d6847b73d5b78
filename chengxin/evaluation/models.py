"""Evaluation of shops: published rules, scores as they were shown, what was decided about single reviews, replies, objections.

Rows of rules, snapshots, treatments and replies are written once; the database refuses to change them. There is no row of a buyer.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.audit import protection, rows
from chengxin.evaluation.score import STAR
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Shop

WAITING, PUBLISHED, REFUSED = PROPOSAL_STATES = ("WAITING", "PUBLISHED", "REFUSED")
OPEN, UPHELD, REJECTED = OBJECTION_STATES = ("OPEN", "UPHELD", "REJECTED")
OBJECTING = {"purpose": "评价异议处理", "basis": "pipl.46", "term": "PIA_KEEP"}


class RatingRule(models.Model):
    """One published version of the rating rule; it holds from `effective_on` until a later one does."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    content = models.JSONField(help_text="the terms, see rules/default.yaml")
    reason = models.CharField(max_length=500)
    effective_on = models.DateField()
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    published_by = models.CharField(max_length=80)
    published_by_name = models.CharField(max_length=80)
    published_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-effective_on", "-number"]
        constraints = [models.CheckConstraint(condition=~Q(proposed_by=F("published_by")), name="rating_rule_two_people")]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("evaluation:rule", args=[self.number])


class RuleProposal(models.Model):
    """A version that one person wrote and another has yet to publish."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    content = models.JSONField()
    reason = models.CharField(max_length=500)
    effective_on = models.DateField()
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=WAITING)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PROPOSAL_STATES), name="rating_proposal_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="rating_proposal_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("evaluation:proposal", args=[self.pk])


class Snapshot(models.Model):
    """A shop's score as it was shown from `day` until the next snapshot. Scores in millionths of a star; `level` 0 is below the first.

    receipt: the sealed document (chengxin-receipt/1) as zlib JSON; reviews: the same as [[number, stars, day, follow-ups]];
    missing, passed: places where the chain of review numbers does not close; facts: what others did in the chain, side by side.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="snapshots")
    day = models.DateField()
    rule = models.ForeignKey(RatingRule, on_delete=models.PROTECT, related_name="+")
    score = models.IntegerField()
    low = models.IntegerField()
    high = models.IntegerField()
    ratings = models.IntegerField()
    excluded = models.IntegerField()
    effective_milli = models.BigIntegerField()
    points = models.IntegerField()
    level = models.SmallIntegerField()
    good = models.IntegerField()
    neutral = models.IntegerField()
    bad = models.IntegerField()
    recent = models.IntegerField()
    drift_milli = models.IntegerField()
    reported = models.IntegerField(help_text="buyers' reviews reported in all, also those that do not count")
    missing = models.IntegerField(default=0)
    passed = models.IntegerField(default=0)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, help_text="of the inputs; the same inputs need no new snapshot")
    receipt = models.BinaryField()
    reviews = models.BinaryField()
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["shop", "day"], name="one_snapshot_a_day")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"

    @property
    def page_url(self) -> str:
        return reverse("evaluation:shop", args=[self.shop_id])

    @property
    def officer_url(self) -> str:
        return reverse("evaluation:officer_shop", args=[self.shop_id])

    @property
    def stars(self) -> str:
        return f"{self.score / STAR:.2f}"

    @property
    def interval(self) -> str:
        return f"{self.low / STAR:.2f} – {self.high / STAR:.2f}"

    @property
    def gaps(self) -> int:
        return self.missing + self.passed


class Treatment(models.Model):
    """A named person masked part of a review, or excluded it from the score. The review stays; `statement` is public."""

    class Act(models.TextChoices):
        MASK = "mask", _("Partly masked")
        EXCLUDE = "exclude", _("Excluded from the score")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="treatments")
    review_no = models.CharField(max_length=64)
    act = models.CharField(max_length=8, choices=Act.choices)
    part = models.CharField(max_length=200, blank=True, help_text="which part is masked, in words; the original is kept by the platform")
    reason = models.CharField(max_length=20)
    basis = models.CharField(max_length=300)
    statement = models.CharField(max_length=500)
    original_sha256 = models.CharField(max_length=64, blank=True, help_text="of the original that the platform keeps")
    decided_by = models.CharField(max_length=80)
    decided_by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(act="exclude") | (~Q(part="") & ~Q(original_sha256="")), name="mask_names_part_and_original")
        ]

    def __str__(self) -> str:
        return self.number


class TreatmentEnd(models.Model):
    """A treatment was taken back."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    treatment = models.OneToOneField(Treatment, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(max_length=500)
    decided_by = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.treatment_id)


class Reply(models.Model):
    """The seller's public answer to a review."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="replies")
    review_no = models.CharField(max_length=64)
    text = models.CharField(max_length=500)
    written_by = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["shop", "review_no"], name="one_reply_per_review")]

    def __str__(self) -> str:
        return self.review_no


class Objection(models.Model):
    """A shop disputes a review, or what was decided about one (`treatment`). A person who had no part in it decides."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="review_objections")
    review_no = models.CharField(max_length=64)
    treatment = models.ForeignKey(Treatment, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    department = models.CharField(max_length=24, help_text="that decides, by the rule in force when it was raised")
    statement = EncryptedTextField(**OBJECTING)
    state = models.CharField(max_length=10, default=OPEN)
    raised_by = models.CharField(max_length=80)
    raised_by_name = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    answer = EncryptedTextField(blank=True, default="", **OBJECTING)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OBJECTION_STATES), name="review_objection_state"),
            models.UniqueConstraint(fields=["shop", "review_no"], condition=Q(state=OPEN), name="one_open_objection_per_review"),
            models.CheckConstraint(condition=Q(state=OPEN) | (~Q(decided_by="") & ~Q(answer="")), name="review_objection_with_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.review_no} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("evaluation:objection", args=[self.pk])


rows.bind(RatingRule, Treatment, TreatmentEnd, Reply)
KEPT = {f"evaluation_{name}": '"id"' for name in ("ratingrule", "snapshot", "treatment", "treatmentend", "reply")}
protection.keep(**KEPT)
