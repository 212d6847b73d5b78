"""A fund with half a year behind it, for the demo city: claims in many states, a deposit, a bank statement with two differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from chengxin.accounts.access import Actor
from chengxin.compensation.actions import bank, claims, deposits, funds, recoveries
from chengxin.compensation.models import AdvanceClaim, Fund, Posting
from chengxin.kernel import clock, money
from chengxin.subjects.models import Platform, Shop, Subject

RULE = yaml.safe_load(Path(__file__).with_name("default_rule.yaml").read_text(encoding="utf-8"))
DEPARTMENT = "COM"
AGO = {"opened": 26, "deposit": 22, "interest": 15, "rule": 14}  # weeks
STORIES = [  # what becomes of each claim, weeks ago, basis, yuan, what the consumer writes
    ("filed", 0, "NOT_DELIVERED", 186, "付款二十日，店铺称已发货，物流一直无记录。"),
    ("asked", 0, "RETURN7", 258, "签收第二日申请无理由退货，商家拒收退件。"),
    ("refused", 1, "FAKE", 1288, "收到的手机壳与正品不符，鉴定为仿冒。"),
    ("first", 1, "PRICE_FRAUD", 3200, "先涨价再打折，页面原价从未成交。"),
    ("approved", 2, "NOT_DELIVERED", 420, "商家失联，订单被平台关闭，未退款。"),
    ("paid", 8, "NOT_DELIVERED", 960, "预售到期未发货，客服不再回复。"),
    ("part", 12, "PROMISE", 650, "直播间承诺假一赔三，事后不认。"),
    ("recovered", 16, "RETURN7", 139, "退货已签收十五日仍未退款。"),
    ("written_off", 20, "FAKE", 899, "所购茶叶无厂名厂址，商家已注销。"),
    ("rejected", 3, "RETURN7", 75, "拆封使用后申请退货。"),
    ("seller_paid", 4, "NOT_DELIVERED", 88, "商家一直未发货。"),
]


@dataclass(frozen=True)
class Cast:
    """Who acts: two managers at the department, its head, the platform's staff, the merchant whose shop is asked."""

    officer: Actor
    reviewer: Actor
    head: Actor
    staff: Actor
    merchant: Actor | None


def fill(cast: Cast, platform: Platform, shop: Shop | None) -> None:
    """Make the pages worth looking at. Repeating it changes nothing."""
    if Fund.objects.exists():
        return
    now = clock.now()
    with clock.set_to(now - timedelta(weeks=AGO["opened"])):
        fund = funds.open_fund(cast.head, "jiayi", f"{platform.name}先行赔付金", DEPARTMENT, platform)
        funds.publish_rule(cast.head, fund, RULE, clock.today(), "基金设立时公布")
        _contribute(cast, fund, platform.subject or (shop.subject if shop else None))
        city = funds.open_fund(cast.head, "city", "全市消费者权益保护基金", DEPARTMENT)
        funds.publish_rule(cast.head, city, {**RULE, "floor_fen": 10_000_000}, clock.today(), "基金设立时公布")
    with clock.set_to(now - timedelta(weeks=AGO["rule"])):
        content = {**RULE, "cap_claim_fen": 300_000, "two_persons_over_fen": 100_000}
        funds.publish_rule(cast.head, fund, content, clock.today(), "降低单件上限和双人批准限额")
    if shop is None or cast.merchant is None or shop.subject is None:
        return
    _deposit(cast, fund, shop.subject, now)
    for place, (story, weeks, basis, yuan, text) in enumerate(STORIES, 1):
        with clock.set_to(now - timedelta(weeks=weeks)):
            _claim(cast, shop, story, place, {"basis": basis, "amount_fen": yuan * 100, "text": text})
    with clock.set_to(now - timedelta(weeks=AGO["interest"])):
        funds.book_interest(cast.staff, fund, 3_127, clock.today(), "LX-1")
    _statement(cast, fund)


def _contribute(cast: Cast, fund: Fund, subject: Subject | None) -> None:
    if subject is not None:
        funds.contribute(cast.staff, fund, subject, 5_100_000, clock.today(), "CZ-2026-001")


def _deposit(cast: Cast, fund: Fund, subject: Subject, now: Any) -> None:
    assert cast.merchant is not None
    terms = {
        "management": "存入保证金专户，与平台自有资金分户管理。",
        "use": "商家应赔付而未赔付消费者的，用于偿还先行赔付款。",
        "refund": "商家退出且无未了结纠纷的，全额退还。",
        "amount_fen": 200_000,
        "refund_days": 30,
        "deduct": True,
    }
    with clock.set_to(now - timedelta(weeks=AGO["deposit"])):
        made = deposits.offer(cast.staff, fund, subject, terms)
        deposits.answer(cast.merchant, made.number, True)
        deposits.pay_in(cast.staff, made.number, 80_000, clock.today(), "BZJ-001")


def _claim(cast: Cast, shop: Shop, story: str, place: int, given: dict[str, Any]) -> None:
    """One claim as far as its story goes."""
    person = {"name": f"王示例{place}", "phone": f"100123400{place:02d}", "payment_no": "", "complaint_no": ""}
    order = {"platform": shop.platform, "order_no": f"PF{place:06d}", "ordered_on": clock.today() - timedelta(days=1)}
    made, _code = claims.file({**person, **order, **given})
    AdvanceClaim.objects.filter(pk=made.pk).update(shop=shop)
    if story != "filed":
        _decide(cast, made.number, story, made.amount_fen)


def _decide(cast: Cast, number: str, story: str, fen: int) -> None:
    assert cast.merchant is not None
    if story == "rejected":
        claims.reject(cast.officer, number, "商品已拆封使用，不属于七日无理由退货范围")
        return
    claims.ask_seller(cast.officer, number)
    if story == "asked":
        return
    if story == "seller_paid":
        claims.seller_pays(cast.merchant, number, "TK-2026-0088")
        return
    claims.seller_refuses(cast.merchant, number, "认为不属于本店责任")
    if story == "refused":
        return
    found = claims.approve(cast.officer, number, min(fen, 300_000))
    if found.needs_two and story != "first":
        claims.approve_second(cast.reviewer, number)
    if story in ("first", "approved"):
        return
    claims.pay(cast.staff, number, f"FK-{number[-6:]}")
    _recover(cast, number, story)


def _recover(cast: Cast, number: str, story: str) -> None:
    left = recoveries.owed(AdvanceClaim.objects.get(number=number))
    if story == "part" and left:
        recoveries.recover(cast.staff, number, left // 2, clock.today(), f"ZH-{number[-6:]}")
    if story == "recovered" and left:
        recoveries.recover(cast.staff, number, left, clock.today(), f"ZH-{number[-6:]}")
    if story == "written_off" and left:
        recoveries.propose_write_off(cast.officer, number, "商家已注销，无财产可供追偿")
        recoveries.write_off(cast.head, number, True)


def _statement(cast: Cast, fund: Fund) -> None:
    """The bank's file of the fund's account until yesterday: it knows a charge that nobody booked."""
    until = clock.today() - timedelta(days=1)
    moved = Posting.objects.filter(entry__fund=fund, entry__on__lte=until).select_related("entry", "debit", "credit").order_by("entry__on")
    lines = [_line(one) for one in moved if "BANK" in (one.debit.kind, one.credit.kind)]
    lines.append((until, -1_500, "SXF-09", "账户管理费"))
    rows, now = ["交易日期,收入金额,支出金额,流水号,摘要,余额"], 0
    for day, fen, ref, words in lines:
        now += fen
        sides = f"{money.yuan(fen)}," if fen > 0 else f",{money.yuan(-fen)}"
        rows.append(f"{day},{sides},{ref},{words},{money.yuan(now)}")
    bank.import_statement(cast.staff, fund, "BANK", "\n".join(rows).encode())


def _line(one: Posting) -> tuple[date, int, str, str]:
    return one.entry.on, one.amount_fen if one.debit.kind == "BANK" else -one.amount_fen, one.entry.bank_ref, "往来款"
