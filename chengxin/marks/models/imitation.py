"""Reports of imitation: who passes for whom, what shows it, and the officer's decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Subject

OPEN, CONFIRMED, DISMISSED = STATES = ("OPEN", "CONFIRMED", "DISMISSED")
REPORT = {"purpose": "仿冒网站举报核查", "basis": "ecl.59", "term": "PIA_KEEP"}


class ImitationReport(models.Model):
    """Somebody says that an address or a name passes for another. Public only once confirmed, and until `public_until`.

    target: the host (IDNA) or, where there is none, the name; `original`: whom it passes for, in words; `imitated`: the subject an officer
    found. statement, contact: the reporter's, for the desk only.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=19, unique=True, help_text="the reporter follows the report with it")
    target = models.CharField(max_length=253, db_index=True)
    url = models.CharField(max_length=2000, blank=True, default="")
    original = models.CharField(max_length=200)
    statement = EncryptedTextField(**REPORT)
    contact = EncryptedTextField(blank=True, default="", **REPORT)
    times = models.PositiveIntegerField(default=1, help_text="how often it was reported while open")
    state = models.CharField(max_length=10, default=OPEN)
    reported_at = models.DateTimeField()
    imitated = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="imitations")
    other_side = models.TextField(blank=True, default="", help_text="what the side complained of said, or how it was asked in vain")
    department = models.CharField(max_length=24, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="public once confirmed")
    public_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-reported_at"]
        indexes = [models.Index(fields=["state", "reported_at"], name="imitation_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="imitation_state_known"),
            models.CheckConstraint(
                condition=Q(state=OPEN) | (Q(decided_by__startswith="user:") & ~Q(reason="") & ~Q(department="")),
                name="imitation_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=CONFIRMED) | (Q(imitated__isnull=False, public_until__isnull=False) & ~Q(other_side="")),
                name="imitation_confirmed_on_both_sides",
            ),
            models.UniqueConstraint(fields=["target"], condition=Q(state=OPEN), name="one_open_report_a_target"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def matter(self) -> str:
        """Its name for evidence."""
        return f"marks.imitation:{self.pk}"

    @property
    def officer_page(self) -> str:
        return reverse("marks:report", args=[self.number])
