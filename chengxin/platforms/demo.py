"""Rules, measures, an appeal, an interview, notices and checked duties for the demo city, through the same acts as everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.platforms import actions, checking
from chengxin.platforms.models import Appeal, ClueReport, Interview, MajorEvent, Measure, Notice, SelfReport
from chengxin.platforms.papers import File
from chengxin.subjects.models import Platform, Shop

DEPARTMENT = "SAMR"
RULES = [("R1", "平台服务协议"), ("R2", "平台交易规则"), ("R3", "信用评价规则"), ("R4", "公平竞争规则"), ("R6", "消费者权益保护规则")]
# (days ago, action, conduct, facts, reason, basis, days it lasts)
MEASURES: list[tuple[int, str, str, str, str, str, int]] = [
    (
        20,
        "W4",
        "B01",
        "促销期间虚构交易一百八十单，无物流揽收",
        "虚构交易提升销量，误导消费者",
        "平台交易规则第十二条；电子商务法第十七条",
        60,
    ),
    (9, "W3", "B13", "划线价高于前七日最低成交价", "价格表示使人误解", "平台交易规则第十八条", 30),
    (3, "W1", "", "三日内未回复消费者咨询二十六次", "服务响应未达约定", "平台服务协议第九条", 30),
    (0, "W2", "B02", "同一文案的好评四十条", "评价不真实", "信用评价规则第六条", 45),
]
LASTS = {"rule": 20, "event": 90, "talk": 14, "notice": 30}  # how many days things of the demo last
APPEAL = "所列订单有真实买家签收，请人工核对物流记录。"
ANSWERED = "经人工核对，其中一百八十单无揽收记录，维持原措施。"


def fill(platform: Platform, staff: Actor, colleague: Actor, officer: Actor, reviewer: Actor, owner: Actor | None) -> None:
    """Make one platform's pages worth looking at, and check its duties. Repeating it changes nothing but the checks of the day."""
    _rules(platform, staff)
    shops = _shops(platform, owner)
    if shops and not Measure.objects.filter(platform=platform).exists():
        _measures(platform, staff, colleague, shops, owner)
    if not Interview.objects.filter(platform=platform).exists():
        _talk(platform, officer)
    if not Notice.objects.filter(platforms=platform).exists():
        _notice(platform, officer, reviewer)
    if not SelfReport.objects.filter(platform=platform).exists():
        _self_reports(platform, staff, officer)
    checking.run_checks([platform], "system:demo")


def _day(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def _shops(platform: Platform, owner: Actor | None) -> list[Shop]:
    """Shops of the merchant one can sign in as come first, so that they have something to appeal against."""
    own = Shop.objects.filter(platform=platform, subject__in=owner.subjects if owner else [])
    others = Shop.objects.filter(platform=platform).exclude(subject=None).order_by("shop_id")
    return list(dict.fromkeys([*own, *others]))[: len(MEASURES)]


def _rules(platform: Platform, staff: Actor) -> None:
    today = clock.today()
    for kind, title in RULES:
        for version, days, more in (("1.0", 700, {}), ("2.0", 60, _changed(60))):
            if version == "1.0" or kind == "R2":
                published = today - timedelta(days=days + 20)
                given: dict[str, Any] = {
                    "kind": kind,
                    "title": title,
                    "version": version,
                    "url": f"https://{platform.code}.example/rules/{kind.lower()}",
                    "text": f"{title}（{version}版）\n第一条　为规范平台内经营活动，制定本规则。\n第二条　平台内经营者应当诚信经营。",
                    "published_on": published,
                    "effective_on": published + timedelta(days=LASTS["rule"]),
                }
                actions.add_rule_version(staff, platform, {**given, **more})
    if not MajorEvent.objects.filter(platform=platform).exists():
        event = {"kind": "V4", "title": "保证金标准调整", "text": "自下月起，日用百货类保证金由一千元调整为八百元。"}
        actions.add_event(staff, platform, {**event, "happened_on": today, "until": today + timedelta(days=LASTS["event"])})


def _changed(days: int) -> dict[str, Any]:
    today = clock.today()
    return {
        "major": True,
        "comments_from": today - timedelta(days=days + 50),
        "comments_until": today - timedelta(days=days + 30),
        "comments_count": 14,
        "comments_answer": "采纳九条，主要涉及退货时限；未采纳五条，理由已逐条公布。",
    }


def _measures(platform: Platform, staff: Actor, colleague: Actor, shops: Sequence[Shop], owner: Actor | None) -> None:
    rows = []
    for place, shop in enumerate(shops):
        days, action, behaviour, facts, reason, basis, lasts = MEASURES[place]
        decided = _day(days)
        rows.append(
            {
                "measure_no": f"{decided:%Y%m%d}-{place + 1:02d}",
                "shop_id": shop.shop_id,
                "action": action,
                "behaviour": behaviour,
                "facts": facts,
                "reason": reason,
                "basis": basis,
                "automated": place == 1,
                "appeal_way": "商家后台“违规管理—申诉”，或者本平台诚信公示页面",
                "decided_at": decided,
                "since": clock.city_day(decided),
                "until": clock.city_day(decided) + timedelta(days=lasts),
                "noticed_at": decided if place < len(MEASURES) - 1 else None,
            }
        )
    made = [answer.measure for answer in actions.report_measures(staff, platform, rows) if answer.measure]
    if made and not ClueReport.objects.filter(platform=platform).exists():
        first = made[0]
        given = {"report_no": "XS-0001", "shop_id": first.shop.shop_id, "behaviour": first.behaviour, "facts": first.facts}
        actions.report_clue(staff, platform, {**given, "measure_no": first.measure_no})
    if made and owner and made[0].shop.subject_id in owner.subjects:
        _appeal(made, colleague, owner)


def _appeal(made: Sequence[Measure], colleague: Actor, owner: Actor) -> None:
    for place, measure in enumerate(one for one in made[:2] if one.shop.subject_id in owner.subjects):
        if not Appeal.objects.filter(measure=measure).exists():
            actions.appeal(owner, measure.number, APPEAL)
            if place == 0:
                actions.take_up(colleague, measure.number)
                actions.answer_appeal(colleague, measure.number, True, ANSWERED)


def _talk(platform: Platform, officer: Actor) -> None:
    at = datetime.combine(clock.today() - timedelta(days=1), time(9, 30), clock.CITY)
    made = actions.plan_interview(
        officer,
        platform,
        DEPARTMENT,
        matters="部分处置措施逾期公示，违法线索报送不及时",
        duties=["D07", "D08"],
        at=at,
        place="示例市市场监督管理局三楼会议室",
        persons="法定代表人、合规负责人",
    )
    actions.serve_interview(officer, made.number, "王经办", "0468-0000000")
    said = "平台说明：内部审批环节多，导致公示迟延；承诺改为系统自动公示。"
    actions.hold_interview(officer, made.number, said, "李记录", "合规负责人 钱示例")
    demands = "处置措施作出后系统自动公示\n违法线索由专人按日报送"
    actions.demand_rectification(officer, made.number, demands, clock.today() + timedelta(days=LASTS["talk"]))


def _notice(platform: Platform, officer: Actor, reviewer: Actor) -> None:
    text = "临近年终促销，请加强划线价、虚构交易和刷单返现核查，发现违法行为的按时报送线索。"
    until = clock.today() + timedelta(days=LASTS["notice"])
    for kind, title in (("risk", "年终促销价格违法风险提示"), ("circular", "关于三季度违法线索报送情况的通报")):
        made = actions.write_notice(officer, kind, DEPARTMENT, [platform], title=title, text=text, until=until)
        if kind == "risk":
            actions.issue_notice(reviewer, made.number)


def _self_reports(platform: Platform, staff: Actor, officer: Actor) -> None:
    said = [
        ("D18", "自营商品标题前均有“自营”标识，见截图说明。"),
        ("D24", "“我的—设置—推荐管理”可关闭个性化推荐。"),
        ("D25", "续费前五日以短信和站内信提醒，默认不勾选。"),
    ]
    for place, (duty, text) in enumerate(said):
        evidence = File(f"{duty}说明.txt", text.encode(), "text/plain")
        made = actions.self_report(staff, platform, duty, text, evidence)
        if place < len(said) - 1:
            actions.verify_self_report(officer, made.pk, DEPARTMENT, "已登录平台核对，属实。")
