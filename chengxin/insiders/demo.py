"""The insiders' channel of the demo: two handlers with keys, one mailbox that waits and one that is answered. A demo's passphrase and code
are published, as its passwords are: here, and nowhere else, the house knows both."""

from __future__ import annotations

import json

from chengxin.accounts.access import Actor
from chengxin.insiders import actions, queries, reference
from chengxin.insiders.models import Handler, Mailbox
from chengxin.insiders.reference import Pair

PASSPHRASE = "chengxin-demo-insider"  # noqa: S105 - published, and useless outside a demo
CODE = "DEM00-DEM00-DEM00-DEM00"
CHANNEL = "SAMR"
SAID = (
    "我在示例市东郊仓库做夜班。每周五夜里有人把三号库位的奶粉换上新日期标签，第二天就发走。可以说明换标签机器放在哪里。",
    "直播间的“已售十万件”是后台改的，我负责改。带货脚本里写了哪些场次。",
)
ASKED = "已收到。请说明换标签的大致时间段，不要写您的姓名和岗位。"


def fill(head: Actor, first: Actor, deputy: Actor) -> None:
    """A second call adds nothing."""
    if Handler.objects.exists() or head.user is None or first.user is None or deputy.user is None:
        return
    keys = [_handler(head, one, second) for one, second in ((first, False), (deputy, True))]
    known = _written(CODE, SAID[0])
    _written(reference.new_code(), SAID[1])
    receivers = [known.public, *(one.public for one in keys)]
    sealed = reference.seal({"text": ASKED, "files": []}, keys[0], receivers, CHANNEL, known.tag)
    actions.answer(first, known.number, json.dumps(sealed))
    actions.publish_scripts()


def _handler(head: Actor, one: Actor, deputy: bool) -> Pair:
    assert one.user is not None
    actions.name_handler(head, one.user, CHANNEL, deputy)
    pair = reference.new_pair()
    actions.register_key(one, CHANNEL, pair.id, pair.public, reference.wrapped_by_passphrase(pair, PASSPHRASE))
    return pair


def _written(code: str, text: str) -> Mailbox:
    pair, known = reference.new_pair(), reference.of_code(code)
    receivers = [one["public"] for one in queries.receivers(CHANNEL)]
    sealed = reference.seal({"text": text, "files": []}, pair, receivers, CHANNEL, known.tag)
    wrapped = reference.wrapped_by_code(pair, known)
    return actions.take_first(CHANNEL, known.lookup, known.tag, pair.id, pair.public, wrapped, json.dumps(sealed))
