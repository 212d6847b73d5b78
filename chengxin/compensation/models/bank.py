"""Bank statements as they were handed in, their lines, and what of the ledger each line was found to be; a match may be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.compensation.models.funds import Fund
from chengxin.compensation.models.ledger import Account, Posting
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

WHY = {"purpose": "核对先行赔付资金", "basis": "ecl.58", "term": "RETAIN_TRADE"}


class Statement(models.Model):
    """One file of a bank about one account: the days it covers, both included, and its balances."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="statements")
    sha256 = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField()
    opening_fen = models.BigIntegerField()
    closing_fen = models.BigIntegerField()
    lines_count = models.PositiveIntegerField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        verbose_name = "bank statement"
        ordering = ["-until"]
        constraints = [
            models.UniqueConstraint(fields=["account", "sha256"], name="one_statement_a_file"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="statement_days"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("compensation:statement", args=[self.number])


class BankLine(models.Model):
    """A line of a statement, written once: amount in fen, what came in positive. text: the bank's words and the other party, encrypted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    on = models.DateField()
    amount_fen = models.BigIntegerField()
    ref = models.CharField(max_length=64, blank=True, default="")
    text = EncryptedTextField(blank=True, default="", **WHY)

    class Meta:
        ordering = ["statement", "place"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "place"], name="one_bank_line_a_place"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="bank_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.amount_fen}"


class LineTask(models.Model):
    """Who works a line that matches nothing, and what they wrote down."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, related_name="task")
    owner = models.CharField(max_length=80)
    owner_name = models.CharField(max_length=80)
    taken_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["taken_at"]

    def __str__(self) -> str:
        return self.owner_name


class Match(models.Model):
    """A line of the bank and a posting are one movement. how: ref, sum (amount and day), hand, booked. Undone by a person with a reason."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="matches")
    how = models.CharField(max_length=8)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    undone_by = models.CharField(max_length=80, blank=True, default="")
    undone_by_name = models.CharField(max_length=80, blank=True, default="")
    undone_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(undone_at__isnull=True), name="one_match_a_line"),
            models.UniqueConstraint(fields=["posting"], condition=Q(undone_at__isnull=True), name="one_match_a_posting"),
            models.CheckConstraint(condition=Q(undone_at__isnull=True) | (~Q(undone_by="") & ~Q(reason="")), name="undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.how
