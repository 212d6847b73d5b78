"""What may be done in this room: each verb in one transaction with its log entry."""

from chengxin.products.actions.entry import RowError, enter, import_sheet
from chengxin.products.actions.findings import confirm_finding, dismiss_finding, look_at_chains
from chengxin.products.actions.goods import add_batch, add_national_codes, certify, make_codes, register, set_link
from chengxin.products.actions.recalls import (
    close_recall,
    draft_recall,
    drop_recall,
    issue_recall,
    record_return,
    remind_platforms,
    report_notices,
)

__all__ = [
    "RowError",
    "add_batch",
    "add_national_codes",
    "certify",
    "close_recall",
    "confirm_finding",
    "dismiss_finding",
    "draft_recall",
    "drop_recall",
    "enter",
    "import_sheet",
    "issue_recall",
    "look_at_chains",
    "make_codes",
    "record_return",
    "register",
    "remind_platforms",
    "report_notices",
    "set_link",
]
