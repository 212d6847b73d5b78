"""Campaigns of the demo city: one that runs and one to approve, a clue of another region, stories, activities, streamers, a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.campaigns import actions, courses, occasions, stories
from chengxin.campaigns.models import Campaign
from chengxin.kernel import clock
from chengxin.records.models import Record
from chengxin.subjects.models import Platform, Subject

BASIS = "《示例市电子商务领域诚信建设实施方案》（十八）"
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Cast:
    """Three people of the market regulator, one of commerce, a platform's staff, and businesses one can sign in as."""

    officer: Actor
    reviewer: Actor
    head: Actor
    commerce: Actor
    staff: Actor
    merchants: list[Actor]


def fill(cast: Cast, platform: Platform, subjects: list[Subject]) -> None:
    """Make the pages worth looking at. Repeating it changes nothing."""
    if Campaign.objects.exists():
        return
    _campaigns(cast)
    _stories(cast, subjects)
    _activities(cast)
    _courses(cast, platform)


def _campaigns(cast: Cast) -> None:
    today = clock.today()
    given: dict[str, Any] = {
        "title": "网络刷单炒信专项整治行动",
        "members": ["COM", "PSB", "POST"],
        "behaviours": ["B01", "B02", "B03", "B04"],
        "targets": {"clues_opened": 20, "clues_judged": 30, "cases_filed": 5, "penalties": 2},
        "basis": BASIS,
        "starts_on": today - 3 * WEEK,
        "ends_on": today + 3 * WEEK,
    }
    made = actions.draft_campaign(cast.officer, "SAMR", given)
    actions.approve_campaign(cast.head, made.number)
    actions.give_task(cast.officer, made.number, "COM", "督促平台开展刷单炒信自查，汇总自查报告", today + WEEK)
    own = actions.give_task(cast.officer, made.number, "SAMR", "约谈线索集中的两家平台", today + WEEK)
    actions.finish_task(cast.officer, own.number, "已约谈两家平台，均承诺十日内提交整改方案")
    waiting = {"title": "年货网络市场价格欺诈专项行动", "members": ["COM"], "behaviours": ["B13"], "goods": ["FOOD", "AGRI"]}
    period = {"starts_on": today + 4 * WEEK, "ends_on": today + 10 * WEEK, "targets": {"cases_filed": 3}, "basis": BASIS}
    actions.draft_campaign(cast.officer, "SAMR", {**waiting, **period})


def _stories(cast: Cast, subjects: list[Subject]) -> None:
    """A bad example of the first record in publicity, one more that waits; a good one with consent, another that is asked."""
    bad: list[Record] = [line.record for one in subjects for line in stories.usable(one)]
    for place, record in enumerate(bad[:2]):
        made = actions.draft_bad(cast.officer, "SAMR", record.number, f"{record.summary[:40]}，受到行政处罚")
        actions.check_facts(cast.officer, made.number)
        actions.redact(cast.officer, made.number)
        if place == 0:
            actions.approve_story(cast.reviewer, made.number)
            actions.publish_story(cast.officer, made.number)
    clean = [one for one in subjects if not stories.usable(one)]
    for subject in clean[:1]:
        text = f"{subject.name}坚持如实描述、先行赔付，承诺的发货时限全部兑现，三年来没有未解决的消费投诉。"
        good = actions.draft_good(cast.officer, "SAMR", subject.pk, "承诺件件兑现的山货店", text)
        actions.check_facts(cast.officer, good.number)
        actions.redact(cast.officer, good.number)
        actions.approve_story(cast.reviewer, good.number)
        actions.ask_consent(cast.officer, good.number)
        owner = next((one for one in cast.merchants if subject.pk in one.subjects), None)
        owner = owner or Actor(id="system:demo", name=subject.name, roles=frozenset({"merchant"}), subjects=frozenset({subject.pk}))
        actions.answer_consent(owner, good.number, True)
        actions.publish_story(cast.officer, good.number)


def _activities(cast: Cast) -> None:
    day, occasion = occasions.coming()[0]
    given = {"occasion": occasion.code, "title": f"{occasion.zh}诚信经营宣传周", "members": ["SAMR"], "on": day, "place": "示例市人民广场"}
    actions.plan_activity(cast.commerce, "COM", {**given, "plan": "展示诚信典型，现场受理咨询，发放防范网络消费陷阱手册。"})
    past = {"occasion": "double_eleven", "title": "双11诚信促销承诺活动", "members": ["SAMR"], "on": clock.today() - 2 * WEEK}
    held = actions.plan_activity(cast.commerce, "COM", {**past, "plan": "组织平台和商家公开承诺不先涨后降、不刷单炒信。"})
    actions.end_activity(cast.commerce, held.number, "八十六家网店公开承诺，发放资料三千份。", True)


def _courses(cast: Cast, platform: Platform) -> None:
    """Streamers of a platform, trained and not; the first business has a certificate."""
    today = clock.today()
    for number in range(1, 7):
        account = f"shili-live-{number:03d}"
        actions.name_streamer(cast.staff, platform, account, today - number * 3 * WEEK)
        if number % 2:
            actions.report_training(cast.staff, platform, account, "直播合规年度培训", today - number * WEEK, f"PX-{number:04d}")
    course = courses.course("honest_trade")
    right = [one.right for one in course.questions]
    for owner in cast.merchants[:1]:
        subject = Subject.objects.filter(pk__in=owner.subjects).first()
        if subject:
            actions.take_quiz(owner, course, right, subject=subject)
