"""What may be done in this room: each verb in one transaction with its log entry."""

from chengxin.exchange.actions.batches import approve, collect, drop, fix
from chengxin.exchange.actions.catalogue import answer, ask, assess, deliver, draft, end, give_back, publish, use
from chengxin.exchange.actions.differences import act_on, match
from chengxin.exchange.actions.hooks import open_hook, replay, stop_hook

__all__ = [
    "act_on",
    "answer",
    "approve",
    "ask",
    "assess",
    "collect",
    "deliver",
    "draft",
    "drop",
    "end",
    "fix",
    "give_back",
    "match",
    "open_hook",
    "publish",
    "replay",
    "stop_hook",
    "use",
]
