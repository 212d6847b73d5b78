"""The form that somebody filled in, and the complaint made from it (form 1 of 2026-04, order 121 arts. 10, 11)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import clock, ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Platform, Shop, Subject

NONE, RECEIVED, NEED_ID, ACCEPTED, REFUSED, NOTICE, MEDIATING, AGREED, SETTLED, ENDED, FOLLOW_UP, CLOSED = COMPLAINT_STATES = (
    "NONE",
    "RECEIVED",
    "NEED_ID",
    "ACCEPTED",
    "REFUSED",
    "NOTICE",
    "MEDIATING",
    "AGREED",
    "SETTLED",
    "ENDED",
    "FOLLOW_UP",
    "CLOSED",
)
WAITING = (RECEIVED, NEED_ID)  # nobody has decided yet whether it is taken
AT_WORK = (ACCEPTED, NOTICE, MEDIATING)  # the other side may answer
MONEY, VIOLATION, BOTH = WANTS = ("money", "violation", "both")
PAGE, OFFICER, EXCHANGE = CHANNELS = ("page", "officer", "exchange")
UNSAID, SOLVED, UNSOLVED = "", "solved", "unsolved"
WHY = {"purpose": "处理消费投诉", "basis": "order121.10", "term": "RETAIN_TRADE"}


class Filing(models.Model):
    """One form, followed by one code; at most one complaint and one report hang on it. `code_index`: blind index of the code."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    code_index = models.CharField(max_length=32, unique=True)
    wants = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, default=PAGE)
    by = models.CharField(max_length=80, blank=True, default="", help_text="the account it was filed with, or who took it in")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(wants__in=WANTS) & Q(channel__in=CHANNELS), name="filing_words")]

    def __str__(self) -> str:
        return str(self.pk)


class About(models.Model):
    """Whom and what it is about: the same for a complaint and a report."""

    received_at = models.DateTimeField()
    department = models.CharField(max_length=24, db_index=True)
    place = models.CharField(max_length=12, blank=True, default="", help_text="division whose authority is in charge")
    rule = models.CharField(max_length=40, help_text="the jurisdiction rule that chose the department")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    respondent = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    respondent_name = models.CharField(max_length=200)
    respondent_address = models.CharField(max_length=300, blank=True, default="")
    category = models.CharField(max_length=24, blank=True, default="")
    product = models.CharField(max_length=200, blank=True, default="")
    gtin = models.CharField(max_length=14, blank=True, default="")
    lot = models.CharField(max_length=40, blank=True, default="")
    trace = models.CharField(max_length=300, blank=True, default="", help_text="the code on the item, as it was scanned")

    class Meta:
        abstract = True

    @property
    def received_on(self) -> date:
        return clock.city_day(self.received_at)


class Complaint(About):
    """A dispute over a purchase. The law is that of the day it was received. Texts that may name people are encrypted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="complaint")
    number = models.CharField(max_length=24, unique=True)
    text = EncryptedTextField(**WHY)
    request = EncryptedTextField(**WHY)
    order_ref = EncryptedTextField(blank=True, default="", **WHY)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    bought_on = models.DateField(null=True, blank=True)
    knew_on = models.DateField(null=True, blank=True, help_text="when the consumer knew of the harm")
    publicise = models.BooleanField(default=False)
    entrust = models.BooleanField(default=False)
    is_group = models.BooleanField(default=False)
    # Keyed hashes of the complainant's telephone and address: shown facts of art. 17 and nothing else.
    phone_hash = models.CharField(max_length=32, blank=True, default="", db_index=True)
    address_hash = models.CharField(max_length=32, blank=True, default="", db_index=True)

    state = models.CharField(max_length=12, default=RECEIVED, db_index=True)
    due_on = models.DateField(null=True, blank=True)
    owner = models.CharField(max_length=80, blank=True, default="")
    owner_name = models.CharField(max_length=80, blank=True, default="")
    escalated_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    ground = models.CharField(max_length=4, blank=True, default="", help_text="R1-R7 or T1-T8")
    reason = EncryptedTextField(blank=True, default="", **WHY)
    agreement = EncryptedTextField(blank=True, default="", **WHY)
    ended_on = models.DateField(null=True, blank=True)
    confirm_by = models.DateField(null=True, blank=True, help_text="until when the complainant may confirm or reopen")
    word = models.CharField(max_length=10, blank=True, default=UNSAID)
    reopened = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "received_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=COMPLAINT_STATES[1:]), name="complaint_state"),
            models.CheckConstraint(condition=Q(word__in=[UNSAID, SOLVED, UNSOLVED]), name="complaint_word"),
            models.CheckConstraint(condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0), name="complaint_amount"),
            models.CheckConstraint(condition=~Q(state=REFUSED) | Q(ground__startswith="R"), name="complaint_refused_on_a_ground"),
            models.CheckConstraint(condition=~Q(state=ENDED) | Q(ground__startswith="T"), name="complaint_ended_on_a_ground"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("consumers:complaint", args=[self.number])

    @property
    def merchant_url(self) -> str:
        return reverse("consumers:my_complaint", args=[self.number])

    @property
    def platform_url(self) -> str:
        return reverse("consumers:platform_complaint", args=[self.number])


class Member(models.Model):
    """One more complainant of a group complaint; a representative speaks for the group."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="members")
    name = EncryptedTextField(**WHY)
    phone = EncryptedTextField(**WHY)
    phone_hash = models.CharField(max_length=32)
    representative = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["complaint", "joined_at", "id"]
        constraints = [models.UniqueConstraint(fields=["complaint", "phone_hash"], name="one_member_a_telephone")]

    def __str__(self) -> str:
        return str(self.pk)


class Pause(models.Model):
    """Time that the law leaves out of mediation: testing, inspection, appraisal (art. 23)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["complaint", "since"]
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(until__isnull=True), name="one_open_pause"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="pause_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since}"
