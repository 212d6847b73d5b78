"""A special campaign: its plan, what its departments have to do, and the clues it hands over to other regions. No figure is kept here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.supervision.models import Clue

DRAFTED, APPROVED, REFUSED, RUNNING, ENDED, CLOSED = CAMPAIGN_STATES = ("DRAFTED", "APPROVED", "REFUSED", "RUNNING", "ENDED", "CLOSED")
OPEN, DONE, DROPPED = TASK_STATES = ("OPEN", "DONE", "DROPPED")
SENT, ANSWERED, RETURNED = HANDOVER_STATES = ("SENT", "ANSWERED", "RETURNED")


class Campaign(models.Model):
    """The plan. `behaviours`: codes B01-B29; `goods`: codes of complaint_category; `plans`: numbers of inspection plans; `targets`:
    indicator → number. `ends_on` is the last day, included; `ended_on` is set when it ends early."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    department = models.CharField(max_length=24, help_text="the lead")
    members = models.JSONField(default=list, help_text="the other departments")
    behaviours = models.JSONField()
    goods = models.JSONField(default=list)
    plans = models.JSONField(default=list)
    targets = models.JSONField(default=dict)
    basis = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, default=DRAFTED)
    drafted_by = models.CharField(max_length=80)
    drafted_by_name = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_by_name = models.CharField(max_length=80, blank=True, default="")
    report = models.UUIDField(null=True, blank=True, help_text="the report as an official paper")
    report_number = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["-starts_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CAMPAIGN_STATES), name="campaign_state"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_period"),
            models.CheckConstraint(condition=~Q(drafted_by=F("approved_by")), name="campaign_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=[DRAFTED, REFUSED]) | (~Q(approved_by="") & ~Q(approved_by_name="")),
                name="campaign_approved_by_a_named",
            ),
            models.CheckConstraint(condition=~Q(state=CLOSED) | Q(report__isnull=False), name="campaign_closed_with_report"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def departments(self) -> list[str]:
        """Lead first."""
        return [self.department, *self.members]

    @property
    def page_url(self) -> str:
        return reverse("campaigns:campaign", args=[self.number])


class CampaignTask(models.Model):
    """What one department has to do in a campaign."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="tasks")
    department = models.CharField(max_length=24)
    what = models.CharField(max_length=500)
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=OPEN)
    result = models.CharField(max_length=500, blank=True, default="")
    done_on = models.DateField(null=True, blank=True)
    done_by_name = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TASK_STATES), name="campaign_task_state"),
            models.CheckConstraint(
                condition=~Q(state=DONE) | (~Q(result="") & Q(done_on__isnull=False)), name="campaign_task_has_a_result"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        """Where it is reported done: the campaign's page."""
        return self.campaign.page_url


class Handover(models.Model):
    """A clue whose subject sits in another region, sent there by letter; `due_on`: the receiver's clock for checking a clue."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="regional_handovers")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="handovers")
    department = models.CharField(max_length=24)
    division = models.CharField(max_length=12, help_text="where the subject sits")
    authority = models.CharField(max_length=100)
    facts = models.CharField(max_length=1000)
    paper = models.UUIDField()
    paper_number = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default=SENT)
    sent_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=1000, blank=True, default="")
    answer_ref = models.CharField(max_length=100, blank=True, default="", help_text="number of the paper that answered")
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HANDOVER_STATES), name="regional_handover_state"),
            models.CheckConstraint(
                condition=Q(state=SENT) | (~Q(answer="") & Q(answered_on__isnull=False)), name="handover_answered_by_paper"
            ),
            models.UniqueConstraint(fields=["clue", "division"], condition=Q(state=SENT), name="one_open_handover_of_a_clue"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("campaigns:handover", args=[self.number])
