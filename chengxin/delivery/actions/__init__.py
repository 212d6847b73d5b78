"""What may be done about parcels and courier firms; each verb is one transaction with its log entry."""

from chengxin.delivery.actions.bans import (
    confirm_receipt,
    decide,
    drop,
    end_due,
    enforce,
    hear,
    lose_record,
    notice,
    propose,
    repair,
    revoke,
)
from chengxin.delivery.actions.events import push_events
from chengxin.delivery.actions.incidents import dismiss, hand_over, record, reply, report, settle, verify
from chengxin.delivery.actions.rating import rate_as_consumer, rate_as_merchant, rate_as_regulator
from chengxin.delivery.actions.status import tell_status
from chengxin.delivery.actions.tracing import make_trace
from chengxin.delivery.actions.workers import appeal, decide_appeal, enter_fact, note_worker_read

__all__ = [
    "appeal",
    "confirm_receipt",
    "decide",
    "decide_appeal",
    "dismiss",
    "drop",
    "end_due",
    "enforce",
    "enter_fact",
    "hand_over",
    "hear",
    "lose_record",
    "make_trace",
    "note_worker_read",
    "notice",
    "propose",
    "push_events",
    "rate_as_consumer",
    "rate_as_merchant",
    "rate_as_regulator",
    "record",
    "repair",
    "reply",
    "report",
    "revoke",
    "settle",
    "tell_status",
    "verify",
]
