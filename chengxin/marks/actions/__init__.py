"""What may be done with marks, reports of imitation and permit links; each verb is one transaction with its log entry."""

from chengxin.marks.actions.asking import ask, prove, withdraw
from chengxin.marks.actions.imitations import capture, confirm, dismiss, report
from chengxin.marks.actions.issuing import issue, recheck, refuse, resume, revoke, suspend
from chengxin.marks.actions.permits import add_link, check_link, remove_link

__all__ = [
    "add_link",
    "ask",
    "capture",
    "check_link",
    "confirm",
    "dismiss",
    "issue",
    "prove",
    "recheck",
    "refuse",
    "remove_link",
    "report",
    "resume",
    "revoke",
    "suspend",
    "withdraw",
]
