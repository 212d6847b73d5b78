"""What may be done to commitments; each verb is one transaction with its log entry."""

from chengxin.commitments.actions.breaches import (
    allege,
    conclude,
    confirm,
    dismiss,
    notify,
    pass_statement,
    repair_asked,
    send_back,
    state,
)
from chengxin.commitments.actions.repairing import decide_repair, propose_repair, refuse_repair
from chengxin.commitments.actions.signing import Signature, sign, void, withdraw
from chengxin.commitments.actions.templates import end_template, propose_template, publish_template, refuse_template

__all__ = [
    "Signature",
    "allege",
    "conclude",
    "confirm",
    "decide_repair",
    "dismiss",
    "end_template",
    "notify",
    "pass_statement",
    "propose_repair",
    "propose_template",
    "publish_template",
    "refuse_repair",
    "refuse_template",
    "repair_asked",
    "send_back",
    "sign",
    "state",
    "void",
    "withdraw",
]
