"""Risk classes, for inside use only, and warnings that a person proposes and another approves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.inspection.catalogue import CLASSES
from chengxin.inspection.models.registers import DECISIONS, WAITING
from chengxin.kernel import ids
from chengxin.subjects.models import Subject
from chengxin.subjects.models.parties import REGISTERED_KINDS

PROPOSED, NOTIFIED, ACKNOWLEDGED, EXPIRED, DROPPED = WARNING_STATES = ("PROPOSED", "NOTIFIED", "ACKNOWLEDGED", "EXPIRED", "DROPPED")


class Assessment(models.Model):
    """A subject's class of a month with every reason. `kind` is the subject's: the database has none for a natural person."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="risk_assessments")
    kind = models.CharField(max_length=1)
    month = models.DateField(help_text="its first day")
    risk_class = models.CharField(max_length=1)
    points = models.IntegerField()
    reasons = models.JSONField(help_text='[{"factor", "count", "points"}]')
    model = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "month"], name="one_class_a_month"),
            models.CheckConstraint(condition=Q(kind__in=REGISTERED_KINDS), name="no_class_for_a_natural_person"),
            models.CheckConstraint(condition=Q(risk_class__in=CLASSES), name="risk_class_known"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.month:%Y-%m}"


class Correction(models.Model):
    """An officer says why the class of a month should be another; it holds once a second person approves."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="corrections")
    risk_class = models.CharField(max_length=1)
    reason = models.CharField(max_length=500)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=8, default=WAITING)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DECISIONS) & Q(risk_class__in=CLASSES), name="correction_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="correction_two_people"),
            models.UniqueConstraint(fields=["assessment"], condition=Q(state=WAITING), name="one_waiting_correction"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.state}"

    @property
    def page_url(self) -> str:
        """Where it is decided: the page of the subject's class."""
        return reverse("inspection:risk_class", args=[self.assessment.subject_id])


class RiskWarning(models.Model):
    """A warning to one subject (风险提示): what was seen, what to do, until when it stands. It is advice, not a penalty."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="risk_warnings")
    department = models.CharField(max_length=24)
    text = models.CharField(max_length=1000)
    advice = models.CharField(max_length=1000)
    until = models.DateField(help_text="its last day")
    state = models.CharField(max_length=12, default=PROPOSED)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by_name = models.CharField(max_length=80, blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WARNING_STATES), name="warning_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="warning_two_people"),
            models.CheckConstraint(condition=Q(state__in=[PROPOSED, EXPIRED]) | ~Q(decided_by=""), name="warning_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("inspection:warning", args=[self.number])
