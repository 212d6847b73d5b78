"""Claims of unauthorised payments. The provider bears the loss unless it proves the user's fault: the database refuses anything else."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import PaymentOrg

NOTICED, STOPPED, INVESTIGATED, BEARS, FAULT, REFUNDED, CLOSED = CLAIM_STATES = (
    "NOTICED",
    "STOPPED",
    "INVESTIGATED",
    "PROVIDER_BEARS",
    "USER_FAULT_PROVEN",
    "REFUNDED",
    "CLOSED",
)
PROVIDER, USER = "provider", "user"
WHY = {"purpose": "处理未授权支付申诉", "basis": "ecl.57", "term": "RETAIN_TRADE"}


class Claim(models.Model):
    """A user says that a payment was not theirs. Who they are is encrypted; `code_index`: blind index of the code they follow it by."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    code_index = models.CharField(max_length=32, unique=True)
    department = models.CharField(max_length=24)
    org = models.ForeignKey(PaymentOrg, on_delete=models.PROTECT, related_name="claims")
    name = EncryptedTextField(**WHY)
    phone = EncryptedTextField(**WHY)
    facts = EncryptedTextField(**WHY)
    payment_no = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    paid_on = models.DateField()
    state = models.CharField(max_length=20, default=NOTICED)
    noticed_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    finding = EncryptedTextField(blank=True, default="", **WHY)
    proof = models.CharField(max_length=40, blank=True, default="", help_text="id of the exhibit that the provider handed in")
    proof_name = models.CharField(max_length=200, blank=True, default="")
    proof_hash = models.CharField(max_length=64, blank=True, default="")
    outcome = models.CharField(max_length=8, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedTextField(blank=True, default="", **WHY)
    refunded_fen = models.BigIntegerField(default=0)
    refunded_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "noticed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CLAIM_STATES) & Q(outcome__in=["", PROVIDER, USER]), name="claim_state"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="claim_amount"),
            models.UniqueConstraint(fields=["org", "payment_no"], name="one_claim_a_payment"),
            models.CheckConstraint(
                condition=~(Q(outcome=USER) | Q(state=FAULT)) | (~Q(proof="") & ~Q(proof_hash="") & ~Q(decided_by="") & ~Q(reason="")),
                name="claim_users_fault_is_proven",
            ),
            models.CheckConstraint(
                condition=~Q(state=CLOSED)
                | Q(outcome=USER)
                | (Q(outcome=PROVIDER) & Q(refunded_fen__gte=F("amount_fen")) & Q(refunded_on__isnull=False)),
                name="claim_closed_is_made_good_or_proven",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("payments:claim", args=[self.number])

    @property
    def org_url(self) -> str:
        return reverse("payments:my_claim", args=[self.number])
