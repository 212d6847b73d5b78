"""Payment risks shared with institutions, and what they report back. Freezing and police references are records, never orders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import PaymentOrg, Platform, Subject

SIGNAL, TRIAGED, SHARED, REPORTED, CLOSED, REFERRED = EVENT_STATES = (
    "SIGNAL",
    "TRIAGED",
    "SHARED_WITH_ORG",
    "ACTION_REPORTED",
    "CLOSED",
    "REFERRED_TO_POLICE",
)
FREEZE = "FREEZE"  # of the code list payment_action
VISIBLE = (SHARED, REPORTED, CLOSED, REFERRED)


class RiskEvent(models.Model):
    """A risk about one institution's accounts. source + source_ref name the notice: the same again is counted and starts no clock anew."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    department = models.CharField(max_length=24)
    org = models.ForeignKey(PaymentOrg, on_delete=models.PROTECT, related_name="risk_events")
    type = models.CharField(max_length=12, help_text="code of payment_risk_type")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.CharField(max_length=2000)
    evidence = models.CharField(max_length=500, blank=True, default="", help_text="numbers of mismatches, clues or files")
    rule_version = models.CharField(max_length=40, blank=True, default="")
    source = models.CharField(max_length=80, help_text="who noticed it")
    source_ref = models.CharField(max_length=64)
    repeats = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_by_org = models.BooleanField(default=False, help_text="the institution itself noticed it")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=SIGNAL)
    shared_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    measure = models.CharField(max_length=8, blank=True, default="", help_text="code of payment_action")
    measure_note = models.CharField(max_length=1000, blank=True, default="")
    measure_by_name = models.CharField(max_length=80, blank=True, default="")
    measured_at = models.DateTimeField(null=True, blank=True)
    freeze_ref = models.CharField(max_length=100, blank=True, default="", help_text="number of the authority's paper the freeze rests on")
    police_ref = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EVENT_STATES), name="risk_event_state"),
            models.UniqueConstraint(fields=["source", "source_ref"], name="one_event_a_notice"),
            models.CheckConstraint(condition=~Q(state=REFERRED) | ~Q(police_ref=""), name="referral_has_a_number"),
            models.CheckConstraint(condition=~Q(measure=FREEZE) | ~Q(freeze_ref=""), name="freeze_has_a_paper"),
            models.CheckConstraint(condition=~Q(state=REPORTED) | ~Q(measure=""), name="reported_has_a_measure"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("payments:event", args=[self.number])

    @property
    def org_url(self) -> str:
        return reverse("payments:my_event", args=[self.number])
