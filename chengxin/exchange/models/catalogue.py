"""The catalogue of what departments share: entries with their assessment, requests, grants bound to a purpose, and every use."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids

OPEN_SHARING, CONDITIONAL, NEVER = SHARING = ("open", "conditional", "never")
DRAFT, ASSESSED, LISTED, ENDED = ENTRY_STATES = ("DRAFT", "ASSESSED", "LISTED", "ENDED")
FILED, GRANTED, DELIVERED, REFUSED, RETURNED = REQUEST_STATES = ("FILED", "GRANTED", "DELIVERED", "REFUSED", "RETURNED")


class CatalogueEntry(models.Model):
    """A data resource that a department offers, field by field. Listed only after its assessment, by another person."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    resource = models.CharField(max_length=20)
    title = models.CharField(max_length=100)
    department = models.CharField(max_length=24)
    sharing = models.CharField(max_length=12)
    condition = models.CharField(max_length=300, blank=True, default="")
    fields = models.JSONField()
    state = models.CharField(max_length=8, default=DRAFT)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    listed_by = models.CharField(max_length=80, blank=True, default="")
    listed_by_name = models.CharField(max_length=80, blank=True, default="")
    listed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["department", "title"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ENTRY_STATES) & Q(sharing__in=SHARING), name="catalogue_entry_state"),
            models.CheckConstraint(condition=~Q(sharing=CONDITIONAL) | ~Q(condition=""), name="catalogue_entry_names_its_condition"),
            models.CheckConstraint(
                condition=~Q(state=LISTED) | (~Q(listed_by="") & ~Q(listed_by=F("made_by"))), name="catalogue_entry_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def page_url(self) -> str:
        return reverse("exchange:entry", args=[self.number])


class Assessment(models.Model):
    """The assessment of the impact on personal information (PIPL arts. 55, 56) of one entry: written once, kept for its term."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.OneToOneField(CatalogueEntry, on_delete=models.PROTECT, related_name="assessment")
    lawful = models.CharField(max_length=500, help_text="purpose and manner: lawful, just, necessary")
    impact = models.CharField(max_length=500, help_text="effect on persons and the risk")
    measures = models.CharField(max_length=500, help_text="safeguards, and that they fit the risk")
    personal_fields = models.JSONField()
    keep_until = models.DateField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.entry_id)


class ShareRequest(models.Model):
    """A department asks for fields of an entry for a purpose and a term; once granted, that is all it may use them for."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    entry = models.ForeignKey(CatalogueEntry, on_delete=models.PROTECT, related_name="requests")
    department = models.CharField(max_length=24, help_text="who asks")
    supplier = models.CharField(max_length=24, help_text="who answers")
    purpose = models.CharField(max_length=300)
    fields = models.JSONField()
    until = models.DateField()
    state = models.CharField(max_length=10, default=FILED)
    clock = models.CharField(max_length=24, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    filed_by = models.CharField(max_length=80)
    filed_by_name = models.CharField(max_length=80)
    filed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["due_on", "filed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="share_request_state"),
            models.CheckConstraint(condition=~Q(filed_by=F("decided_by")), name="share_request_two_people"),
            models.CheckConstraint(condition=Q(state=FILED) | ~Q(decided_by=""), name="share_request_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("exchange:request", args=[self.number])


class ShareUse(models.Model):
    """One use of a grant, or one that was refused with the reason. Never edited."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    request = models.ForeignKey(ShareRequest, on_delete=models.PROTECT, related_name="uses")
    fields = models.JSONField()
    rows = models.PositiveIntegerField()
    refused = models.CharField(max_length=20, blank=True, default="")
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.rows}"


rows.bind(Assessment, ShareUse)
protection.keep(exchange_assessment='"id"', exchange_shareuse='"id"')
