"""The verbs of the clue desk."""

from chengxin.supervision.actions.asking import answer, ask_platform
from chengxin.supervision.actions.checking import confirm, dismiss, hand_over, start_check
from chengxin.supervision.actions.extending import ask_extension, grant_extension, refuse_extension
from chengxin.supervision.actions.opening import open_from_findings

__all__ = [
    "answer",
    "ask_extension",
    "ask_platform",
    "confirm",
    "dismiss",
    "grant_extension",
    "hand_over",
    "open_from_findings",
    "refuse_extension",
    "start_check",
]
