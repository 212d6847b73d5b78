"""A platform with its fund, two managers at the department and one at the platform, a merchant with a shop, a consumer's claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.compensation.actions import claims, deposits, funds
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund
from chengxin.facts import actions as facts
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
DEPARTMENT = "COM"
RULE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "default_rule.yaml").read_text(encoding="utf-8"))
FLOOR = 100_000  # fen; a small fund for tests


@dataclass
class Town:
    """The cast; `fund` is the platform's, with 1,000 yuan in it and a rule of today."""

    platform: Platform
    shop: Shop
    fund: Fund
    staff: Actor
    officer: Actor
    reviewer: Actor
    head: Actor
    elsewhere: Actor
    merchant: Actor
    stranger: Actor
    users: dict[str, User] = field(default_factory=dict)


def town(password: str | None = None, fen: int = 100_000, with_fund: bool = True) -> Town:
    """The cast; with a password they can sign in, which costs a tenth of a second each."""
    load_departments()
    platform = samples.platform()
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    other = subjects.upsert_shop(platform, entries.parse(samples.row(2)), "system:test").shop
    scopes = {
        "staff": ("platform_staff", Scope(platform=platform.code)),
        "officer": ("officer", Scope(department=DEPARTMENT)),
        "reviewer": ("reviewer", Scope(department=DEPARTMENT)),
        "head": ("head", Scope(department=DEPARTMENT)),
        "elsewhere": ("head", Scope(department="POST")),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "stranger": ("merchant", Scope(subject=other.subject_id)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, password, display_name=name)
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    if not with_fund:
        return Town(platform=platform, shop=shop, fund=Fund(), users=users, **people)
    fund = funds.open_fund(people["head"], "pingtai", "示例平台先行赔付金", DEPARTMENT, platform)
    funds.publish_rule(people["head"], fund, rule(), clock.today(), "首次公布")
    made = Town(platform=platform, shop=shop, fund=fund, users=users, **people)
    if fen:
        contribute(made, fen)
    return made


def rule(**changes: Any) -> dict[str, Any]:
    return {**RULE, "floor_fen": FLOOR, **changes}


def contribute(who: Town, fen: int, ref: str = "IN-1") -> None:
    assert who.shop.subject is not None
    funds.contribute(who.staff, who.fund, who.shop.subject, fen, clock.today(), ref)


def asked(who: Town, place: int = 1, **changes: Any) -> dict[str, Any]:
    """A claim as a consumer makes it; each place is another person."""
    person = {"name": "王示例", "phone": f"1001234{place:04d}", "text": "付款二十日仍未发货，商家失联。"}
    order = {"platform": who.platform, "order_no": f"T{place}", "payment_no": "", "complaint_no": "", "ordered_on": clock.today()}
    return {**person, **order, "basis": "NOT_DELIVERED", "amount_fen": 10_000, **changes}


def filed(who: Town, place: int = 1, **changes: Any) -> AdvanceClaim:
    """A claim of the shop; the lake of most tests is empty, so the shop is put by hand."""
    made, _code = claims.file(asked(who, place, **changes))
    AdvanceClaim.objects.filter(pk=made.pk).update(shop=who.shop)
    return AdvanceClaim.objects.get(pk=made.pk)


def filed_and_asked(who: Town, place: int = 1, **changes: Any) -> AdvanceClaim:
    made = filed(who, place, **changes)
    return claims.ask_seller(who.officer, made.number)


def refused(who: Town, place: int = 1, **changes: Any) -> AdvanceClaim:
    """The seller was asked and does not pay."""
    made = filed_and_asked(who, place, **changes)
    return claims.seller_refuses(who.merchant, made.number, "已经发货，请等待")


def approved(who: Town, place: int = 1, **changes: Any) -> AdvanceClaim:
    made = refused(who, place, **changes)
    made = claims.approve(who.officer, made.number, made.amount_fen)
    return claims.approve_second(who.reviewer, made.number) if made.needs_two else made


def paid(who: Town, place: int = 1, **changes: Any) -> AdvanceClaim:
    made = approved(who, place, **changes)
    claims.pay(who.head, made.number, f"OUT-{place}")
    return AdvanceClaim.objects.get(pk=made.pk)


def deposited(who: Town, fen: int, deduct: bool = True) -> Deposit:
    """An agreement with money in it."""
    assert who.shop.subject is not None
    terms = {"management": "专户存放，单独核算", "use": "用于向消费者赔付", "refund": "退出后无未决纠纷即退还"}
    made = deposits.offer(who.staff, who.fund, who.shop.subject, {**terms, "amount_fen": fen, "refund_days": 30, "deduct": deduct})
    deposits.answer(who.merchant, made.number, True)
    return deposits.pay_in(who.staff, made.number, fen, clock.today(), f"DEP-{made.number}")


def report(who: Town, order_no: str, day: date, signed: bool = True) -> None:
    """What the platform reports of one order: paid, sent, perhaps signed for, a return asked for without reason and not refunded."""
    at = f"{day.isoformat()}T10:00:00+08:00"
    later = f"{(day + timedelta(days=2)).isoformat()}T10:00:00+08:00"
    order = {"order_no": order_no, "shop_id": "S00001", "buyer": "U1", "sku": "K1", "title": "木耳", "qty": 1, "paid": "100.00"}
    payment = {"payment_no": f"P{order_no}", "order_no": order_no, "payer": "U1", "institution": "付", "amount": "100.00", "paid_at": at}
    parcel = {"waybill_no": f"W{order_no}", "order_no": order_no, "shop_id": "S00001", "courier": "kd", "collected_at": at}
    parcel |= {"origin_division": "230402", "dest_division": "230405", **({"signed_at": later} if signed else {})}
    rows: dict[str, dict[str, Any]] = {"order": {**order, "ordered_at": at, "paid_at": at}, "payment": payment, "parcel": parcel}
    if signed:
        rows["refund"] = {
            "refund_no": f"R{order_no}",
            "order_no": order_no,
            "amount": "100.00",
            "requested_at": later,
            "reason": "no_reason",
        }
    for kind, row in rows.items():
        facts.accept_batch(who.platform.code, kind, sheets.ndjson([row]), "ndjson", "system:test")
