"""A department with a head, two handlers and an officer who is none, another department's officer; a reporter with Python for a browser."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.insiders import actions, queries, reference
from chengxin.insiders.models import Mailbox
from chengxin.insiders.reference import Pair

PASSWORD = "a long enough pass phrase"
CHANNEL = "SAMR"
SECRET = "仓库三号库位的奶粉改过生产日期，每周五夜里换标签"


@dataclass
class Cast:
    """Who has a part; `keys` are the handlers' private keys, which no server ever has."""

    head: Actor
    first: Actor
    deputy: Actor
    colleague: Actor
    elsewhere: Actor
    keys: dict[str, Pair] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)


def cast(password: str | None = None) -> Cast:
    """The people; nobody is named yet."""
    load_departments()
    users = {}
    for name, role, department in (
        ("head", "head", CHANNEL), ("first", "officer", CHANNEL), ("deputy", "reviewer", CHANNEL), ("colleague", "officer", CHANNEL),
        ("elsewhere", "officer", "POST"),
    ):  # fmt: skip
        users[name] = User.objects.create_user(f"insider-{name}", password, display_name=name)
        install_grant(users[name], role, Scope(department=department))
    return Cast(**{name: actors.of_user(user) for name, user in users.items()}, users=users)


def opened(who: Cast) -> Cast:
    """Both handlers are named and hold keys: the channel is open."""
    for name, deputy in (("first", False), ("deputy", True)):
        actions.name_handler(who.head, who.users[name], CHANNEL, deputy)
        who.keys[name] = key_for(getattr(who, name))
    return who


def key_for(actor: Actor) -> Pair:
    """A key made and registered; wrapped under something that costs no half second, for no test opens it."""
    pair = reference.new_pair()
    wrapped = {"rounds": reference.ROUNDS, "salt": "AAAA", "iv": "AAAA", "box": "AAAA"}
    actions.register_key(actor, CHANNEL, pair.id, pair.public, wrapped)
    return pair


@dataclass
class Reporter:
    """A reporter's browser."""

    code: str = field(default_factory=reference.new_code)
    pair: Pair = field(default_factory=reference.new_pair)

    @property
    def known(self) -> reference.OfCode:
        return reference.of_code(self.code)

    def form(self, text: str = SECRET) -> dict[str, str]:
        """The first message as the form that the browser posts."""
        receivers = [one["public"] for one in queries.receivers(CHANNEL)]
        sealed = reference.seal({"text": text, "files": []}, self.pair, receivers, CHANNEL, self.known.tag)
        return {
            "channel": CHANNEL, "lookup": self.known.lookup, "tag": self.known.tag, "key": self.pair.id, "public": self.pair.public,
            "wrapped": json.dumps(reference.wrapped_by_code(self.pair, self.known)), "sealed": json.dumps(sealed),
        }  # fmt: skip

    def writes(self, text: str = SECRET) -> Mailbox:
        given: dict[str, Any] = self.form(text)
        channel = given.pop("channel")
        return actions.take_first(
            channel, given["lookup"], given["tag"], given["key"], given["public"], json.loads(given["wrapped"]), given["sealed"]
        )

    def goes_on(self, text: str) -> str:
        """A further message, sealed."""
        receivers = [one["public"] for one in queries.receivers(CHANNEL)]
        return json.dumps(reference.seal({"text": text}, self.pair, receivers, CHANNEL, self.known.tag))


def answer_of(who: Cast, name: str, mailbox: Mailbox, text: str) -> str:
    """A handler's answer, sealed for the reporter and all handlers."""
    receivers = [mailbox.public, *(one.public for one in queries.live_keys(CHANNEL))]
    return json.dumps(reference.seal({"text": text}, who.keys[name], receivers, CHANNEL, mailbox.tag))
