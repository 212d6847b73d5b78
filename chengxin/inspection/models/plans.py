"""A plan says what is inspected, by which departments and how it is chosen; a draw chooses so that anybody can check it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.inspection.models.registers import APPROVED, DECISIONS, WAITING
from chengxin.kernel import ids

FROZEN, DRAWN, FAILED = DRAW_STATES = ("FROZEN", "DRAWN", "FAILED")
LEAD, JOINS, WITNESS = PARTS = ("lead", "joins", "witness")


class Plan(models.Model):
    """One inspection plan. `shares` are the per cent of each class to draw, for plans by lot; `subjects` those named by a clue."""

    class Kind(models.TextChoices):
        LOT = "lot", _("Drawn by lot")
        CLUE = "clue", _("Special check led by a clue")
        FULL = "full", _("Full coverage")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    items = models.JSONField(help_text="codes of items.yaml; the first is the lead department's")
    division = models.CharField(max_length=12, blank=True, default="")
    shares = models.JSONField(default=dict, blank=True)
    subjects = models.JSONField(default=list, blank=True)
    clue = models.CharField(max_length=24, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    due_on = models.DateField()
    state = models.CharField(max_length=8, default=WAITING)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DECISIONS), name="plan_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="plan_two_people"),
            models.CheckConstraint(condition=~Q(kind="clue") | ~Q(reason=""), name="plan_by_clue_says_why"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("inspection:plan", args=[self.number])

    @property
    def is_approved(self) -> bool:
        return self.state == APPROVED

    def of_part(self, *parts: str) -> list[str]:
        """The departments with these parts, lead first."""
        rows = sorted(self.parts.all(), key=lambda one: (PARTS.index(one.part), one.department))
        return [one.department for one in rows if one.part in parts]


class PlanPart(models.Model):
    """A department's part in a plan: it leads, joins the visit, or only witnesses the draw with a secret of its own."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts")
    department = models.CharField(max_length=24, db_index=True)
    part = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "department"], name="plan_part_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(part=LEAD), name="plan_one_lead"),
            models.CheckConstraint(condition=Q(part__in=PARTS), name="plan_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.part}"

    @property
    def page_url(self) -> str:
        return self.plan.page_url


class Draw(models.Model):
    """One attempt to draw a plan's objects and inspectors; verify_draw.py is the algorithm.

    `lists` is public and holds commitments only; `opening` tells which name is behind each, and stays inside: the class of a firm could be
    told from the stratum in which its name stands. A failed attempt stays, with both commitments and who did not reveal.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="draws")
    attempt = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=6, default=FROZEN)
    lists = models.JSONField()
    opening = models.JSONField()
    lists_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=200, help_text="the public value that will be used")
    public_on = models.DateField(help_text="its day; commitments and secrets are older")
    value = models.CharField(max_length=300, blank=True, default="")
    value_by = models.CharField(max_length=80, blank=True, default="")
    value_department = models.CharField(max_length=24, blank=True, default="")
    value_confirmed_by = models.CharField(max_length=80, blank=True, default="")
    seed = models.CharField(max_length=64, blank=True, default="")
    drawn = models.JSONField(default=list, blank=True)
    replacements = models.JSONField(default=list, blank=True)
    receipt = models.JSONField(default=dict, blank=True)
    failed_because = models.CharField(max_length=200, blank=True, default="")
    failed_department = models.CharField(max_length=24, blank=True, default="")
    frozen_by = models.CharField(max_length=80)
    frozen_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "attempt"], name="draw_attempt_once"),
            models.UniqueConstraint(fields=["plan"], condition=~Q(state=FAILED), name="one_draw_that_counts"),
            models.CheckConstraint(condition=Q(state__in=DRAW_STATES), name="draw_state"),
            models.CheckConstraint(
                condition=~Q(state=DRAWN) | (~Q(seed="") & ~Q(value="") & ~Q(value_by=F("value_confirmed_by"))), name="draw_two_people"
            ),
            models.CheckConstraint(condition=~Q(state=FAILED) | ~Q(failed_because=""), name="draw_failed_why"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.attempt}"

    @property
    def name(self) -> str:
        """What the file and commitments call this attempt."""
        return f"{self.plan.number}-{self.attempt}"

    @property
    def page_url(self) -> str:
        return reverse("inspection:public_draw", args=[self.name])


class Share(models.Model):
    """A department's commitment to a secret, and the secret once it is revealed."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="shares")
    department = models.CharField(max_length=24)
    commitment = models.CharField(max_length=64)
    committed_by = models.CharField(max_length=80)
    committed_at = models.DateTimeField()
    secret = models.CharField(max_length=128, blank=True, default="")
    revealed_by = models.CharField(max_length=80, blank=True, default="")
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["department"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "department"], name="share_once"),
            models.UniqueConstraint(fields=["draw", "committed_by"], name="share_of_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.department}"
