"""More of that autumn: couriers, platforms, lists, inspections, payments, recalls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from acts import END, OCTOBER, WHY, firm, some_day
from month import ARRIVED, DAY, SCENES, Autumn, at, owner_of

from chengxin.accounts.access import ANONYMOUS
from chengxin.accounts.models import User
from chengxin.delivery import actions as delivery
from chengxin.delivery import demo as couriers
from chengxin.delivery.models import Incident
from chengxin.inspection import actions as inspection
from chengxin.inspection import catalogue, queries
from chengxin.inspection import demo as visiting
from chengxin.inspection.models import Task as Visit
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.lists import demo as listed
from chengxin.lists.actions import listing, pushing, red, unwinding
from chengxin.lists.models import Task as JointTask
from chengxin.payments import actions as payments
from chengxin.payments.models import Mismatch
from chengxin.platforms import actions as platforms
from chengxin.platforms.models import Measure
from chengxin.products import actions as products
from chengxin.products import demo as goods
from chengxin.products.models import Batch, RecallTask
from chengxin.records import actions as records
from chengxin.subjects.models import CourierFirm, Platform, Shop


def incidents(autumn: Autumn) -> None:
    for place in range(5 * autumn.few):
        autumn.later(at(some_day(autumn, SCENES + DAY, END - 3 * DAY), 9 + place % 14, place % 60), incident, autumn, place)


def incident(autumn: Autumn, place: int) -> None:
    firm = CourierFirm.objects.exclude(subject=None).order_by("code")[place % 3]
    waybill, order = couriers._parcels(firm.code)[-1 - place // 3 % 50]
    kind = ("late", "damaged", "lost", "privacy", "attitude")[place % 5]
    made = delivery.report(ANONYMOUS, "consumer", waybill, order, kind, "外箱被压扁，签收时已拍照")
    last = law.at(clock.today()).due("COURIER_COMPLAINT", clock.today())
    autumn.later(autumn.on(last), reply, made.pk)


def reply(pk: Any) -> None:
    found = Incident.objects.select_related("firm__subject").get(pk=pk)
    staff = owner_of(found.firm.subject)
    actor = type(staff)(id=staff.id, name=staff.name, roles=frozenset({"courier_staff"}), subjects=staff.subjects)
    delivery.reply(actor, found.number, "已联系收件人，正在核查交接记录", "先行赔付")


def measures(autumn: Autumn) -> None:
    for place in range(6 * autumn.few):
        autumn.later(at(some_day(autumn, date(2026, 9, 24), END), 9 + place % 14, 5), measure, autumn, place)


def measure(autumn: Autumn, place: int) -> None:
    every = list(Platform.objects.order_by("code"))
    platform = every[place % len(every)]
    shop = Shop.objects.filter(platform=platform).exclude(subject=None).order_by("shop_id")[place % 5]
    staff, today, told = autumn.who(f"staff.{platform.code.lower()}"), clock.today(), place % 3 == 0
    texts = {"facts": "促销期间虚构交易一百八十单", "reason": "误导消费者", "basis": "平台交易规则第十二条", "appeal_way": "商家后台申诉"}
    row = {"measure_no": f"K{place:05d}", "shop_id": shop.shop_id, "action": "W4", "behaviour": "B01", "automated": False, **texts}
    row |= {"decided_at": clock.now(), "since": today, "until": today + 40 * DAY, "noticed_at": clock.now() if told else None}
    made = platforms.report_measures(staff, platform, [row])[0].measure
    assert made
    if not told:
        when = autumn.on(made.publish_due_on)
        autumn.later(when, _publish, staff, made.number)
    if place % 2:
        due = made.report_due_on or today
        given = {
            "report_no": f"KX-{place:05d}",
            "shop_id": shop.shop_id,
            "behaviour": "B01",
            "facts": texts["facts"],
            "measure_no": row["measure_no"],
        }
        autumn.later(autumn.on(due), _clue_report, staff, platform, given)


def _publish(staff: Any, number: str) -> None:
    if Measure.objects.get(number=number).state == "PROPOSED":
        platforms.notice(staff, number)
    platforms.publish(staff, number)


def _clue_report(staff: Any, platform: Platform, given: dict[str, Any]) -> None:
    platforms.report_clue(staff, platform, given)


def lists(autumn: Autumn) -> None:
    """Listings that are pushed and fed back, some of them revoked because their penalty is withdrawn; red lists with benefits."""
    for place in range(max(2, autumn.few // 2)):
        autumn.later(at(some_day(autumn, SCENES + DAY, date(2026, 10, 12)), 9), list_one, autumn, place)
    for place in range(4 * autumn.few):
        autumn.later(at(some_day(autumn, date(2026, 8, 20), date(2026, 9, 28)), 9), nominate, autumn, place)


def list_one(autumn: Autumn, place: int) -> None:
    subject = firm(40 + place)
    people = {name: autumn.who(f"{name}.samr") for name in ("officer", "reviewer", "head")} | {"upper": autumn.who("head.samrp")}
    record = listed._penalty(subject, 500 + place, listed.ABOUT[0], "B01", people)
    entry = listing.propose(people["officer"], record.pk, listed._proposal(listed.ABOUT[0]))
    listing.notice(people["officer"], entry.pk, listed.PHONE)
    listing.defend(owner_of(subject), entry.pk, ["其中 146 单是真实买家的订单"])
    listing.answer(people["officer"], entry.pk, {1: (True, "经核对予以核减")})
    listing.consent(people["upper"], entry.pk, True, "事实清楚，同意列入")
    listing.decide(people["head"], entry.pk, "性质恶劣，决定列入")
    listing.publish(people["reviewer"], entry.pk)
    for task in JointTask.objects.filter(entry=entry):
        autumn.later(autumn.on(task.due_on), _joint, autumn, task.pk, False)
    if place % 2 == 0:
        autumn.later(clock.now() + autumn.rng.randrange(4, 14) * DAY, revoke, autumn, record.pk)


def _joint(autumn: Autumn, pk: Any, lift: bool) -> None:
    task = JointTask.objects.get(pk=pk)
    name = f"officer.{task.executor.lower()}" if task.executor_kind == "department" else f"staff.{task.executor.lower()}"
    if not User.objects.filter(username=name).exists():
        return
    if lift:
        unwinding.lift(autumn.who(name), pk, "已解除")
    else:
        pushing.feed_back(autumn.who(name), pk, True, "已列入重点监管名录")


def revoke(autumn: Autumn, record: Any) -> None:
    """The penalty is withdrawn; its listing is revoked and everything undone within its days, or not."""
    made = records.propose_withdrawal(autumn.who("officer.samr"), record, "行政复议撤销", "示复〔2026〕1号")
    records.confirm(autumn.who("reviewer.samr"), made.pk)
    autumn.later(clock.now() + timedelta(days=1), _lifts, autumn, record)


def _lifts(autumn: Autumn, record: Any) -> None:
    for task in JointTask.objects.filter(entry__record=record, lift_due_on__isnull=False):
        autumn.later(autumn.on(task.lift_due_on), _joint, autumn, task.pk, True)


def nominate(autumn: Autumn, place: int) -> None:
    subject = firm(20 + place)
    commerce = autumn.who("officer.com")
    one = red.nominate(commerce, "HONEST_SHOP", subject.pk, "连续三年无投诉，承诺履行")
    checked = red.check(commerce, one.pk)
    if checked.notice_until:
        autumn.later(at(checked.notice_until + DAY), _on_red, autumn, one.pk)


def _on_red(autumn: Autumn, pk: Any) -> None:
    made = red.put_on_list(autumn.who("head.com"), pk)
    if made.listed_on and autumn.rng.random() < 0.7:
        autumn.later(at(some_day(autumn, clock.today() + DAY, END + 4 * DAY)), _give, autumn, pk)
    if made.listed_on and autumn.rng.random() < 0.2:
        autumn.later(at(END, 16), lambda: red.remove(autumn.who("head.com"), pk, "主动申请移出"))


def _give(autumn: Autumn, pk: Any) -> None:
    red.give(autumn.who("officer.com"), pk, "P_FAIR", "COM", "参加年货节推介")


def inspections(autumn: Autumn) -> None:
    """Special checks of named subjects, visited, signed and published in time or not; the classes of the month corrected by two people."""
    for place in range(2 * autumn.few):
        autumn.later(at(some_day(autumn, SCENES + DAY, date(2026, 10, 16)), 11), special, autumn, place)
    autumn.later(at(date(2026, 10, 20)), reclass, autumn)


def special(autumn: Autumn, place: int) -> None:
    due = clock.today() + autumn.rng.randrange(5, 18) * DAY
    subject = firm(3 * place)
    given = {
        "title": f"专项检查{place}",
        "kind": "clue",
        "items": [visiting.ITEM],
        "due_on": due,
        "subjects": [subject.pk],
        "reason": "投诉集中",
    }
    plan = inspection.propose_plan(autumn.who("officer.samr"), "SAMR", given)
    inspection.decide_plan(autumn.who("reviewer.samr"), plan.number, True)
    for task in Visit.objects.filter(plan=plan):
        autumn.later(autumn.on(due), visit, autumn, task.number)


def visit(autumn: Autumn, number: str) -> None:
    task = Visit.objects.select_related("plan", "subject").get(number=number)
    by_user = {user.pk: autumn.who(user.username) for user in User.objects.filter(username__contains="officer")}
    by_user |= {user.pk: autumn.who(user.username) for user in User.objects.filter(username__contains="head")}
    team = [by_user[one.inspector.user_id] for one in queries.team(task)]
    lines = {code: {line["code"]: "yes" for line in catalogue.item(code, clock.today()).checklist} for code in task.plan.items}
    given = {"version": 0, "answers": lines, "outcome": "NONE", "summary": "现场检查情况与公示信息相符", "place": task.subject.address}
    inspection.report(team[0], number, given)
    for one in team:
        inspection.sign(one, number, 1, visiting.SIGNATURE)
    last = Visit.objects.get(number=number).publish_by
    if last:
        autumn.later(autumn.on(last), _publish_visit, autumn, number)


def _publish_visit(autumn: Autumn, number: str) -> None:
    inspection.publish(autumn.who("reviewer.samr"), number)


def reclass(autumn: Autumn) -> None:
    from chengxin.inspection.models import Assessment

    for place, one in enumerate(Assessment.objects.filter(month=OCTOBER).order_by("subject__name")[: 4 * autumn.few]):
        to = "ABCD"[("ABCD".index(one.risk_class) + 1 + place % 3) % 4]
        made = autumn.try_(inspection.propose_class, autumn.who("officer.samr"), one.subject_id, "SAMR", to, WHY)
        if made:
            when = autumn.rng.choice([at(END, 23, 59, 59), at(END + DAY, 0, 0, 1), at(date(2026, 10, 25))])
            autumn.later(when, _class, autumn, made.pk)


def _class(autumn: Autumn, pk: Any) -> None:
    inspection.decide_class(autumn.who("reviewer.samr"), pk, True)


def money(autumn: Autumn) -> None:
    """Two reconciliations of the autumn's reports; some differences are decided by the month's end, some in its last second or later."""
    for day in (date(2026, 9, 30), ARRIVED, date(2026, 10, 31)):
        autumn.later(at(day, 23, 30), reconcile, autumn)


def reconcile(autumn: Autumn) -> None:
    now = clock.now()
    payments.reconcile(now - timedelta(days=150), now, now)
    for row in Mismatch.objects.filter(run__at=now).order_by("key")[: 40 * autumn.few]:
        when = autumn.rng.choice([now + 3 * DAY, at(END, 23, 59, 59), at(END + DAY, 0), at(END + 2 * DAY), None])
        autumn.later(when, _difference, autumn, row.number)


def _difference(autumn: Autumn, number: str) -> None:
    payments.accept(autumn.who("officer.com"), number, WHY)


def recalls(autumn: Autumn) -> None:
    for place, day in enumerate((date(2026, 9, 29), date(2026, 10, 9), date(2026, 10, 13), date(2026, 10, 20))):
        autumn.later(at(day, 9), recall, autumn, place)
    for day in (SCENES + DAY, date(2026, 9, 30)):
        autumn.later(at(day, 8), tell_of_demo, autumn)


def recall(autumn: Autumn, place: int) -> None:
    from chengxin.facts import lake
    from chengxin.facts.snapshots import snapshot

    batch = Batch.objects.exclude(recalls__isnull=False).order_by("pk").first()
    if batch is None:
        return
    with lake.connect(snapshot(["order"]), memory_mb=256, threads=1) as db:
        orders = db.execute('SELECT platform, order_no FROM "order" ORDER BY ordered_at DESC LIMIT 40').fetchall()[
            place * 8 : place * 8 + 8
        ]
    goods._sell(autumn.who("officer.samr"), batch.product.subject, batch, orders)
    made = products.draft_recall(autumn.who("officer.samr"), batch.pk, 2, "抽检不合格", "停止食用，凭订单退货")
    products.issue_recall(autumn.who("head.samr"), made.number)
    for task in RecallTask.objects.filter(recall=made):
        _tell(autumn, task)


def tell_of_demo(autumn: Autumn) -> None:
    for task in RecallTask.objects.filter(notices=None):
        _tell(autumn, task)


def _tell(autumn: Autumn, task: RecallTask) -> None:
    for order in task.orders if autumn.rng.random() < 0.7 else task.orders[1:]:
        when = autumn.rng.choice([autumn.on(task.due_on), at(task.due_on, 23, 59), at(task.due_on, 12)])
        autumn.later(when and max(when, clock.now()), _told, autumn, task.pk, order)


def _told(autumn: Autumn, pk: Any, order: str) -> None:
    task = RecallTask.objects.select_related("platform").get(pk=pk)
    row = {"order_no": order, "way": "sms", "told_at": clock.now(), "proof": f"DX{order}"}
    products.report_notices(autumn.who(f"staff.{task.platform.code.lower()}"), task.number, [row])


ALL = (incidents, measures, lists, inspections, money, recalls)
