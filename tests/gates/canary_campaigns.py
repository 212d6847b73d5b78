"""Where the canaries of campaigns are put in: a streamer's account, and the draft of a story whose public text must hold none of it."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.campaigns import actions, stories
from chengxin.campaigns.models import Activity, Campaign, Story
from chengxin.campaigns.tests.people import plan
from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Subject
from tests.gates import matrix
from tests.gates.canary_fields import PLATFORM, value

IDS_CODE = ["clues_opened", "honest_trade"]
NUMBERED = (Campaign, Story, Activity)


def a_story(city: matrix.City, subject: Subject) -> None:
    """A campaign that runs, a streamer, a bad example that is public: its draft names what the redaction strikes out."""
    officer, reviewer, head = (of_user(city.person(role)) for role in ("officer", "reviewer", "head"))
    actions.approve_campaign(head, actions.draft_campaign(officer, "SAMR", plan()).number)
    platform = Platform.objects.get(code=PLATFORM)
    account = value("campaigns.Streamer.account")
    actions.name_streamer(of_user(city.person("platform_staff")), platform, account, clock.today())
    secret = value("campaigns.Story.draft")
    record = stories.usable(subject)[0].record
    made = actions.draft_bad(officer, "SAMR", record.number, "虚构交易被处罚")
    actions.rewrite(officer, made.number, made.title, f"经营者{secret}虚构交易。")
    actions.check_facts(officer, made.number)
    actions.redact(officer, made.number, [secret])
    actions.approve_story(reviewer, made.number)
    actions.publish_story(officer, made.number)
    actions.plan_activity(officer, "SAMR", {"occasion": "credit_day", "title": "信用关爱日", "on": clock.today(), "plan": "现场答疑"})
