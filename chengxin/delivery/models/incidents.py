"""Incidents of parcels, the steps of every matter of this room, and liability traces made by a person from the computed chain."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import CourierFirm

REPORTED, FIRM_REPLY, VERIFIED, LIABLE, REMEDIED, COMPENSATED, RECORDED, CASE, UNFOUNDED = INCIDENT_STATES = (
    "REPORTED",
    "FIRM_REPLY",
    "VERIFIED",
    "LIABLE",
    "REMEDIED",
    "COMPENSATED",
    "RECORDED",
    "CASE",
    "UNFOUNDED",
)
FINISHED = (RECORDED, CASE, UNFOUNDED)
UPHELD = (VERIFIED, LIABLE, REMEDIED, COMPENSATED, RECORDED, CASE)
HANDLING = {"purpose": "寄递纠纷处理", "basis": "so697.29", "term": "RETAIN_TRADE"}
WHOLE = 100  # percent


class Incident(models.Model):
    """Something went wrong with one parcel: reported, answered by the firm by the day of the law, verified by an officer, made good.

    Whoever reports without an account keeps `code` and follows the matter by it; nothing about the person is kept.
    """

    class Kind(models.TextChoices):
        LOST = "lost", _("Lost")
        DAMAGED = "damaged", _("Damaged")
        LATE = "late", _("Late")
        FALSE_SIGN = "false_sign", _("Signed for without delivery")
        PRIVACY = "privacy", _("Personal data on the waybill or passed on")
        ATTITUDE = "attitude", _("Conduct of staff")

    class Reporter(models.TextChoices):
        CONSUMER = "consumer", _("Consumer")
        MERCHANT = "merchant", _("Merchant")
        PLATFORM = "platform", _("Platform")
        REGULATOR = "regulator", _("Regulator")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=19, unique=True, help_text="who reported follows the matter by it")
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="incidents")
    waybill_no = models.CharField(max_length=64)
    order_no = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reporter = models.CharField(max_length=10, choices=Reporter.choices)
    platform = models.CharField(max_length=64, blank=True, default="", help_text="code of the platform that reported it")
    text = EncryptedTextField(**HANDLING)
    reported_by = models.CharField(max_length=80, blank=True, default="")
    reported_at = models.DateTimeField()
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=12, default=REPORTED)
    clock = models.CharField(max_length=24)
    due_on = models.DateField()
    reply = EncryptedTextField(blank=True, default="", **HANDLING)
    offer = models.CharField(max_length=300, blank=True, default="")
    replied_by = models.CharField(max_length=80, blank=True, default="")
    replied_by_name = models.CharField(max_length=80, blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=1000, blank=True, default="")
    verified_by = models.CharField(max_length=80, blank=True, default="")
    verified_by_name = models.CharField(max_length=80, blank=True, default="")
    verified_at = models.DateTimeField(null=True, blank=True)
    outlet = models.CharField(max_length=64, blank=True, default="", help_text="the outlet with the largest share")
    amount_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "reported_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=INCIDENT_STATES), name="delivery_incident_state"),
            models.CheckConstraint(
                condition=Q(state__in=[REPORTED, FIRM_REPLY]) | (~Q(verified_by="") & ~Q(finding="")),
                name="delivery_incident_found_by_a_person",
            ),
            models.CheckConstraint(condition=~Q(state=COMPENSATED) | Q(amount_fen__gt=0), name="delivery_incident_compensated_with_a_sum"),
            models.UniqueConstraint(
                fields=["waybill_no", "kind"], condition=~Q(state__in=FINISHED), name="delivery_one_open_incident_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["firm", "state"], name="delivery_incident_of_firm")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state not in FINISHED

    @property
    def late(self) -> bool:
        """Whether the firm has not answered by the day of the law; of an open one ask the clock's colour."""
        from chengxin.kernel import clock

        day = clock.city_day(self.replied_at) if self.replied_at else clock.today()
        return day > self.due_on

    @property
    def page_url(self) -> str:
        return reverse("delivery:incident", args=[self.number])

    @property
    def firm_url(self) -> str:
        return reverse("delivery:firm_incident", args=[self.number])


class Step(models.Model):
    """One step of an incident, a ban or an appeal, as it was taken. Free text that may name persons is kept with the matter, encrypted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=12)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="delivery_one_step_a_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"


class Trace(models.Model):
    """Who answers for an incident, as an officer found from the computed chain of custody.

    chain: the holders as computed, with `root` the snapshot of the lake they were computed from; nodes: [{outlet, staff_no, event, fault,
    share, seen}], shares in whole percent that make 100; staff numbers are the firm's own, never names.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="trace")
    chain = models.JSONField()
    root = models.CharField(max_length=64)
    nodes = models.JSONField()
    shares = models.PositiveSmallIntegerField(help_text="the sum of the nodes' shares, percent")
    conclusion = models.CharField(max_length=1000)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    paper = models.UUIDField(help_text="the signed paper, chengxin.documents")
    paper_number = models.CharField(max_length=100)
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(shares=WHOLE), name="delivery_trace_shares_make_the_whole"),
            models.CheckConstraint(condition=~Q(by="") & ~Q(conclusion=""), name="delivery_trace_made_by_a_person"),
        ]

    def __str__(self) -> str:
        return self.number
