"""Verdicts, what the judged findings looked like, models as artefacts, and the opinions of the one in use."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids

DETECTOR, LOT = "detector", "lot"
CONFIRMED, DISMISSED, UNKNOWN = "confirmed", "dismissed", "unknown"


class Verdict(models.Model):
    """What an officer said of a clue, handed down from the clue desk. Rows are only added: a later verdict on the clue is a new row.

    `finding_id` is the finding that opened the clue; `raised` says whether the model in use had moved the clue up before the verdict.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = CONFIRMED, _("Confirmed")
        DISMISSED = DISMISSED, _("Harmless")
        UNKNOWN = UNKNOWN, _("Cannot tell")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    step_id = models.UUIDField(unique=True, help_text="the step in the clue's history; told twice, it is kept once")
    clue_id = models.UUIDField(db_index=True)
    number = models.CharField(max_length=24, help_text="the clue's number")
    finding_id = models.UUIDField(db_index=True)
    detector = models.CharField(max_length=40)
    detector_version = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    pattern = models.CharField(max_length=60, blank=True, help_text="the harmless pattern it turned out to be")
    wrong_reasons = models.JSONField(default=list, help_text="codes of reasons that the officer says are wrong")
    reasons = models.JSONField(default=list, help_text="codes of the reasons the clue gave")
    score = models.FloatField()
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    origin = models.CharField(max_length=10, default=DETECTOR, help_text="what brought the clue to the desk: detector or lot")
    inclusion = models.FloatField(default=1.0, help_text="the probability that it came to a desk at all")
    raised = models.BooleanField(default=False)

    class Meta:
        ordering = ["decided_at", "id"]
        indexes = [models.Index(fields=["detector", "decided_at"], name="verdict_detector")]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=[CONFIRMED, DISMISSED, UNKNOWN]), name="verdict_known"),
            models.CheckConstraint(condition=Q(origin__in=[DETECTOR, LOT]), name="verdict_origin_known"),
            models.CheckConstraint(condition=Q(inclusion__gt=0) & Q(inclusion__lte=1), name="verdict_inclusion_is_a_probability"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.outcome} {self.decided_at:%Y-%m-%d}"


class Measured(models.Model):
    """What a finding looked like to the model, from its run's own files; kept so that training needs no lake."""

    finding_id = models.UUIDField(primary_key=True, editable=False)
    version = models.CharField(max_length=64, help_text="hash of what decides the values: feature list, queries, tuning")
    values = models.JSONField(help_text="{feature: number}; one that cannot be known is left out")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.finding_id)


class LearnedModel(models.Model):
    """A model: a file with its hash, and everything it was made of. The same verdicts, parameters and library give the same file."""

    class State(models.TextChoices):
        TRAINED = "trained", _("Trained")
        PROPOSED = "proposed", _("Proposed")
        IN_USE = "in_use", _("In use")
        RETIRED = "retired", _("Retired")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.TRAINED)
    sha256 = models.CharField(max_length=64)
    training_root = models.CharField(max_length=64, help_text="hash over the verdicts and features it learned from")
    verdicts = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()
    features = models.JSONField(help_text="names, in the order of the columns")
    features_version = models.CharField(max_length=64)
    parameters = models.JSONField()
    report = models.JSONField(help_text="figures on the held-back verdicts, baselines, calibration, quantiles for drift")
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=80)
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    proposed_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=80, blank=True, default="")
    accepted_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.CharField(max_length=80, blank=True, default="")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="in_use"), name="one_model_in_use"),
            models.CheckConstraint(condition=Q(accepted_by="") | ~Q(accepted_by=F("proposed_by")), name="another_puts_the_model_in_use"),
            models.CheckConstraint(condition=~Q(state="in_use") | ~Q(accepted_by=""), name="model_in_use_was_accepted"),
        ]

    def __str__(self) -> str:
        return f"M{self.number}"

    @property
    def page_url(self) -> str:
        return reverse("detection:learned", args=[self.number])


class Opinion(models.Model):
    """What the model in use said of a finding: a probability, what moved it, and its place by score and by the model."""

    model = models.ForeignKey(LearnedModel, on_delete=models.PROTECT, related_name="opinions")
    finding_id = models.UUIDField(db_index=True)
    probability = models.FloatField()
    contributions = models.JSONField(help_text="[[feature, value, contribution to the log-odds]], strongest first")
    place = models.PositiveIntegerField(help_text="1 is first, among the run's findings, by the model")
    place_before = models.PositiveIntegerField(help_text="the same by the detector's score")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "finding_id"], name="one_opinion_a_finding")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.probability:.2f}"
