"""What a look at the waiting complaints found alike. These tables point to complaints; nothing of a complaint points here."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from chengxin.consumers.models import Complaint
from chengxin.kernel import ids


class Look(models.Model):
    """One look at a department's complaints that wait for a decision. The next look takes its place."""

    department = models.CharField(max_length=24, unique=True)
    at = models.DateTimeField()
    complaints = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.department} {self.at:%Y-%m-%d}"


class Group(models.Model):
    """Complaints that say the same. pattern: the one with the shortest wording; the figures are the reason that is shown."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    look = models.ForeignKey(Look, on_delete=models.CASCADE, related_name="groups")
    pattern = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="+")
    n = models.PositiveIntegerField()
    wordings = models.PositiveIntegerField()
    businesses = models.PositiveIntegerField()
    contacts = models.PositiveIntegerField()
    wave = models.PositiveIntegerField(help_text="most that came within three days")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-n", "id"]

    def __str__(self) -> str:
        return f"{self.n}"

    @property
    def page_url(self) -> str:
        return reverse("triage:group", args=[self.pk])


class Alike(models.Model):
    """A complaint of a group, by arrival."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="alike")
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["group", "place"]
        constraints = [models.UniqueConstraint(fields=["group", "complaint"], name="alike_once")]

    def __str__(self) -> str:
        return str(self.complaint_id)


class Apart(models.Model):
    """An officer has said that a complaint is not like the others: no look groups it again."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(by__startswith="user:"), name="set_apart_by_a_person")]

    def __str__(self) -> str:
        return str(self.complaint_id)
