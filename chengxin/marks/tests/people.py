"""A verified shop with its merchant, a department's people, and marks on an invented host: nothing here goes to the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.marks import actions, domains
from chengxin.marks.actions.asking import do_prove
from chengxin.marks.models import Mark, MarkRequest
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
HOST = "beishan.example"
NAMES = {"officer": "王立", "head": "赵明", "elsewhere": "孙邮", "merchant": "北山粮油", "stranger": "南山百货"}


@dataclass
class Town:
    """The cast; `elsewhere` is of a department that issues no marks, `stranger` owns another shop."""

    platform: Platform
    shop: Shop
    officer: Actor
    head: Actor
    elsewhere: Actor
    merchant: Actor
    stranger: Actor
    users: dict[str, User] = field(default_factory=dict)


def town() -> Town:
    load_departments()
    platform = samples.platform()
    today = clock.today().isoformat()
    shop, other = (
        subjects.upsert_shop(platform, entries.parse(samples.row(one, url=url, **samples.verified(verified_on=today))), "system:test").shop
        for one, url in ((1, f"https://{HOST}/"), (2, "https://nanshan.example/"))
    )
    scopes = {
        "officer": ("officer", Scope(department="SAMR")),
        "head": ("head", Scope(department="SAMR")),
        "elsewhere": ("officer", Scope(department="POST")),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "stranger": ("merchant", Scope(subject=other.subject_id)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    return Town(platform, shop, **{name: actors.of_user(user) for name, user in users.items()}, users=users)


def shows(monkeypatch: Any, *tokens: str) -> None:
    """The host's name server shows these tokens from now on."""
    monkeypatch.setattr(domains, "texts", lambda name: [domains.text_of(one) for one in tokens])


def proven(cast: Town, monkeypatch: Any, holder: dict[str, str] | None = None, address: str = f"https://{HOST}/") -> MarkRequest:
    asked = actions.ask(cast.merchant, cast.shop.pk, address, holder)
    shows(monkeypatch, asked.token)
    actions.prove(cast.merchant, asked.number, "dns")
    return MarkRequest.objects.get(pk=asked.pk)


def issued(cast: Town, monkeypatch: Any, holder: dict[str, str] | None = None) -> Mark:
    return actions.issue(cast.officer, proven(cast, monkeypatch, holder).number)


def stands(merchant: Actor, officer: Actor, shop: Shop, host: str) -> Mark:
    """A mark whose proof was seen without asking anybody's name server: for worlds that are built outside a test."""
    asked = actions.ask(merchant, shop.pk, host)
    do_prove(asked, merchant, "dns", "")
    return actions.issue(officer, asked.number)
