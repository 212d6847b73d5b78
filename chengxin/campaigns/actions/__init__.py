"""What may be done in this room; each verb is one transaction with its log entry."""

from chengxin.campaigns.actions.activities import change_activity, end_activity, plan_activity, withdraw_activity
from chengxin.campaigns.actions.campaigns import (
    approve_campaign,
    change_campaign,
    close_campaign,
    draft_campaign,
    end_campaign,
    refuse_campaign,
    start_due,
)
from chengxin.campaigns.actions.courses import name_streamer, report_training, revoke, streamer_of, take_quiz
from chengxin.campaigns.actions.handovers import answer_handover, hand_over
from chengxin.campaigns.actions.stories import (
    answer_consent,
    approve_story,
    ask_consent,
    check_facts,
    draft_bad,
    draft_good,
    drop,
    publish_story,
    redact,
    rewrite,
    send_back,
    take_down,
    take_down_ended,
    withdraw_consent,
)
from chengxin.campaigns.actions.tasks import drop_task, finish_task, give_task

__all__ = [
    "answer_consent",
    "answer_handover",
    "approve_campaign",
    "approve_story",
    "ask_consent",
    "change_activity",
    "change_campaign",
    "check_facts",
    "close_campaign",
    "draft_bad",
    "draft_campaign",
    "draft_good",
    "drop",
    "drop_task",
    "end_activity",
    "end_campaign",
    "finish_task",
    "give_task",
    "hand_over",
    "name_streamer",
    "plan_activity",
    "publish_story",
    "redact",
    "refuse_campaign",
    "report_training",
    "revoke",
    "rewrite",
    "send_back",
    "start_due",
    "streamer_of",
    "take_down",
    "take_down_ended",
    "take_quiz",
    "withdraw_activity",
    "withdraw_consent",
]
