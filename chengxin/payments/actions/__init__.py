"""What may be done in this room: each verb in one transaction with its log entry."""

from chengxin.payments.actions.channels import confirm_flag, dismiss_flag, import_licences, look_at_channels, report_channel
from chengxin.payments.actions.claims import bear, claim, close_claim, find_fault, investigate, note_read, refund, stop
from chengxin.payments.actions.mismatches import accept, ask, confirm, explain, reconcile
from chengxin.payments.actions.risks import close_event, refer, report_action, share, signal, triage

__all__ = [
    "accept",
    "ask",
    "bear",
    "claim",
    "close_claim",
    "close_event",
    "confirm",
    "confirm_flag",
    "dismiss_flag",
    "explain",
    "find_fault",
    "import_licences",
    "investigate",
    "look_at_channels",
    "note_read",
    "reconcile",
    "refer",
    "refund",
    "report_action",
    "report_channel",
    "share",
    "signal",
    "stop",
    "triage",
]
