"""A platform with its staff and a shop, the shop's merchant, two departments' people; a form as a citizen fills it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
NAME, PHONE, ID_NUMBER = "欧阳示例", "10012345678", "230499189001010017"
DESK = "0468-1000000"


@dataclass
class Town:
    """The cast; `elsewhere` is an officer of another department, `stranger` another business."""

    platform: Platform
    shop: Shop
    officer: Actor
    colleague: Actor
    head: Actor
    elsewhere: Actor
    staff: Actor
    merchant: Actor
    stranger: Actor
    users: dict[str, User] = field(default_factory=dict)


def town(password: str | None = None) -> Town:
    """The cast; with a password they can sign in, which costs a tenth of a second each."""
    load_departments()
    platform = samples.platform()
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    other = subjects.upsert_shop(platform, entries.parse(samples.row(2)), "system:test").shop
    scopes = {
        "officer": ("officer", Scope(department="SAMR")),
        "colleague": ("officer", Scope(department="SAMR")),
        "head": ("head", Scope(department="SAMR")),
        "elsewhere": ("officer", Scope(department="POST")),
        "staff": ("platform_staff", Scope(platform=platform.code)),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "stranger": ("merchant", Scope(subject=other.subject_id)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, password, display_name=name)
        install_grant(users[name], role, scope)
    return Town(platform, shop, users=users, **{name: actors.of_user(user) for name, user in users.items()})


def form(cast: Town, **changes: Any) -> dict[str, Any]:
    """A form as a citizen fills it in."""
    who = {"name": NAME, "phone": PHONE}
    what = {"text": "收到的电饭煲内胆开裂，商家拒绝退货。", "request": "退还货款", "product": "电饭煲", "order_ref": "T2026112400017"}
    return {"wants": "money", "shop": cast.shop, "category": "APPLIANCE", "amount_fen": 29900, **who, **what, **changes}
