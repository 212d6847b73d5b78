"""What may be done in evaluation; each verb is one transaction with its log entry."""

from chengxin.evaluation.actions.exporting import export_reputation
from chengxin.evaluation.actions.reviews import decide_objection, object_to, reply, treat
from chengxin.evaluation.actions.rules import propose_rule, publish_rule, refuse_rule

__all__ = ["decide_objection", "export_reputation", "object_to", "propose_rule", "publish_rule", "refuse_rule", "reply", "treat"]
