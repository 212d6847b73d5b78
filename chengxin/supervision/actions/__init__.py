"""The verbs of the clue desk."""

from chengxin.supervision.actions.asking import answer, ask_platform
from chengxin.supervision.actions.checking import dismiss, file_case, hand_over, start_check
from chengxin.supervision.actions.extending import ask_extension, grant_extension, refuse_extension
from chengxin.supervision.actions.judging import judge
from chengxin.supervision.actions.reserve import new_week, open_from_findings, pull

__all__ = [
    "answer",
    "ask_extension",
    "ask_platform",
    "dismiss",
    "file_case",
    "grant_extension",
    "hand_over",
    "judge",
    "new_week",
    "open_from_findings",
    "pull",
    "refuse_extension",
    "start_check",
]
