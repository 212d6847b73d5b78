"""The rest of that autumn: campaigns, streamers, rows for the upper platform, the plan's tasks, shops that are verified again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from acts import END, some_day
from month import DAY, SCENES, Autumn, at

from chengxin.campaigns import actions as campaigns
from chengxin.coordination import actions as coordination
from chengxin.coordination.models import Task as PlanTask
from chengxin.exchange import actions as exchange
from chengxin.exchange import fieldmaps, sending
from chengxin.kernel import clock
from chengxin.subjects import actions as subjects
from chengxin.subjects.models import IdentityVerification, Platform, Shop


def drives(autumn: Autumn) -> None:
    """Campaigns that end in October; streamers who come, leave and are trained."""
    for place in range(autumn.few):
        autumn.later(at(date(2026, 9, 22), 9, place % 60), campaign, autumn, place)
    for place in range(8 * autumn.few):
        autumn.later(at(some_day(autumn, SCENES + DAY, END + 2 * DAY), 13), streamer, autumn, place)


def campaign(autumn: Autumn, place: int) -> None:
    last = some_day(autumn, date(2026, 9, 29), END + 2 * DAY)
    given = {
        "title": f"专项行动{place}",
        "members": ["COM"],
        "behaviours": ["B01"],
        "targets": {"cases_filed": 1},
        "basis": "实施方案（十八）",
    }
    given |= {"starts_on": clock.today(), "ends_on": last}
    department = ("SAMR", "COM", "POST")[place % 3]
    made = campaigns.draft_campaign(autumn.who(f"officer.{department.lower()}"), department, given)
    head = autumn.who(f"head.{department.lower()}")
    campaigns.approve_campaign(head, made.number)
    if place % 4 == 0:
        autumn.later(at(last - 2 * DAY, 9), lambda: campaigns.end_campaign(head, made.number, "目标已经完成"))
    when = autumn.rng.choice([at(last + DAY, 9), at(END, 23, 59, 59), at(END + DAY, 0), None])
    autumn.later(when, lambda: campaigns.close_campaign(head, made.number, "行动期间立案三件，均已办结。"))


def streamer(autumn: Autumn, place: int) -> None:
    platform = Platform.objects.order_by("code")[place % 2]
    staff, account, today = autumn.who(f"staff.{platform.code.lower()}"), f"bench-live-{place}", clock.today()
    until = autumn.rng.choice([None, None, END, END - DAY, END + DAY])
    since = today - autumn.rng.randrange(900) * DAY
    campaigns.name_streamer(staff, platform, account, since, until if until and until >= since else None)
    if place % 2:
        campaigns.report_training(staff, platform, account, "年度培训", max(since, today - autumn.rng.randrange(500) * DAY), "PX")


def sharing(autumn: Autumn) -> None:
    """Rows go up once in eight days, so that some are sent after their day."""
    day = SCENES + 3 * DAY
    while day < END + 4 * DAY:
        for department in ("SAMR", "COM", "POST"):
            autumn.later(at(day, 22), send, autumn, department)
        day += 8 * DAY


def send(autumn: Autumn, department: str) -> None:
    from django.conf import settings

    from chengxin.exchange.standin import Upper

    batch = exchange.collect(autumn.who(f"officer.{department.lower()}"), department, fieldmaps.PENALTY)
    exchange.approve(autumn.who(f"reviewer.{department.lower()}"), batch.number)
    sending.tick()
    upper = Upper(settings.EXCHANGE_DIR)
    upper.take()
    upper.close()
    sending.tick()


def plan_tasks(autumn: Autumn) -> None:
    autumn.later(at(SCENES, 12), plan_all, autumn)


def plan_all(autumn: Autumn) -> None:
    for task in PlanTask.objects.filter(due_on__gt=SCENES, lead__in=("SAMR", "COM", "POST")):
        when = autumn.on(task.due_on)
        autumn.later(when, report, autumn, task.number)
        if when and autumn.rng.random() < 0.5:
            autumn.later(when + timedelta(hours=autumn.rng.choice([1, 30])), _back, autumn, task.number)
            autumn.later(when + timedelta(hours=autumn.rng.choice([2, 60, 90])), report, autumn, task.number)


def report(autumn: Autumn, number: str) -> None:
    task = PlanTask.objects.get(number=number)
    officer = autumn.who(f"officer.{task.lead.lower()}")
    if task.state == "ASSIGNED":
        coordination.accept(officer, number)
    if task.state in ("ASSIGNED", "ACCEPTED"):
        coordination.begin(officer, number)
    coordination.link(officer, number, "工作开展情况", "https://gongzuo.example/")
    coordination.report(officer, number, "已按要求完成，佐证材料见链接。")


def _back(autumn: Autumn, number: str) -> None:
    coordination.send_back(autumn.who("officer.creditlg"), number, "材料不完整，请补充")


def shops(autumn: Autumn) -> None:
    """Shops whose verification runs out are verified again, fail, or close, around their day."""
    autumn.later(at(date(2026, 9, 24)), shops_due, autumn)


def shops_due(autumn: Autumn) -> None:
    span = (date(2026, 9, 25), END + 3 * DAY)
    for one in (
        IdentityVerification.objects.filter(result="pass", next_due_on__range=span)
        .select_related("shop")
        .order_by("shop__token")[: 40 * autumn.few]
    ):
        assert one.next_due_on
        way = autumn.rng.choice(["again", "again", "again", "fail", "close"])
        autumn.later(autumn.on(one.next_due_on), shop_turn, autumn, one.shop_id, way)


def shop_turn(autumn: Autumn, pk: Any, way: str) -> None:
    shop = Shop.objects.select_related("platform", "subject").get(pk=pk)
    if way == "close":
        subjects.exit_shop(shop, "system:bench")
        return
    subjects.start_check(shop, "system:bench")
    if way == "fail":
        subjects.send_back(Shop.objects.get(pk=pk), "证件照片模糊，请重新提交", autumn.who(f"staff.{shop.platform.code.lower()}"))
    else:
        method = "id_service" if shop.subject and shop.subject.is_natural else "register_match"
        subjects.pass_identity(Shop.objects.get(pk=pk), method, "system:bench", evidence_hash="0" * 64, verifier="V001")


ALL = (drives, sharing, plan_tasks, shops)
