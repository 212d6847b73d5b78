"""What was found about a duty on a day, what a platform says of a duty nobody else can check, and the steps of matters."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.subjects.models import Platform

GREEN, AMBER, RED, GREY = COLOURS = ("green", "amber", "red", "grey")
SUBMITTED, VERIFIED, REFUSED = REPORT_STATES = ("SUBMITTED", "VERIFIED", "REFUSED")


class DutyCheck(models.Model):
    """The result of one check of one duty of one platform, as of a day and by the law of that day; never changed, only followed by another.

    `found` counts: looked at, near their last day, wrong. `links` name the evidence: [{zh, en, url}]. It holds good until `valid_until`.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="duty_checks")
    duty = models.CharField(max_length=4)
    check_name = models.CharField(max_length=60)
    colour = models.CharField(max_length=5)
    looked = models.PositiveIntegerField(default=0)
    near = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    links = models.JSONField(default=list)
    provisions = models.JSONField(help_text="what the law of the day rests the duty on")
    on = models.DateField()
    valid_until = models.DateField()
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField(help_text="number of the log entry of the run that made it")

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["platform", "duty", "-made_at"], name="duty_check_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(colour__in=COLOURS), name="duty_check_colour"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("on")), name="duty_check_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.colour} {self.on}"


class SelfReport(models.Model):
    """What a platform says about a duty that no program can check, with its evidence; it counts once an officer has verified it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="self_reports")
    duty = models.CharField(max_length=4)
    statement = models.TextField(max_length=4000)
    evidence_name = models.CharField(max_length=200)
    evidence_hash = models.CharField(max_length=64, help_text="SHA-256 of the evidence file")
    exhibit = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, default=SUBMITTED)
    reported_by = models.CharField(max_length=80)
    reported_by_name = models.CharField(max_length=80)
    reported_at = models.DateTimeField()
    department = models.CharField(max_length=24, blank=True, default="")
    verified_by = models.CharField(max_length=80, blank=True, default="")
    verified_by_name = models.CharField(max_length=80, blank=True, default="")
    verified_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-reported_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REPORT_STATES), name="self_report_state"),
            models.CheckConstraint(condition=~Q(reported_by=F("verified_by")), name="self_report_two_people"),
            models.CheckConstraint(condition=Q(state=SUBMITTED) | ~Q(verified_by=""), name="self_report_decided_by_somebody"),
            models.CheckConstraint(condition=~Q(state=VERIFIED) | Q(valid_until__isnull=False), name="self_report_has_a_term"),
            models.UniqueConstraint(fields=["platform", "duty"], condition=Q(state=SUBMITTED), name="one_waiting_self_report_per_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("platforms:verify_report", args=[self.pk])


class Step(models.Model):
    """One step in the history of a measure, a clue report, an interview or a notice; the log holds the same step."""

    class Of(models.TextChoices):
        MEASURE = "measure", _("Measure against the shop")
        CLUE = "clue", _("Clue report")
        INTERVIEW = "interview", _("Interview")
        NOTICE = "notice", _("Notice to platforms")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10, choices=Of.choices)
    matter = models.UUIDField()
    place = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=14)
    after = models.CharField(max_length=14)
    actor = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="step_place")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"
