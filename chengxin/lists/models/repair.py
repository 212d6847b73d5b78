"""A credit repair: applied for by the subject, accepted, decided by another person, in effect; and what fraud in it costs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.lists.models.official import DEFENCE, ListEntry, different
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

APPLIED, ACCEPTED, NOT_ACCEPTED, GRANTED, REFUSED, FRAUD = REPAIR_STATES = (
    "APPLIED",
    "ACCEPTED",
    "NOT_ACCEPTED",
    "GRANTED",
    "REFUSED",
    "FRAUD",
)
OPEN_REPAIRS = (APPLIED, ACCEPTED)


class RepairApplication(models.Model):
    """An application to end the publicity and effects of a list entry or of a credit record early (order 107)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    entry = models.ForeignKey(ListEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="repairs")
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="repairs")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="repairs")
    department = models.CharField(max_length=24)
    level = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=12, default=APPLIED)
    statement = EncryptedTextField(**DEFENCE)
    promised = models.BooleanField()
    applied_by = models.CharField(max_length=80)
    applied_by_name = models.CharField(max_length=80)
    applied_on = models.DateField()
    clock = models.CharField(max_length=24)
    due_on = models.DateField()
    accepted_by = models.CharField(max_length=80, blank=True, default="")
    accepted_by_name = models.CharField(max_length=80, blank=True, default="")
    accepted_on = models.DateField(null=True, blank=True)
    extended_by = models.CharField(max_length=80, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")
    effect_due_on = models.DateField(null=True, blank=True)
    fraud_said = models.CharField(max_length=1000, blank=True, default="")
    fraud_found_by = models.CharField(max_length=80, blank=True, default="")
    fraud_found_by_name = models.CharField(max_length=80, blank=True, default="")
    fraud_confirmed_by = models.CharField(max_length=80, blank=True, default="")
    fraud_on = models.DateField(null=True, blank=True)
    barred_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REPAIR_STATES) & Q(promised=True), name="repair_state"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, record__isnull=True) | Q(entry__isnull=True, record__isnull=False),
                name="repair_of_one_thing",
            ),
            models.CheckConstraint(condition=different("accepted_by", "decided_by"), name="repair_two_people"),
            models.CheckConstraint(condition=different("fraud_found_by", "fraud_confirmed_by"), name="repair_fraud_two_people"),
            models.CheckConstraint(
                condition=~Q(state__in=["GRANTED", "REFUSED"]) | (~Q(accepted_by="") & ~Q(decided_by="") & ~Q(reason="")),
                name="repair_decided_with_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(state="FRAUD") | (Q(barred_until__isnull=False) & ~Q(fraud_said="") & ~Q(fraud_confirmed_by="")),
                name="repair_fraud_bars",
            ),
            models.UniqueConstraint(fields=["entry"], condition=Q(state__in=OPEN_REPAIRS), name="one_open_repair_an_entry"),
            models.UniqueConstraint(fields=["record"], condition=Q(state__in=OPEN_REPAIRS), name="one_open_repair_a_record"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("lists:repair", args=[self.pk])
