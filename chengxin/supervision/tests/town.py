"""A small town with a planted ring, an empty-parcel shop and a price trick; findings are made by hand so that the desk is tested alone."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import Department, User
from chengxin.detection.grouping import digest, key
from chengxin.detection.models import FoundRow, Run
from chengxin.detectors import Finding, Reason
from chengxin.facts.actions import accept_batch
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.subjects.models import Platform, Shop, Subject

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.CITY)
START = datetime(2026, 11, 2, 8, 0, tzinfo=clock.CITY)
PASSWORD = "a long enough pass phrase"


def platform(code: str = "shanhuo", name: str = "山货集市") -> Platform:
    return Platform.objects.get_or_create(code=code, defaults={"name": name})[0]


def shop(number: int, name: str, on: Platform, *, registered: bool = True) -> Shop:
    """A shop with its token; with a subject behind it when registered."""
    subject = None
    if registered:
        uscc = f"91230499MA1{number:05d}XX"[:18]
        subject = Subject.objects.create(
            kind="1",
            name=f"{name}有限公司",
            uscc=uscc,
            division="230499",
            created_at=clock.now(),
            created_by="system:test",
            updated_at=clock.now(),
        )
    return Shop.objects.create(
        platform=on,
        shop_id=f"S{number:04d}",
        token=keyed_token("shop", f"{on.code}/S{number:04d}"),
        subject=subject,
        name=name,
        state="VERIFIED" if registered else "SEEN",
        displayed=registered,
        verified_at=clock.now() - timedelta(days=40) if registered else None,
        next_due_on=clock.today() + timedelta(days=140) if registered else None,
        state_since=clock.now(),
        created_at=clock.now(),
        created_by="system:test",
        updated_at=clock.now(),
    )


def person(name: str, role: str, *, department: str = "", on: str = "") -> Actor:
    """Somebody with one grant."""
    if not Department.objects.exists():
        load_departments()
    user = User.objects.create_user(name, PASSWORD, display_name=name)
    install_grant(user, role, Scope(department, on, None))
    return actors.of_user(user)


def report(on: Platform, kind: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of one kind, through the front door."""
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    accept_batch(on, kind, body, "ndjson", "system:test")


def ring_orders(shops: Sequence[Shop], accounts: int, density: float = 1.0, seed: int = 7, days: int = 3) -> list[dict[str, Any]]:
    """Every account buys in every shop (with the given density) within a few nights; a third of the accounts share devices."""
    draw = random.Random(seed)
    rows = []
    for account in range(accounts):
        for one in shops:
            if draw.random() > density:
                continue
            at = START + timedelta(days=draw.randrange(days), hours=17, seconds=draw.randrange(7200))
            rows.append(_order(one, f"R{account}", at, device=f"D{account // 4}" if account < accounts / 3 else f"E{account}", n=len(rows)))
    return rows


def honest_orders(shops: Sequence[Shop], each: int = 60, seed: int = 3) -> list[dict[str, Any]]:
    """Ordinary daytime orders over three weeks."""
    draw = random.Random(seed)
    return [
        _order(
            one, f"H{draw.randrange(5000)}", START + timedelta(minutes=draw.randrange(20 * 24 * 60)), device=f"H{draw.randrange(9999)}", n=n
        )
        for one in shops
        for n in range(each)
    ]


def _order(one: Shop, buyer: str, at: datetime, *, device: str, n: int) -> dict[str, Any]:
    return {
        "order_no": f"T{one.shop_id}{buyer}{n}",
        "shop_id": one.shop_id,
        "buyer": buyer,
        "sku": "K1",
        "title": "东北黑木耳 250 克",
        "qty": 1,
        "list_price": "59.00",
        "paid": "58.00",
        "coupon": "1.00",
        "ordered_at": at.isoformat(),
        "paid_at": (at + timedelta(seconds=40)).isoformat(),
        "viewed_at": (at - timedelta(seconds=12)).isoformat(),
        "device": device,
        "address": f"测试市甲区乙路 {len(buyer) * 7 + ord(buyer[-1])} 号",
    }


def facts_of(on: Platform, kind: str, column: str = "", values: Sequence[int] = ()) -> tuple[int, ...]:
    """Fact ids of a platform's kind, optionally those whose column is one of some values."""
    from chengxin.facts import lake, queries

    with lake.connect(queries.snapshot([kind])) as connection:
        where = f'AND "{column}" IN (SELECT unnest(?::BIGINT[]))' if column else ""
        sql = f'SELECT fact FROM "{kind}" WHERE platform = ? {where} ORDER BY fact'
        return tuple(row[0] for row in connection.execute(sql, [on.code, *([list(values)] if column else [])]).fetchall())


def person_token(on: Platform, value: str) -> int:
    return keyed_token("person", f"{on.code}/{value}")


def reason(code: str, zh: str, en: str, weight: float, **numbers: Any) -> Reason:
    return Reason(code, zh, en, numbers, weight)


def ring_finding(shops: Sequence[Shop], accounts: Sequence[int], orders: Sequence[int], score: float = 0.93, **extra: Any) -> Finding:
    n, a = len(shops), len(accounts)
    reasons = (
        reason(
            "dense",
            f"{a} 个账户在 {n} 家店铺互相下单 {len(orders)} 笔，密度是同类的 41 倍。",
            f"{a} accounts placed {len(orders)} orders in {n} shops: 41 times as dense as usual.",
            0.95,
        ),
        reason("device", "12 个账户共用 3 台设备。", "12 accounts share 3 devices.", 0.8),
        reason("unseen", "96% 的订单在浏览后 30 秒内下单。", "96 % of the orders came within 30 seconds of the first look.", 0.72),
        reason("night", "83% 的订单集中在 3 个夜晚。", "83 % of the orders fall into 3 nights.", 0.6),
        reason("round", "实付金额只有 1 种。", "Only 1 amount was ever paid.", 0.4),
        reason("few_reviews", "无一笔退货。", "Not one return.", 0.2),
    )
    given = {
        "detector": "brushing",
        "behaviour": "B01",
        "shops": tuple(sorted(one.token for one in shops)),
        "accounts": tuple(sorted(accounts)),
        "evidence": {"order": tuple(sorted(orders))},
        "reasons": reasons,
        "score": score,
        "since": START,
        "until": START + timedelta(days=20),
        "benign": ("group_buy", "live_room"),
    }
    return Finding(**{**given, **extra})


def run_with(findings: Sequence[Finding], parameters: dict[str, Any] | None = None) -> tuple[str, list[str]]:
    """A finished run that holds these findings: (run id, finding ids)."""
    run = Run.objects.create(
        detectors={one.detector: "1" for one in findings},
        parameters=parameters or {},
        since=START,
        until=START + timedelta(days=21),
        snapshot={},
        snapshot_root="0" * 64,
        state="done",
        started_at=clock.now(),
        started_by="system:test",
    )
    return str(run.id), [str(_row(run, one).id) for one in findings]


def _row(run: Run, one: Finding) -> FoundRow:
    return FoundRow.objects.create(
        run=run,
        detector=one.detector,
        behaviour=one.behaviour,
        key=key(one),
        shops=list(one.shops),
        accounts=list(one.accounts),
        evidence={kind: list(ids) for kind, ids in one.evidence.items()},
        reasons=[asdict(each) for each in one.reasons],
        score=one.score,
        since=one.since,
        until=one.until,
        benign=list(one.benign),
        picture=one.picture,
        digest=digest(one),
    )


def ring_town(shops: int = 5, accounts: int = 24, *, density: float = 1.0) -> tuple[list[Shop], Finding]:
    """Shops, their reports, and the finding that names the ring."""
    on = platform()
    every = [shop(n, f"{name}山货铺", on, registered=n % 4 != 3) for n, name in zip(range(1, shops + 1), _names(), strict=False)]
    report(on, "order", honest_orders(every) + ring_orders(every, accounts, density))
    tokens = [person_token(on, f"R{n}") for n in range(accounts)]
    return every, ring_finding(every, tokens, facts_of(on, "order", "buyer", tokens))


def _names() -> list[str]:
    first = ["云岭", "青峰", "石泉", "白桦", "松林", "黑水", "红旗", "双河", "向阳", "东升", "金秋", "鹿鸣", "雪原", "丰收", "长青", "兴安"]
    return [
        a if not b else f"{a}{b}"
        for b in ("", "二店", "三店", "四店", "五店", "六店", "七店", "八店", "九店", "十店", "甲", "乙", "丙")
        for a in first
    ]
