"""The ledger. A posting moves an amount from one account to another, so that whatever is booked balances by its form; what an account
holds is moved by the database's trigger alone (`guards.py`), and a CHECK keeps accounts of money from going below nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.compensation.chart import CREDIT, DEBIT, chart
from chengxin.compensation.models.funds import Fund
from chengxin.kernel import ids, language
from chengxin.subjects.models import Subject


class Account(models.Model):
    """One account of a fund. holder: "" for the fund's own, a subject's id, or a claim's number. last: the posting that moved it last."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=16, help_text="code of chart.yaml")
    holder = models.CharField(max_length=40, blank=True, default="")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="compensation_accounts")
    side = models.CharField(max_length=6)
    floor = models.BooleanField()
    debited_fen = models.BigIntegerField(default=0)
    credited_fen = models.BigIntegerField(default=0)
    last = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["fund", "kind", "holder"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "kind", "holder"], name="one_account_a_holder"),
            models.CheckConstraint(condition=Q(side__in=[DEBIT, CREDIT]), name="account_side"),
            models.CheckConstraint(condition=Q(debited_fen__gte=0, credited_fen__gte=0), name="account_sums"),
            models.CheckConstraint(
                condition=Q(floor=False)
                | Q(side=DEBIT, debited_fen__gte=F("credited_fen"))
                | Q(side=CREDIT, credited_fen__gte=F("debited_fen")),
                name="account_never_below_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.holder}".strip()

    @property
    def balance_fen(self) -> int:
        """What it holds, on its own side."""
        moved = self.debited_fen - self.credited_fen
        return moved if self.side == DEBIT else -moved

    @property
    def name(self) -> str:
        return language.pick(chart()[self.kind])


class Entry(models.Model):
    """One booking, written once. key: what it is for, so that the same thing is booked once (idempotency)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="entries")
    key = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    on = models.DateField()
    bank_ref = models.CharField(max_length=64, blank=True, default="")
    memo = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        verbose_name = "entry"
        ordering = ["-on", "-at"]
        constraints = [models.UniqueConstraint(fields=["fund", "key"], name="booked_once")]
        indexes = [models.Index(fields=["fund", "on"], name="entry_fund_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Posting(models.Model):
    """amount from the account `credit` to the account `debit` of the same fund."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField()

    class Meta:
        verbose_name = "posting"
        ordering = ["entry", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="posting_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_fen}"
