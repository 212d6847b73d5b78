"""What may be done between platforms, shops and the authorities; each verb is one transaction with its log entry."""

from chengxin.platforms.actions.appeals import answer_appeal, appeal, take_up
from chengxin.platforms.actions.clue_reports import decide_clue, forward_clue, receive_clue, report_clue
from chengxin.platforms.actions.duties import refuse_self_report, self_report, verify_self_report
from chengxin.platforms.actions.interviews import (
    accept_rectification,
    cancel_interview,
    demand_rectification,
    hold_interview,
    plan_interview,
    refuse_rectification,
    report_rectification,
    send_back_rectification,
    serve_interview,
)
from chengxin.platforms.actions.measures import begin_and_end, lift, notice, publish, report_measures
from chengxin.platforms.actions.notices import confirm_read, end_notices, issue_notice, send_back_notice, write_notice
from chengxin.platforms.actions.rules import add_event, add_rule_version

__all__ = [
    "accept_rectification",
    "add_event",
    "add_rule_version",
    "answer_appeal",
    "appeal",
    "begin_and_end",
    "cancel_interview",
    "confirm_read",
    "decide_clue",
    "demand_rectification",
    "end_notices",
    "forward_clue",
    "hold_interview",
    "issue_notice",
    "lift",
    "notice",
    "plan_interview",
    "publish",
    "receive_clue",
    "refuse_rectification",
    "refuse_self_report",
    "report_clue",
    "report_measures",
    "report_rectification",
    "self_report",
    "send_back_notice",
    "send_back_rectification",
    "serve_interview",
    "take_up",
    "verify_self_report",
    "write_notice",
]
