"""What may be done to a credit file; each verb is one transaction with its log entry."""

from chengxin.records.actions.objecting import accept_objection, decide_objection, drop_objection, raise_objection
from chengxin.records.actions.proposing import confirm, propose_correction, propose_record, propose_withdrawal, refuse
from chengxin.records.actions.reporting import make_report
from chengxin.records.actions.steps import note_read

__all__ = [
    "accept_objection",
    "confirm",
    "decide_objection",
    "drop_objection",
    "make_report",
    "note_read",
    "propose_correction",
    "propose_record",
    "propose_withdrawal",
    "raise_objection",
    "refuse",
]
