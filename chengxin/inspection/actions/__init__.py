"""What may be done with inspections; each verb is one transaction with its log entry."""

from chengxin.inspection.actions.chain import enter_step
from chengxin.inspection.actions.drawing import commit, fail_late, freeze, replace_inspector, reveal, say_value
from chengxin.inspection.actions.planning import decide_plan, propose_plan
from chengxin.inspection.actions.registers import (
    add_inspector,
    add_object,
    decide_rates,
    declare_conflict,
    fill_objects,
    propose_rates,
    remove_inspector,
    remove_object,
)
from chengxin.inspection.actions.risk import assess, decide_class, propose_class
from chengxin.inspection.actions.visits import add_photo, publish, report, send_back, sign
from chengxin.inspection.actions.warnings import acknowledge_warning, decide_warning, expire_warnings, propose_warning

__all__ = [
    "acknowledge_warning",
    "add_inspector",
    "add_object",
    "add_photo",
    "assess",
    "commit",
    "decide_class",
    "decide_plan",
    "decide_rates",
    "decide_warning",
    "declare_conflict",
    "enter_step",
    "expire_warnings",
    "fail_late",
    "fill_objects",
    "freeze",
    "propose_class",
    "propose_plan",
    "propose_rates",
    "propose_warning",
    "publish",
    "remove_inspector",
    "remove_object",
    "replace_inspector",
    "report",
    "reveal",
    "say_value",
    "send_back",
    "sign",
]
