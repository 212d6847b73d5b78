"""A platform with its staff and a shop, two institutions with staff (one licensed), a department's people, a merchant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.payments.models import OrgLicence
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import PaymentOrg, Platform, Shop, Subject
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
NUMBER = "Z2000123000017"
DEPARTMENT = "PBC"


@dataclass
class Town:
    """The cast; `org` is licensed, `other` is not on any list."""

    platform: Platform
    shop: Shop
    org: PaymentOrg
    other: PaymentOrg
    staff: Actor
    officer: Actor
    head: Actor
    elsewhere: Actor
    payer: Actor
    stranger: Actor
    merchant: Actor
    users: dict[str, User] = field(default_factory=dict)


def town(password: str | None = None) -> Town:
    """The cast; with a password they can sign in, which costs a tenth of a second each."""
    load_departments()
    platform = samples.platform()
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    firms = [_firm(number) for number in (31, 32)]
    org = subjects.register_payment_org("shilifu", "示例付", "system:test", subject=firms[0])
    other = subjects.register_payment_org("daishou", "示例代收", "system:test", subject=firms[1])
    licence(org)
    scopes = {
        "staff": ("platform_staff", Scope(platform=platform.code)),
        "officer": ("officer", Scope(department=DEPARTMENT)),
        "head": ("head", Scope(department=DEPARTMENT)),
        "elsewhere": ("officer", Scope(department="POST")),
        "payer": ("payment_staff", Scope(subject=firms[0].pk)),
        "stranger": ("payment_staff", Scope(subject=firms[1].pk)),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, password, display_name=name)
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    return Town(platform=platform, shop=shop, org=org, other=other, users=users, **people)


def _firm(number: int) -> Subject:
    given = {"kind": "1", "name": f"示例支付{number}有限公司", "uscc": samples.uscc(number, "91"), "division": "230499"}
    return subjects.register_subject(entries.SubjectEntry(**given, address="示例市示例路1号", phone="10012340000"), "system:test")


def licence(org: PaymentOrg, **changes: Any) -> OrgLicence:
    """A licence that holds today."""
    today = clock.today()
    days = {"valid_from": today.replace(year=today.year - 3), "valid_to": today.replace(year=today.year + 2), "listed_on": today}
    by = {"source": "名单", "entered_by": "system:test", "entered_by_name": "test", "entered_at": clock.now()}
    return OrgLicence.objects.create(**{"org": org, "number": NUMBER, "business": "SA1", **days, **by, **changes})


def channel(**changes: Any) -> dict[str, Any]:
    """A channel as a platform reports it."""
    since = clock.today() - timedelta(days=60)
    given = {"channel_no": "C1", "institution": "shilifu", "contract_no": "HT-01", "mode": "CUSTODY"}
    return {**given, "since": since, "until": None, **changes}


def lost(**changes: Any) -> dict[str, Any]:
    """A claim as a citizen makes it."""
    who = {"name": "王示例", "phone": "10012345678", "facts": "半夜收到扣款短信，本人未操作。"}
    return {**who, "payment_no": "P2611280000000017", "amount_fen": 29900, "paid_on": clock.today(), **changes}


def risk(**changes: Any) -> dict[str, Any]:
    return {"type": "CASH_OUT", "summary": "同一账户一日内退款四十笔", "source_ref": "R-1", **changes}
