"""What is on record of a courier worker: only facts of the job that a decision or an upheld complaint confirmed, under the staff number.

There is no name, telephone or identity number here, and nothing of it is public. It ends by itself after the term of the law's data.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.delivery.models.incidents import Incident
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Record
from chengxin.subjects.models import CourierFirm

APPEALED, UPHELD, REJECTED = APPEAL_STATES = ("APPEALED", "UPHELD", "REJECTED")
APPEALING = {"purpose": "从业人员异议处理", "basis": "pipl.46", "term": "PIA_KEEP"}


class WorkerFact(models.Model):
    """One confirmed fact about a worker of a firm, by the firm's staff number."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=19, unique=True, help_text="handed to the worker by the employer; who has it may appeal")
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="worker_facts")
    staff_no = models.CharField(max_length=64)
    fault = models.CharField(max_length=20)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="worker_facts")
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=24)
    confirmed_on = models.DateField()
    until = models.DateField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-confirmed_on", "-number"]
        indexes = [models.Index(fields=["firm", "staff_no"], name="delivery_fact_of_worker")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(incident__isnull=False) & Q(record__isnull=True)) | (Q(incident__isnull=True) & Q(record__isnull=False)),
                name="delivery_worker_fact_is_confirmed",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("confirmed_on")), name="delivery_worker_fact_ends"),
            models.UniqueConstraint(
                fields=["incident", "staff_no"], condition=Q(incident__isnull=False), name="delivery_one_fact_an_incident"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("delivery:worker_fact", args=[self.number])


class WorkerFactEnd(models.Model):
    """A fact that was taken off before its last day, because an appeal was upheld."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fact = models.OneToOneField(WorkerFact, on_delete=models.PROTECT, related_name="end")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.fact_id)


class WorkerAppeal(models.Model):
    """The worker, or the employer for them, says that a fact is wrong; decided with reasons by an officer who did not enter it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fact = models.OneToOneField(WorkerFact, on_delete=models.PROTECT, related_name="appeal")
    entered_by = models.CharField(max_length=80, help_text="who entered the fact")
    state = models.CharField(max_length=12, default=APPEALED)
    statement = EncryptedTextField(**APPEALING)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    clock = models.CharField(max_length=24)
    due_on = models.DateField()
    answer = EncryptedTextField(blank=True, default="", **APPEALING)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=APPEAL_STATES), name="delivery_appeal_state"),
            models.CheckConstraint(condition=~Q(entered_by=F("decided_by")), name="delivery_appeal_decided_by_another"),
            models.CheckConstraint(
                condition=Q(state=APPEALED) | (~Q(decided_by="") & ~Q(answer="")), name="delivery_appeal_decided_with_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.state}"
