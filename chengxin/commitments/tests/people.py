"""A shop's owner with an authenticator, three people of a department and one of another; a published template; facts of a month's trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.commitments import actions
from chengxin.commitments.actions import Signature
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.facts import intake
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
NAMES = {"officer": "王立", "reviewer": "李青", "head": "赵明", "elsewhere": "孙邮", "merchant": "北山粮油", "staff": "周运营"}


@dataclass
class Town:
    """The cast. `shop` is the merchant's; `staff` works for the platform, whose operator is the subject of `operator`."""

    platform: Platform
    shop: Shop
    officer: Actor
    reviewer: Actor
    head: Actor
    elsewhere: Actor
    merchant: Actor
    staff: Actor
    users: dict[str, User] = field(default_factory=dict)


def town() -> Town:
    load_departments()
    operator = subjects.register_subject(
        entries.SubjectEntry(kind="1", name="示例平台有限公司", uscc=samples.uscc(500, "91"), division="230499"), "system:test"
    )
    platform = subjects.register_platform("pingtai", "示例平台", "system:test", subject=operator, url="https://pingtai.example/")
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    scopes = {
        "officer": ("officer", Scope(department="SAMR")),
        "reviewer": ("reviewer", Scope(department="SAMR")),
        "head": ("head", Scope(department="SAMR")),
        "elsewhere": ("officer", Scope(department="POST")),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "staff": ("platform_staff", Scope(platform=platform.code)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    return Town(platform=platform, shop=shop, users=users, **people)


def desk(department: str) -> tuple[Actor, Actor]:
    """An officer and a reviewer of another department."""
    made = []
    for role in ("officer", "reviewer"):
        user = User.objects.create_user(f"{role}.{department}", PASSWORD, display_name=f"{department} {role}")
        install_grant(user, role, Scope(department=department))
        made.append(actors.of_user(user))
    return made[0], made[1]


def template(officer: Actor, reviewer: Actor, letter: str = "honest_trade", department: str = "SAMR") -> Template:
    """A letter that two people published."""
    made = actions.propose_template(officer, letter, department)
    return actions.publish_template(reviewer, made.number)


def enrol(user: User) -> str:
    """An authenticator for somebody; returns its secret."""
    Authenticator.objects.filter(user=user).delete()
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    """The code that the authenticator shows now."""
    code: str = format_hotp_value(hotp_value(secret, sorted(yield_hotp_counters_from_time())[0]))
    return code


CHOSEN: dict[str, int | None] = {"ship_in_time": 48, "refund_in_time": 7, "no_counterfeit": None}


def signed(cast: Town, made: Template, chosen: Mapping[str, int | None] = CHOSEN) -> Commitment:
    """The merchant signs by a scan."""
    scan = Signature(scan=PDF, scan_type="application/pdf", scan_name="承诺书.pdf")
    return actions.sign(cast.merchant, made.number, cast.shop.subject_id, chosen, True, scan)


def signed_on_paper(cast: Town, made: Template, day: date) -> Commitment:
    """A second business of the merchant's platform that signed on paper on an earlier day: the shop is its own from then on."""
    given = entries.SubjectEntry(kind="1", name="云岭山货有限公司", uscc=samples.uscc(600, "91"), division="230499")
    subject = subjects.register_subject(given, "system:test")
    Shop.objects.filter(pk=cast.shop.pk).update(subject=subject)
    install_grant(cast.users["merchant"], "merchant", Scope(subject=subject.pk))
    scan = Signature(scan=PDF, scan_type="application/pdf", scan_name="承诺书.pdf", on=day)
    return actions.sign(actors.of_user(cast.users["merchant"]), made.number, subject.pk, CHOSEN, True, scan)


def at(day: date, hour: int = 10) -> str:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.CITY).isoformat()


def trade(cast: Town, first: date, late: int, good: int) -> None:
    """Orders of one a day, paid at once: `late` of them collected after five days, `good` the next day."""
    orders, parcels = [], []
    for number in range(late + good):
        day = first + timedelta(days=number)
        paid = {"ordered_at": at(day), "paid_at": at(day, 11)}
        orders.append(sheets.order(number, order_no=f"C{number:05d}", shop_id=cast.shop.shop_id, sku="K1", channel="app", **paid))
        collected = day + timedelta(days=5 if number < late else 1)
        parcels.append(parcel(cast, number, collected))
    deliver(cast, "order", orders)
    deliver(cast, "parcel", parcels)


def parcel(cast: Town, number: int, collected: date) -> dict[str, Any]:
    return {
        "waybill_no": f"Y{number:06d}",
        "order_no": f"C{number:05d}",
        "shop_id": cast.shop.shop_id,
        "courier": "demo-express",
        "origin_division": "230402",
        "dest_division": "230405",
        "collected_at": at(collected),
        "signed_at": at(collected + timedelta(days=1), 15),
    }


def deliver(cast: Town, kind: str, rows: list[dict[str, Any]]) -> None:
    receipt = intake.accept_batch(cast.platform, kind, sheets.ndjson(rows), "ndjson", "system:test")
    assert receipt.accepted == len(rows), (kind, receipt.quarantined)


def noticed(cast: Town, breach: Breach) -> Breach:
    return actions.notify(cast.officer, breach.number, breach.facts, "王立", "0468-0000000")


def concluded(cast: Town, breach: Breach, conclusion: str = "confirm") -> Breach:
    """Told, heard, and the officer's finding proposed."""
    noticed(cast, breach)
    actions.state(cast.merchant, breach.number, "快递停运三天，已在页面公告")
    return actions.conclude(cast.officer, breach.number, conclusion, "公告早于下单的仅两单，其余逾期与停运无关")
