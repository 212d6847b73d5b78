"""Requests for erasure, holds by hand, what was removed, and which rows say nothing of anybody any more."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

FILED, ACCEPTED, REFUSED, DONE = STATES = ("FILED", "ACCEPTED", "REFUSED", "DONE")
TERM, PERSON = WHYS = ("term", "person")
STANDS, LIFTED = HOLD_STATES = ("STANDS", "LIFTED")
PROPOSED, TAKEN, DECLINED = IMPORT_STATES = ("PROPOSED", "TAKEN", "DECLINED")


class ErasureRequest(models.Model):
    """Somebody asks that the city forget them (个人信息保护法 45, 47). `about`: who asks, as JSON, emptied once it is done or refused.

    `outcome`: counts by table and what is kept with its ground; nothing in it names anybody.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code_index = models.CharField(max_length=32, unique=True)
    department = models.CharField(max_length=24, db_index=True)
    about = EncryptedTextField(blank=True, default="", purpose="处理个人信息删除请求", basis="pipl.47", term="PIA_KEEP")
    filed_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=FILED, db_index=True)
    ground = models.CharField(max_length=20, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    identity_checked = models.CharField(max_length=200, blank=True, default="", help_text="how it was verified that the person asks")
    with_names = models.BooleanField(default=False, help_text="places where nothing but the name stands are taken too")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    receipt: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["due_on", "filed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="erasure_state"),
            models.CheckConstraint(
                condition=Q(state=FILED) | (Q(decided_by__startswith="user:") & ~Q(ground="")), name="erasure_decided_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("persons:request", args=[self.number])


class Forgotten(models.Model):
    """A row whose personal columns are empty by now: not looked at again, and emptied anew when an older backup is put back."""

    id = models.BigAutoField(primary_key=True)
    store = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    why = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "row"], name="forgotten_once"),
            models.CheckConstraint(condition=Q(why__in=WHYS), name="forgotten_why"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.row}"


class Removal(models.Model):
    """What one night or one request took out of one table. `freed`: bytes of files; the database's own are in the night's log entry."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=8)
    store = models.CharField(max_length=60)
    rows = models.PositiveIntegerField()
    files = models.PositiveIntegerField(default=0)
    freed = models.BigIntegerField(default=0)
    term = models.CharField(max_length=120, blank=True, default="")
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at", "store"]

    def __str__(self) -> str:
        return f"{self.store} {self.rows}"


class SettingsFile(models.Model):
    """A city's settings from a signed file, waiting for a second person. `parts`: the pieces to take; `before`: what stood there."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    origin = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    content: models.JSONField[Any, Any] = models.JSONField()
    parts: models.JSONField[Any, Any] = models.JSONField()
    state = models.CharField(max_length=10, default=PROPOSED)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=IMPORT_STATES), name="settings_file_state"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="settings_file_two_people"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("persons:settings_file", args=[self.number])


class Hold(models.Model):
    """By hand: a business's or a complaint's data are held back from erasure until a day, although their term is over."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    department = models.CharField(max_length=24, db_index=True)
    subject = models.ForeignKey("subjects.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    complaint = models.ForeignKey("consumers.Complaint", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    until = models.DateField()
    state = models.CharField(max_length=8, default=STANDS)
    placed_by_name = models.CharField(max_length=80)
    placed_at = models.DateTimeField()

    class Meta:
        ordering = ["until", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HOLD_STATES) & ~Q(reason=""), name="retention_hold_state"),
            models.CheckConstraint(
                condition=Q(subject__isnull=True, complaint__isnull=False) | Q(subject__isnull=False, complaint__isnull=True),
                name="retention_hold_of_one",
            ),
            models.UniqueConstraint(fields=["subject", "department"], condition=Q(state="STANDS"), name="one_hold_of_a_subject"),
            models.UniqueConstraint(fields=["complaint", "department"], condition=Q(state="STANDS"), name="one_hold_of_a_complaint"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("persons:hold", args=[self.number])


class HoldStep(models.Model):
    """Placed, renewed, lifted: by whom, why, and until when from then on."""

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=8)
    reason = models.CharField(max_length=500)
    until = models.DateField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=Q(by__startswith="user:"), name="retention_hold_by_a_person")]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.action}"
