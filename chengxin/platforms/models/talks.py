"""Interviews with platforms, circulars and risk notices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.subjects.models import Platform

PLANNED, SERVED, HELD, RECTIFYING, RECTIFIED, ACCEPTED, NOT_RECTIFIED, CANCELLED = INTERVIEW_STATES = (
    "PLANNED",
    "SERVED",
    "HELD",
    "RECTIFYING",
    "RECTIFIED",
    "ACCEPTED",
    "NOT_RECTIFIED",
    "CANCELLED",
)
DRAFT, ISSUED, SENT_BACK, OVER = NOTICE_STATES = ("DRAFT", "ISSUED", "SENT_BACK", "OVER")


class Interview(models.Model):
    """A department talks to those in charge of a platform (order 116 art. 38): what about, what is demanded by when, what came of it.

    Who held it does not accept the rectification.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="interviews")
    department = models.CharField(max_length=24)
    duties = models.JSONField(default=list)
    matters = models.TextField(max_length=2000)
    at = models.DateTimeField()
    place = models.CharField(max_length=200)
    persons = models.CharField(max_length=300, help_text="posts of those asked to come, no private data")
    state = models.CharField(max_length=14, default=PLANNED)
    planned_by = models.CharField(max_length=80)
    planned_by_name = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField(max_length=8000, blank=True, default="")
    signed_by = models.CharField(max_length=200, blank=True, default="", help_text="who of the platform signed the minutes, with post")
    held_by = models.CharField(max_length=80, blank=True, default="")
    held_by_name = models.CharField(max_length=80, blank=True, default="")
    recorder = models.CharField(max_length=80, blank=True, default="")
    demands = models.TextField(max_length=2000, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    rectification = models.TextField(max_length=4000, blank=True, default="")
    evidence_name = models.CharField(max_length=200, blank=True, default="")
    evidence_hash = models.CharField(max_length=64, blank=True, default="")
    exhibit = models.CharField(max_length=40, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=1000, blank=True, default="")
    papers = models.JSONField(default=list, help_text="[{form, number, url}] of the papers issued")

    class Meta:
        ordering = ["-planned_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=INTERVIEW_STATES), name="interview_state"),
            models.CheckConstraint(condition=Q(held_by="") | ~Q(held_by=F("decided_by")), name="interview_two_people"),
            models.CheckConstraint(
                condition=~Q(state__in=[HELD, RECTIFYING, RECTIFIED, ACCEPTED, NOT_RECTIFIED]) | (~Q(minutes="") & ~Q(signed_by="")),
                name="interview_held_has_signed_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RECTIFYING, RECTIFIED, ACCEPTED, NOT_RECTIFIED]) | (~Q(demands="") & Q(due_on__isnull=False)),
                name="interview_demands_have_a_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ACCEPTED, NOT_RECTIFIED]) | (~Q(decided_by="") & ~Q(decision_reason="")),
                name="interview_decided_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("platforms:interview", args=[self.number])

    @property
    def platform_url(self) -> str:
        return reverse("platforms:my_interview", args=[self.number])


class Notice(models.Model):
    """A circular (通报) or a risk notice (风险提示) to platforms: one person writes, another issues; it ends on its last day."""

    class Kind(models.TextChoices):
        CIRCULAR = "circular", _("Circular")
        RISK = "risk", _("Risk notice")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    department = models.CharField(max_length=24)
    platforms = models.ManyToManyField(Platform, related_name="notices")
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=8000)
    until = models.DateField()
    state = models.CharField(max_length=10, default=DRAFT)
    written_by = models.CharField(max_length=80)
    written_by_name = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80, blank=True, default="")
    issued_by_name = models.CharField(max_length=80, blank=True, default="")
    issued_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    papers = models.JSONField(default=list)

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NOTICE_STATES), name="platform_notice_state"),
            models.CheckConstraint(condition=~Q(written_by=F("issued_by")), name="platform_notice_two_people"),
            models.CheckConstraint(condition=Q(state=DRAFT) | ~Q(issued_by=""), name="platform_notice_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def page_url(self) -> str:
        return reverse("platforms:notice", args=[self.number])

    @property
    def platform_url(self) -> str:
        return reverse("platforms:my_notice", args=[self.number])


class NoticeRead(models.Model):
    """A platform confirms that it has read a notice, by a named person."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="reads")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["notice", "platform"], name="one_read_per_platform")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.platform_id}"
