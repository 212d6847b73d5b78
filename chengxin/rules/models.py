"""Rules in versions, what was decided by them, and what a person said about a decision."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.subjects.models import Shop

DRAFT, PROPOSED, SIGNED, RETIRED, DROPPED = STATES = ("DRAFT", "PROPOSED", "SIGNED", "RETIRED", "DROPPED")
PASS, REVIEW, REFER = OUTCOMES = ("pass", "review", "refer")  # from the mildest; the strictest rule that applies decides


class Rule(models.Model):
    """A rule through its versions; `code` is what people call it by."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    code = models.CharField(max_length=12, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def page_url(self) -> str:
        return reverse("rules:rule", args=[self.code])


class RuleVersion(models.Model):
    """One version: what it looks at, what it says to the party concerned, who wrote it and who signed it. Its content changes as a draft
    only; `digest` is the content as it was proposed, and a signed version whose content no longer has it is not applied."""

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        PARCEL = "parcel", _("Parcel")

    class Outcome(models.TextChoices):
        REVIEW = REVIEW, _("Review")
        REFER = REFER, _("Refer to a person")

    class Match(models.TextChoices):
        ALL = "all", _("All conditions hold")
        ANY = "any", _("Any condition holds")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    kind = models.CharField(_("Looks at"), max_length=8, choices=Kind.choices)
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome.choices)
    match = models.CharField(_("Applies when"), max_length=4, choices=Match.choices, default=Match.ALL)
    conditions = models.JSONField(help_text="[[feature, comparison, value as text in the unit people use], …]")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    text_zh = models.CharField(max_length=400)
    text_en = models.CharField(max_length=600)
    basis = models.CharField(max_length=40, help_text="id of a provision of the law")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who looks at what it refers"
    )
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True, help_text="the first day on which it no longer applies")
    digest = models.CharField(max_length=64, blank=True, default="")
    drafted_by = models.CharField(max_length=80)
    drafted_by_name = models.CharField(max_length=120)
    drafted_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    proposed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=80, blank=True, default="")
    signed_by_name = models.CharField(max_length=120, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state__in=[DRAFT, PROPOSED]), name="rule_one_open_version"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="rule_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=[REVIEW, REFER]), name="rule_never_blocks"),
            models.CheckConstraint(
                condition=~Q(state__in=[SIGNED, RETIRED])
                | (~Q(signed_by="") & ~Q(signed_by=F("drafted_by")) & ~Q(signed_by=F("proposed_by")) & ~Q(digest="")),
                name="rule_signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule.code} v{self.number}"

    @property
    def zh(self) -> str:
        return self.name_zh

    @property
    def en(self) -> str:
        return self.name_en

    @property
    def page_url(self) -> str:
        return reverse("rules:version", args=[self.rule.code, self.number])

    @cached_property
    def said(self) -> dict[str, Any]:
        """What every reason given by it repeats (reasons.told)."""
        return {
            "rule": self.rule.code,
            "version": self.number,
            "id": str(self.id),
            "outcome": self.outcome,
            "zh": self.name_zh,
            "en": self.name_en,
            "text_zh": self.text_zh,
            "text_en": self.text_en,
            "basis": self.basis,
        }


class RuleStep(models.Model):
    """A step in the life of a version, for its page; the log has the same."""

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.action}"


class DryRun(models.Model):
    """A version tried on what was reported before: what would be decided differently. `digest` is the content that was tried."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="dry_runs")
    digest = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField(help_text="the day after the last")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    job = models.UUIDField(null=True)
    result = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.since} – {self.until}"

    @property
    def last_day(self) -> date:
        """The last day it looks at."""
        return self.until - timedelta(days=1)

    @property
    def page_url(self) -> str:
        return reverse("rules:dry_run", args=[self.pk])


class Book(models.Model):
    """The versions that were in force together; every decision names the book it was made by."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    versions = models.JSONField(help_text="ids in the order of the bits of a decision")
    features = models.JSONField(help_text="names in the order of the values of a decision")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class DecisionBatch(models.Model):
    """What one request was answered: one compact row, however many events it asked about (see kept.py for `body`)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["platform", "-at"], name="decision_batch_platform")]

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} × {self.count}"


class Held(models.Model):
    """One decision that was not a pass, with its reasons as told, and what a named person said about it. It is about a trade or a shop;
    nothing in it is about a buyer."""

    class Verdict(models.TextChoices):
        STANDS = "stands", _("The decision stands")
        LIFTED = "lifted", _("The decision is lifted")

    class Outcome(models.TextChoices):
        REVIEW = REVIEW, _("Review")
        REFER = REFER, _("Referred to a person")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=40, unique=True)
    batch = models.ForeignKey(DecisionBatch, on_delete=models.PROTECT, related_name="held")
    platform = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    shop_token = models.BigIntegerField()
    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(help_text="see reasons.told")
    at = models.DateTimeField()
    asked_by = models.CharField(max_length=80, blank=True, default="")
    asked_by_name = models.CharField(max_length=120, blank=True, default="")
    asked_why = models.CharField(max_length=1000, blank=True, default="")
    asked_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True, default="")
    answer = models.CharField(max_length=2000, blank=True, default="")
    answered_by = models.CharField(max_length=80, blank=True, default="")
    answered_by_name = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-number"]
        indexes = [
            models.Index(fields=["verdict", "-at"], name="held_open"),
            models.Index(fields=["platform", "-at"], name="held_platform"),
            models.Index(fields=["shop", "-at"], name="held_shop"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=[REVIEW, REFER]), name="held_is_no_pass"),
            models.CheckConstraint(
                condition=(Q(verdict="") & Q(answered_by="") & Q(answered_at=None))
                | (~Q(verdict="") & ~Q(answered_by="") & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="held_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("rules:decision", args=[self.number])

    @property
    def own_page_url(self) -> str:
        """The page of the party concerned."""
        return reverse("rules:own", args=[self.number])


class Hit(models.Model):
    """A version that applied to a held decision: what the list of rules counts."""

    id = models.BigAutoField(primary_key=True)
    held = models.ForeignKey(Held, on_delete=models.CASCADE, related_name="hits")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="hits")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["held", "version"], name="hit_once")]

    def __str__(self) -> str:
        return f"{self.held_id} {self.version_id}"
