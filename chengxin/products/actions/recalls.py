"""A recall: drafted by one, issued by another, told by every platform to its own buyers, goods back or disposed of, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.products import affected, queries
from chengxin.products.access import STAFF
from chengxin.products.actions.steps import NUMBERS, SYSTEM, check_code, check_text, desk_roles, held, moved, named, next_numbers, wrong
from chengxin.products.errors import AlreadyDone, OpenRecall, SamePerson
from chengxin.products.events import RecallClosed, RecallIssued
from chengxin.products.models import Batch, Recall, RecallNotice, RecallReturn, RecallTask
from chengxin.products.models.recalls import CLOSED, DISPOSED, DRAFT, DROPPED, ISSUED, NOTIFIED, RETURNED
from chengxin.subjects.models import Platform

CLOCK = system("products.recalls")
WAYS = ("message", "sms", "phone", "letter", "other")
MOST_NOTICES = 5_000
THOUSANDTH = Decimal("0.001")  # as the column keeps it, so that the log knows the row as it is read back
OPEN = (ISSUED, NOTIFIED, RETURNED, DISPOSED)


def draft_recall(actor: Actor, batch_id: Any, level: int, reason: str, advice: str) -> Recall:
    """An officer drafts a recall of a batch. Raises NotFound, ContentWrong, OpenRecall."""
    batch = access.get(actor, Batch, pk=batch_id)
    roles = desk_roles(actor)
    if not roles:
        raise NotFound
    if level not in (1, 2, 3):
        wrong("召回级别为一级、二级或者三级", "the level is 1, 2 or 3")
    reason, advice = check_text(reason, "召回原因", "the reason"), check_text(advice, "给消费者的建议", "the advice to buyers")
    with transaction.atomic(), locks.locked(f"products.batch:{batch.pk}"), locks.locked(NUMBERS):
        if Recall.objects.filter(batch=batch).exclude(state__in=[CLOSED, DROPPED]).exists():
            raise OpenRecall
        made = Recall(
            number=next_numbers(Recall, "ZH", clock.today())[0], batch=batch, level=level, reason=reason[:500], advice=advice[:500]
        )
        made.department = sorted(actor.departments_as(*roles))[0]
        made.drafted_by, made.drafted_by_name = named(actor)
        made.drafted_at = clock.now()
        moved("recall", made, "draft", roles, actor, {"reason": reason}, before="NONE")
        made.save(force_insert=True)
        return made


def issue_recall(actor: Actor, number: str) -> Recall:
    """Another person issues it: whom it concerns is read from the traces at this moment, and every platform gets its task."""
    with transaction.atomic(), locks.locked(NUMBERS):
        found = held(actor, Recall, number)
        roles = desk_roles(actor, found.department)
        if not roles:
            raise NotFound
        if found.state != DRAFT:
            raise AlreadyDone
        if str(actor) == found.drafted_by:
            raise SamePerson
        concerned = affected.by(found.batch)
        found.affected_orders, found.affected_buyers = len(concerned.orders), len(concerned.buyers)
        found.unplaced_orders, found.root = len(concerned.unplaced), concerned.root
        found.issued_by, found.issued_by_name = named(actor)
        found.issued_at = clock.now()
        moved("recall", found, f"issue_{found.level}", roles, actor, {"root": found.root})
        found.save()
        _give_tasks(found, concerned)
        _all_told(found)
        outbox.emit(RecallIssued(str(found.pk), found.number))
        return found


def _give_tasks(recall: Recall, concerned: affected.Affected) -> None:
    """A task for each platform with orders of its own; orders of platforms that are not registered count as unplaced."""
    due = law.due("RECALL_TELL", clock.today())
    codes = sorted({platform for platform, _order, _buyer in concerned.orders})
    known = {one.code: one for one in Platform.objects.filter(code__in=codes)}
    numbers = next_numbers(RecallTask, "ZT", clock.today(), len(known))
    for number, code in zip(numbers, sorted(known), strict=True):
        orders = concerned.of_platform(code)
        buyers = len({buyer for platform, _order, buyer in concerned.orders if platform == code})
        RecallTask.objects.create(number=number, recall=recall, platform=known[code], orders=orders, buyers=buyers, due_on=due)


def drop_recall(actor: Actor, number: str, reason: str) -> Recall:
    """It is not issued."""
    reason = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, Recall, number)
        roles = desk_roles(actor, found.department)
        if not roles:
            raise NotFound
        if found.state != DRAFT:
            raise AlreadyDone
        moved("recall", found, "drop", roles, actor, {"reason": reason})
        found.save()
        return found


def report_notices(actor: Actor, number: str, notices: Sequence[Mapping[str, Any]]) -> RecallTask:
    """A platform reports whom it told. notices: order_no, way, told_at, proof. Known orders are left as they are; a foreign one is refused
    with all of them. Raises NotFound, ContentWrong."""
    with transaction.atomic():
        task = held(actor, RecallTask, number)
        if not _staff_of(actor, task):
            raise NotFound
        _check_notices(task, notices)
        known = set(task.notices.values_list("order_no", flat=True))
        by, name = named(actor)
        for given in notices:
            if given["order_no"] not in known:
                known.add(given["order_no"])
                made = RecallNotice(id=ids.new_id(), task=task, by=by, by_name=name, at=clock.now(), **_notice(given))
                data = {"task": task.number, "way": made.way, "proof": made.proof}
                rows.put(made, "products.recall.told", actor=by, object=f"products.task:{task.pk}", data=data)
        recall = Recall.objects.select_for_update().get(pk=task.recall_id)
        _all_told(recall)
        return task


def _staff_of(actor: Actor, task: RecallTask) -> bool:
    mine = Platform.objects.filter(pk=task.platform_id, code__in=actor.platforms).exists()
    return mine and (actor.has(STAFF) or actor.client is not None)


def _notice(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"order_no": given["order_no"], "way": given["way"], "told_at": given["told_at"], "proof": str(given["proof"]).strip()[:100]}


def _check_notices(task: RecallTask, notices: Sequence[Mapping[str, Any]]) -> None:
    if not 1 <= len(notices) <= MOST_NOTICES:
        wrong(f"一次报送 1 至 {MOST_NOTICES} 条", f"1 to {MOST_NOTICES} notices at once")
    mine = set(task.orders)
    for place, given in enumerate(notices, 1):
        if given["order_no"] not in mine:
            wrong(f"第 {place} 条：订单不在本任务内", f"notice {place}: the order is not one of this task")
        if given["way"] not in WAYS:
            wrong(f"第 {place} 条：通知方式不支持", f"notice {place}: this way of telling is not known")
        if given["told_at"] > clock.now():
            wrong(f"第 {place} 条：通知时间不能晚于现在", f"notice {place}: it cannot have been told later than now")
        check_text(str(given["proof"]), f"第 {place} 条：证明", f"notice {place}: the proof", 2)


def _all_told(recall: Recall) -> None:
    """NOTIFIED once every platform has told everybody; at once where nobody has to be told."""
    n, m = queries.told(recall)
    if recall.state == ISSUED and n == m:
        moved("recall", recall, "all_told", SYSTEM, CLOCK)
        recall.save()


def record_return(actor: Actor, number: str, kind: str, quantity: Decimal, unit: str, on: date, note: str) -> RecallReturn:
    """What came back, or was disposed of."""
    note = check_text(note, "说明", "the note", 2)
    check_code("trace_unit", unit)
    if kind not in ("returned", "disposed") or quantity <= 0 or on > clock.today():
        wrong("收回、处置的数量和日期有误", "the quantity or the day is not valid")
    with transaction.atomic():
        found = held(actor, Recall, number)
        roles = desk_roles(actor, found.department)
        if not roles:
            raise NotFound
        moved("recall", found, "take_back" if kind == "returned" else "dispose", roles, actor, {"reason": note})
        found.save()
        made = RecallReturn(id=ids.new_id(), recall=found, kind=kind, unit=unit, on=on, note=note[:300], at=clock.now())
        made.quantity = quantity.quantize(THOUSANDTH)
        made.by, made.by_name = named(actor)
        data = {"number": found.number, "kind": kind, "quantity": str(quantity), "unit": unit}
        return rows.put(made, "products.recall.goods", actor=str(actor), object=f"products.recall:{found.pk}", data=data)


def close_recall(actor: Actor, number: str, reason: str) -> Recall:
    """It is done: everybody was told and the goods are back, disposed of or accounted for. Not while buyers are still to be told."""
    reason = check_text(reason, "召回结果", "the result")
    with transaction.atomic():
        found = held(actor, Recall, number)
        roles = desk_roles(actor, found.department)
        if not roles:
            raise NotFound
        n, m = queries.told(found)
        if found.state in OPEN and n < m:
            wrong(f"还有 {m - n} 个订单的买家未通知", f"the buyers of {m - n} orders have not been told")
        moved("recall", found, "close", roles, actor, {"reason": reason})
        found.result, found.closed_on = reason[:1000], clock.today()
        found.save()
        outbox.emit(RecallClosed(str(found.pk), found.number))
        return found


def remind_platforms(now: datetime | None = None) -> int:
    """Tasks with orders left whose last day is near or over: noted once a day, shown first on the platform's page; how many."""
    at = now or clock.now()
    today = clock.city_day(at)
    ahead = max(law.at(today).value("recall_remind_days"))
    reminded = 0
    for task in RecallTask.objects.filter(recall__state__in=OPEN).select_related("platform"):
        left = len(task.orders) - task.notices.count()
        if left and (task.due_on - today).days <= ahead and (task.reminded_at is None or clock.city_day(task.reminded_at) < today):
            with transaction.atomic():
                task.reminded_at = at
                task.save(update_fields=["reminded_at"])
                data = {"task": task.number, "platform": task.platform.code, "left": left, "due_on": task.due_on.isoformat()}
                audit.record("products.recall.reminded", actor=str(CLOCK), object=f"products.task:{task.pk}", data=data)
            reminded += 1
    return reminded
