"""A platform with two people and two shops, a department's three people, a merchant; and measures as the platform reports them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.platforms import actions
from chengxin.platforms.models import Measure
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
NAMES = {
    "staff": "周运营",
    "colleague": "吴客服",
    "officer": "王立",
    "reviewer": "李青",
    "head": "赵明",
    "merchant": "北山粮油",
    "elsewhere": "孙邮",
}


@dataclass
class Town:
    """The cast. `shop` is the merchant's, `person_shop` a natural person's."""

    platform: Platform
    shop: Shop
    person_shop: Shop
    staff: Actor
    colleague: Actor
    officer: Actor
    reviewer: Actor
    head: Actor
    merchant: Actor
    elsewhere: Actor
    users: dict[str, User] = field(default_factory=dict)


def town() -> Town:
    load_departments()
    platform = samples.platform()
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    person = subjects.upsert_shop(platform, entries.parse(samples.exempt_row(2)), "system:test").shop
    scopes = {
        "staff": ("platform_staff", Scope(platform=platform.code)),
        "colleague": ("platform_staff", Scope(platform=platform.code)),
        "officer": ("officer", Scope(department="SAMR")),
        "reviewer": ("reviewer", Scope(department="SAMR")),
        "head": ("head", Scope(department="SAMR")),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "elsewhere": ("officer", Scope(department="POST")),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    return Town(platform=platform, shop=shop, person_shop=person, users=users, **people)


def row(cast: Town, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A measure as the platform reports it: goods taken down for brushing, told, for thirty days from today."""
    now: datetime = clock.now()
    given = {
        "measure_no": f"M{number:04d}",
        "shop_id": cast.shop.shop_id,
        "action": "W4",
        "behaviour": "B01",
        "facts": "十一月一日至十日虚构交易二百单",
        "reason": "虚构交易提升销量，误导消费者",
        "basis": "平台交易规则第十二条；电子商务法第十七条",
        "automated": False,
        "appeal_way": "商家后台“违规申诉”",
        "decided_at": now,
        "since": clock.today(),
        "until": clock.today() + timedelta(days=30),
        "noticed_at": now,
    }
    return {**given, **changes}


def taken(cast: Town, number: int = 1, **changes: Any) -> Measure:
    """A measure reported by the staff."""
    (answer,) = actions.report_measures(cast.staff, cast.platform, [row(cast, number, **changes)])
    if answer.error:
        raise answer.error
    assert answer.measure is not None
    return answer.measure
