"""Who may be inspected, who may inspect, who must not inspect whom, and at what rates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import User
from chengxin.kernel import ids
from chengxin.subjects.models import Subject

WAITING, APPROVED, REFUSED = DECISIONS = ("WAITING", "APPROVED", "REFUSED")


class ListedObject(models.Model):
    """A subject on the object register (检查对象名录库) of one item, with who put it there or took it away, and why."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="listed_for_inspection")
    item = models.CharField(max_length=24)
    division = models.CharField(max_length=12)
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    added_reason = models.CharField(max_length=300)
    removed_by = models.CharField(max_length=80, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["subject__name", "id"]
        indexes = [models.Index(fields=["item", "division"], name="listed_object_place")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "item"], condition=Q(removed_at__isnull=True), name="listed_object_once"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | (~Q(removed_by="") & ~Q(removed_reason="")), name="listed_object_removed_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.subject_id}"


class Inspector(models.Model):
    """An officer on the inspector register (执法检查人员名录库): person, department, certificate and how long it holds."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inspector_entries")
    department = models.CharField(max_length=24)
    certificate = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField()
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=80, blank=True, default="")
    removed_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["department", "certificate"]
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], condition=Q(removed_at__isnull=True), name="inspector_once"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="inspector_certificate_days"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | (~Q(removed_by="") & ~Q(removed_reason="")), name="inspector_removed_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.certificate}"


class Conflict(models.Model):
    """An inspector declares that a subject must not be inspected by them (回避). Never taken back, only outlived."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="conflicts")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="inspection_conflicts")
    reason = models.CharField(max_length=300)
    declared_by = models.CharField(max_length=80)
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["-declared_at"]
        constraints = [models.UniqueConstraint(fields=["inspector", "subject"], name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.subject_id}"


class RateTable(models.Model):
    """Rates by risk class, as two persons put them in force: {"A": {"least", "most", "per_year"}, …}; the newest approved one holds."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    rates = models.JSONField()
    reason = models.CharField(max_length=300)
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
            models.CheckConstraint(condition=Q(state__in=DECISIONS), name="rate_table_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="rate_table_two_people"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=WAITING), name="one_waiting_rate_table"),
        ]

    def __str__(self) -> str:
        return f"{self.proposed_at:%Y-%m-%d} {self.state}"
