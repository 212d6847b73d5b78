"""Claims, payments, recoveries and their history. Who claims is encrypted; caps count claims by a keyed index, and nobody is rated."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.compensation.models.funds import Fund, FundRule
from chengxin.compensation.models.ledger import Entry
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Platform, Shop

FILED, ASKED, SELLER_PAID, REFUSED, NO_REPLY, FIRST, APPROVED, PAID, OPEN, PROPOSED, RECOVERED, WRITTEN_OFF, REJECTED, APPEALED, UPHELD = (
    CLAIM_STATES
) = (
    "FILED",
    "SELLER_ASKED",
    "SELLER_PAID",
    "REFUSED",
    "NO_REPLY",
    "FIRST_APPROVED",
    "ADVANCE_APPROVED",
    "PAID",
    "RECOVERY_OPEN",
    "WRITE_OFF_PROPOSED",
    "RECOVERED",
    "WRITTEN_OFF",
    "REJECTED",
    "APPEALED",
    "REJECTED_FINAL",
)
SPENT = (FIRST, APPROVED, PAID, OPEN, PROPOSED, RECOVERED, WRITTEN_OFF)  # states in which an amount counts against the caps
ENDED = (RECOVERED, WRITTEN_OFF, UPHELD)  # nothing follows
ANSWERABLE = (SELLER_PAID, REJECTED)  # the claimant may still say something, until the day
DECIDED = (APPROVED, PAID, OPEN, PROPOSED, RECOVERED, WRITTEN_OFF)
WHY = {"purpose": "办理先行赔付", "basis": "cpl.44", "term": "RETAIN_TRADE"}


class AdvanceClaim(models.Model):
    """A consumer asks the fund to pay first. rule: the version of the day on which it was filed. facts: rows of the lake as they stood then
    ({kind: [row]}). person_index: keyed index of the telephone, for the cap of a person's year; it says nothing else of anybody."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code_index = models.CharField(max_length=32, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="claims")
    rule = models.ForeignKey(FundRule, on_delete=models.PROTECT, related_name="claims")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="compensation_claims")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="compensation_claims")
    basis = models.CharField(max_length=16, help_text="code of compensation_basis")
    order_no = models.CharField(max_length=64)
    payment_no = models.CharField(max_length=64, blank=True, default="")
    ordered_on = models.DateField()
    complaint_no = models.CharField(max_length=24, blank=True, default="")
    amount_fen = models.BigIntegerField()
    name = EncryptedTextField(**WHY)
    phone = EncryptedTextField(**WHY)
    person_index = models.CharField(max_length=32)
    text = EncryptedTextField(**WHY)
    evidence = models.JSONField(default=list, blank=True, help_text="ids and names of exhibits")
    facts = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, default=FILED)
    filed_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    seller_answer = EncryptedTextField(blank=True, default="", **WHY)
    seller_ref = models.CharField(max_length=64, blank=True, default="")
    approved_fen = models.BigIntegerField(default=0)
    needs_two = models.BooleanField(default=False)
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_by_name = models.CharField(max_length=80, blank=True, default="")
    second_by = models.CharField(max_length=80, blank=True, default="")
    second_by_name = models.CharField(max_length=80, blank=True, default="")
    reason = EncryptedTextField(blank=True, default="", **WHY)
    rejected_by = models.CharField(max_length=80, blank=True, default="")
    appeal = EncryptedTextField(blank=True, default="", **WHY)
    appeal_by = models.CharField(max_length=80, blank=True, default="")
    answer = EncryptedTextField(blank=True, default="", **WHY)

    class Meta:
        ordering = ["due_on", "filed_at"]
        indexes = [
            models.Index(fields=["fund", "state"], name="claim_fund_state"),
            models.Index(fields=["fund", "person_index"], name="claim_fund_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CLAIM_STATES), name="advance_claim_state"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, approved_fen__gte=0, approved_fen__lte=F("amount_fen")), name="advance_claim_amounts"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | (Q(approved_fen__gt=0) & ~Q(approved_by="") & (Q(needs_two=False) | ~Q(second_by=""))),
                name="advance_claim_is_approved",
            ),
            models.CheckConstraint(condition=Q(second_by="") | ~Q(second_by=F("approved_by")), name="advance_claim_two_persons"),
            models.CheckConstraint(condition=Q(appeal_by="") | ~Q(appeal_by=F("rejected_by")), name="advance_claim_appeal_to_another"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("compensation:claim", args=[self.number])

    @property
    def merchant_url(self) -> str:
        return reverse("compensation:my_claim", args=[self.number])


class Recovery(models.Model):
    """What the party at fault owes the fund for one payment: open until all is back or the rest is written off by two persons."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    claim = models.OneToOneField(AdvanceClaim, on_delete=models.PROTECT, related_name="recovery")
    amount_fen = models.BigIntegerField()
    recovered_fen = models.BigIntegerField(default=0)
    written_off_fen = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    proposed_by_name = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=1000, blank=True, default="")
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    confirmed_by_name = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, recovered_fen__gte=0, written_off_fen__gte=0)
                & Q(recovered_fen__lte=F("amount_fen") - F("written_off_fen")),
                name="recovery_amounts",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(recovered_fen=F("amount_fen") - F("written_off_fen")),
                name="recovery_ends_at_nothing",
            ),
            models.CheckConstraint(
                condition=Q(written_off_fen=0)
                | (~Q(proposed_by="") & ~Q(confirmed_by="") & ~Q(proposed_by=F("confirmed_by")) & ~Q(reason="")),
                name="written_off_by_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return str(self.claim_id)

    @property
    def open_fen(self) -> int:
        return self.amount_fen - self.recovered_fen - self.written_off_fen


class FundPayment(models.Model):
    """A payment, written once: one a claim, one an order, one a booking, and never without its recovery."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    claim = models.OneToOneField(AdvanceClaim, on_delete=models.PROTECT, related_name="payment")
    recovery = models.OneToOneField(Recovery, on_delete=models.PROTECT, related_name="payment")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="payment")
    order_key = models.CharField(max_length=100, unique=True, help_text="platform and order: an order is compensated once")
    amount_fen = models.BigIntegerField()
    balance_after_fen = models.BigIntegerField()
    bank_ref = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        verbose_name = "fund payment"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0, balance_after_fen__gte=0), name="fund_payment_amounts")]

    def __str__(self) -> str:
        return self.order_key


class CompensationStep(models.Model):
    """A step that somebody took, never edited: `of` is claim or deposit. Personal texts are not here but encrypted with their matter."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "compensation step"
        ordering = ["matter", "place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="one_compensation_step_a_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"
