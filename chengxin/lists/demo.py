"""A few lists for the demo city, through the same people and steps as everywhere: one listed and pushed, one in its notice, one red-list
entry with a benefit, one platform's own entry. Repeating it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.lists import catalogue
from chengxin.lists.actions import listing, platforms, pushing, red
from chengxin.lists.models import ListEntry, PlatformListEntry, RedEntry
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.subjects.models import Shop, Subject

DEPARTMENT, MAKER, PHONE = "SAMR", "示例市市场监督管理局", "0468-0000000"
AGO, LASTS = 14, 90  # days since the demo decisions; how long the platform's entry lasts
BASIS = "《市场监督管理严重违法失信名单管理办法》第九条"
ABOUT = ("组织商家相互虚假交易 2,146 单，提升店铺销量和信用", "故意销售假冒注册商标的商品 380 件")
WORDS = {
    "intent": "群聊记录显示当事人招募刷手并约定佣金",
    "frequency": "一年内实施三轮，每轮持续两周",
    "duration": "自三月至八月，历时五个月",
    "penalty": "较重罚款",
    "amount": "罚款八万元",
    "value": "涉案订单金额 46 万元",
    "harm": "误导消费者，扰乱同类店铺公平竞争",
}


def put_on_lists(subjects: Sequence[Subject], people: Mapping[str, Actor]) -> None:
    """people: officer, reviewer, head (SAMR), upper (province), commerce, last_merchant (who owns the last
    subject), staff of a platform."""
    if not subjects or ListEntry.objects.exists():
        return
    _listed(subjects[-1], people)
    if len(subjects) > 1:
        _noticed(subjects[0], people)
        _red(subjects[1], people)
    _platform(people)


def _penalty(subject: Subject, number: int, summary: str, behaviour: str, people: Mapping[str, Actor]) -> Record:
    decided = clock.today() - timedelta(days=AGO)
    given: dict[str, Any] = {
        "item": "PENALTY",
        "term": "KEY_AREA",
        "behaviour": behaviour,
        "penalty_kind": "21",
        "amount_fen": 8_000_000,
        "summary": summary,
        "basis": "《中华人民共和国反不正当竞争法》第九条第一款",
        "maker": MAKER,
        "document_number": f"示市监罚〔{decided.year}〕{number}号",
        "document_hash": sha256(f"decision {number} of the demo city".encode()).hexdigest(),
        "decided_on": decided,
    }
    made = records.propose_record(people["officer"], subject.pk, DEPARTMENT, given)
    record = made.made or records.confirm(people["reviewer"], made.pk).made
    assert record is not None
    return record


def _proposal(facts: str) -> dict[str, Any]:
    measures = [one.code for one in catalogue.measures(clock.today())]
    return {"kind": "SERIOUS", "facts": facts, "basis": BASIS, "intent": "shown", "factors": WORDS, "measures": measures}


def _listed(subject: Subject, people: Mapping[str, Actor]) -> ListEntry:
    """Told, heard, answered, agreed above, listed and published, with one measure done."""
    record = _penalty(subject, 90, ABOUT[0], "B01", people)
    allowed = {one.code for one in catalogue.measures(clock.today(), subject.kind)}
    given = _proposal(ABOUT[0])
    entry = listing.propose(people["officer"], record.pk, {**given, "measures": [code for code in given["measures"] if code in allowed]})
    listing.notice(people["officer"], entry.pk, PHONE)
    listing.defend(people["last_merchant"], entry.pk, ["其中 146 单是真实买家的订单", "本店已经主动下架全部涉事商品"])
    listing.answer(people["officer"], entry.pk, {1: (True, "经核对予以核减"), 2: (False, "事后整改不影响违法事实的认定")})
    listing.consent(people["upper"], entry.pk, True, "事实清楚，情节严重，同意列入")
    listing.decide(people["head"], entry.pk, "组织虚假交易，性质恶劣，决定列入")
    entry = listing.publish(people["reviewer"], entry.pk)
    task = entry.tasks.filter(executor_kind="department", executor=DEPARTMENT).first()
    if task:
        pushing.feed_back(people["officer"], task.pk, True, "已列入重点监管名录，按季检查")
    return entry


def _noticed(subject: Subject, people: Mapping[str, Actor]) -> None:
    record = _penalty(subject, 91, ABOUT[1], "B09", people)
    entry = listing.propose(people["officer"], record.pk, {**_proposal(ABOUT[1]), "measures": ["M_KEY"]})
    listing.notice(people["officer"], entry.pk, PHONE)


def _red(subject: Subject, people: Mapping[str, Actor]) -> None:
    """Nominated now; whether it passes the cross-check is what the file says."""
    if RedEntry.objects.exists():
        return
    one = red.nominate(people["commerce"], "HONEST_SHOP", subject.pk, "连续三年无投诉，承诺七日无理由退货并履行")
    red.check(people["commerce"], one.pk)


def _platform(people: Mapping[str, Actor]) -> None:
    staff = people.get("staff")
    shop = Shop.objects.filter(platform__code__in=staff.platforms).order_by("shop_id").last() if staff else None
    if staff is None or shop is None or PlatformListEntry.objects.exists():
        return
    today = clock.today()
    days = {"since": today, "until": today + timedelta(days=LASTS), "appeal_by": today + timedelta(days=AGO)}
    said = {"action": "W9", "facts": "一个月内三次虚假发货", "reason": "违反平台规则", "clause": "《平台服务协议》第八条第二款"}
    platforms.put(staff, shop.pk, {**said, **days})
