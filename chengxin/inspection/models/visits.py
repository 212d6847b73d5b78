"""A visit to one subject: its team, what was found item by item, photos, two signatures, another person's review, publication."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.documents.models import Document
from chengxin.evidence.models import Exhibit
from chengxin.inspection.models.plans import Plan
from chengxin.inspection.models.registers import Inspector
from chengxin.kernel import ids
from chengxin.subjects.models import Subject

ASSIGNED, REPORTED, SIGNED, PUBLISHED = TASK_STATES = ("ASSIGNED", "REPORTED", "SIGNED", "PUBLISHED")


class Task(models.Model):
    """One visit. `answers`: {item: {line: yes | no | na}}; `due_on` is the plan's, `publish_by` the law's once the visit has ended."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="tasks")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="inspections")
    unit = models.CharField(max_length=64, blank=True, default="", help_text="its commitment in the draw")
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=ASSIGNED)
    due_on = models.DateField()
    answers = models.JSONField(default=dict, blank=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    summary = models.CharField(max_length=500, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0, help_text="of the report; a signature is for one version")
    reported_by = models.CharField(max_length=80, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True)
    publish_by = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    paper = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposal = models.UUIDField(null=True, blank=True, help_text="the proposed entry on the credit file, when a problem was found")

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TASK_STATES), name="task_state"),
            models.UniqueConstraint(fields=["plan", "subject"], name="visit_once"),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("reported_by")), name="task_two_people"),
            models.CheckConstraint(
                condition=~Q(state=PUBLISHED) | (~Q(decided_by="") & ~Q(outcome="") & Q(published_at__isnull=False)),
                name="task_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("inspection:task", args=[self.number])


class Member(models.Model):
    """An inspector on a visit; `signature` is the drawn signature under `signed_version` of the report."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="members")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="visits")
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_reason = models.CharField(max_length=200, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_version = models.PositiveIntegerField(default=0)
    signature = models.OneToOneField(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="signature_of_visit")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["task", "inspector"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.inspector_id}"


class Photo(models.Model):
    """A photo of a visit: which item and line it shows; the file is an exhibit."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="photos")
    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, related_name="photo_of_visit")
    shows = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.shows
