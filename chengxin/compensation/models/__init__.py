"""Funds and their rules; the ledger; claims, payments and recoveries; deposits; bank statements; the steps of all of them."""

from chengxin.audit import protection, rows
from chengxin.compensation.models.bank import BankLine, LineTask, Match, Statement
from chengxin.compensation.models.claims import AdvanceClaim, CompensationStep, FundPayment, Recovery
from chengxin.compensation.models.deposits import Deposit
from chengxin.compensation.models.funds import Fund, FundRule, TopUp
from chengxin.compensation.models.ledger import Account, Entry, Posting

__all__ = [
    "Account",
    "AdvanceClaim",
    "BankLine",
    "CompensationStep",
    "Deposit",
    "Entry",
    "Fund",
    "FundPayment",
    "FundRule",
    "LineTask",
    "Match",
    "Posting",
    "Recovery",
    "Statement",
    "TopUp",
]

KEPT = {
    f"compensation_{name}": '"id"' for name in ("fundrule", "entry", "posting", "fundpayment", "compensationstep", "statement", "bankline")
}
protection.keep(**KEPT)
rows.bind(FundRule, Entry, FundPayment, Statement)
rows.bind_keyed(Posting, CompensationStep)
