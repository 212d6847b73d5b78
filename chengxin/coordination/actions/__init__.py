"""Plans become tasks, tasks are done and supervised, figures are frozen, conferences held. Each act is one transaction."""

from chengxin.coordination.actions.freezing import freeze, report_quarter
from chengxin.coordination.actions.meetings import hold, plan_meeting
from chengxin.coordination.actions.plans import confirm, drop, edit, propose
from chengxin.coordination.actions.supervising import escalate, notify, refer, remind, supervise
from chengxin.coordination.actions.working import accept, answer, attach, begin, close, link, report, send_back, verify

__all__ = [
    "accept",
    "answer",
    "attach",
    "begin",
    "close",
    "confirm",
    "drop",
    "edit",
    "escalate",
    "freeze",
    "hold",
    "link",
    "notify",
    "plan_meeting",
    "propose",
    "refer",
    "remind",
    "report",
    "report_quarter",
    "send_back",
    "supervise",
    "verify",
]
