"""A demo city's inspections, through the same doors as everywhere: registers, a draw that is made, one that waits, visits, a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256

from chengxin.accounts.access import Actor
from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.errors import DrawWrong
from chengxin.inspection.models import Inspector, ListedObject, Plan, RiskWarning, Task
from chengxin.inspection.models.visits import ASSIGNED
from chengxin.kernel import clock
from chengxin.subjects.models import Subject

ITEM, LEAD, OTHER = "GOODS_TRUE", "SAMR", "COM"
SOURCE = "示例彩票当日开奖号码（示例网站 lottery.example 公布）"
VALUE = "03 09 14 21 27 30 + 11"
AHEAD, AGO, STANDS = 45, 12, 30  # days, so that something is to be seen
DRAWN_TITLE, NEXT_TITLE = "网络商品质量双随机抽查（示例）", "网络商品质量双随机抽查（下一批，示例）"
# A white picture of one point stands for a drawn signature.
SIGNATURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6364f8cf500f0003060180b0cfe5a10000000049454e44ae426082"
)

People = Mapping[str, Actor]


def inspect(people: People, warned: Sequence[Subject]) -> None:
    """people: by user name, officers of SAMR (officer, head and a colleague) and of COM. Repeating it changes nothing."""
    lead, reviewer = people["officer.samr"], people["reviewer.samr"]
    if not ListedObject.objects.filter(item=ITEM).exists():
        actions.fill_objects(lead, ITEM, "按主体登记库初次建库")
        actions.fill_objects(lead, "SHOP_IDENTITY", "按主体登记库初次建库")
    _inspectors(people)
    actions.assess(lead, clock.today())
    if not Plan.objects.filter(title=DRAWN_TITLE).exists():
        _drawn(people)
        _visited(people)
    if not Plan.objects.filter(title=NEXT_TITLE).exists():
        _planned(people, NEXT_TITLE)
    if warned and not RiskWarning.objects.exists():
        said = ("近一月“图物不符”类投诉增多", "请自查商品页面，核对进货凭证，并在店铺首页公示营业执照信息。")
        made = actions.propose_warning(lead, warned[0].pk, LEAD, said, clock.today() + timedelta(days=STANDS))
        actions.decide_warning(reviewer, made.number, True)


def _inspectors(people: People) -> None:
    today = clock.today()
    days = (today.replace(year=today.year - 1), today.replace(year=today.year + 1, day=1))
    for place, (name, actor) in enumerate(sorted(people.items()), 1):
        department = LEAD if name.endswith("samr") else OTHER
        known = Inspector.objects.filter(user=actor.user, department=department, removed_at__isnull=True).exists()
        if actor.user and actor.has("officer", "head") and not known:
            actions.add_inspector(people[f"officer.{department.lower()}"], actor.user.pk, department, f"示H{place:05d}", days)


def _planned(people: People, title: str) -> Plan:
    """A plan by lot at the most of what the table allows, approved by another person."""
    shares = {code: row["most"] or 0 for code, row in queries.rates(clock.today()).items()}
    given = {
        "title": title,
        "kind": "lot",
        "items": [ITEM],
        "witness": OTHER,
        "due_on": clock.today() + timedelta(days=AHEAD),
        "shares": shares,
    }
    plan = actions.propose_plan(people["officer.samr"], LEAD, given)
    return actions.decide_plan(people["reviewer.samr"], plan.number, True)


def _secret(department: str) -> str:
    return sha256(f"secret of {department} in the demo city".encode()).hexdigest()


def _drawn(people: People) -> None:
    """Twelve days ago the lists were frozen and both committed and revealed; the value came on the next day."""
    begun = datetime.combine(clock.today() - timedelta(days=AGO), time(9), clock.CITY)
    holders = (("officer.samr", LEAD), ("officer.com", OTHER))
    with clock.set_to(begun):
        plan = _planned(people, DRAWN_TITLE)
        try:
            draw = actions.freeze(people["officer.samr"], plan.number, SOURCE, clock.today() + timedelta(days=1))
        except DrawWrong:  # a city so small that all its firms are of one class has nothing to draw
            return
        for name, department in holders:
            actions.commit(people[name], draw.pk, department, lot.commitment(draw.name, department, _secret(department)))
        for name, department in holders:
            actions.reveal(people[name], draw.pk, department, _secret(department))
    with clock.set_to(begun + timedelta(days=1)):
        for name, department in holders:
            actions.say_value(people[name], draw.pk, department, VALUE)


def _visited(people: People) -> None:
    """All visits but the last have been made; the first found a problem."""
    by_user = {actor.user: actor for actor in people.values()}
    visits = list(Task.objects.filter(plan__title=DRAWN_TITLE, state=ASSIGNED).order_by("number"))
    for place, task in enumerate(visits[:-1][:4]):
        team = [by_user[one.inspector.user] for one in queries.team(task)]
        answer = "no" if place == 0 else "yes"
        lines = {code: {line["code"]: "yes" for line in catalogue.item(code, clock.today()).checklist} for code in task.plan.items}
        lines[ITEM]["goods"] = answer
        said = ("CORRECTED", "抽取的商品与页面图片颜色不符，已当场更正页面") if place == 0 else ("NONE", "现场检查情况与公示信息相符")
        given = {"version": 0, "answers": lines, "outcome": said[0], "summary": said[1], "place": task.subject.address}
        actions.report(team[0], task.number, given)
        for one in team:
            actions.sign(one, task.number, 1, SIGNATURE)
        actions.publish(people["reviewer.samr"], task.number)
