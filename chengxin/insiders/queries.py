"""What may be asked of the insiders' channel: which channels are open, a mailbox for who has its code, an inbox for its handlers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.insiders.models import HANDLER, LOST, OPEN, REPORTER, Handler, HandlerKey, Mailbox, Message, WrittenReport
from chengxin.kernel import clock, encryption, language
from chengxin.kernel.errors import NotFound
from chengxin.law import law

STATIC = Path(__file__).parent / "static" / "insiders"


def least_handlers() -> int:
    """How many handlers with a live key, the deputy included, an open channel has."""
    return int(law.at(clock.today()).value("insider_least_handlers"))


def live_keys(department: str = "") -> QuerySet[HandlerKey]:
    """Keys for which something may be sealed today."""
    keys = HandlerKey.objects.filter(ended_at__isnull=True, handler__ended_at__isnull=True).select_related("handler__user")
    return keys.filter(handler__department=department) if department else keys


def receivers(department: str) -> list[dict[str, Any]]:
    """Public keys of the department's handlers; empty while the channel is not open: two persons at least, one of them the deputy."""
    keys = list(live_keys(department).order_by("handler__deputy", "made_at"))
    deputies = sum(one.handler.deputy for one in keys)
    if len(keys) < least_handlers() or not 0 < deputies < len(keys):
        return []
    return [{"id": one.key, "public": one.public, "deputy": one.handler.deputy} for one in keys]


def channels() -> dict[str, dict[str, Any]]:
    """Open channels by department: name and keys."""
    today = law.at(clock.today())
    codes = sorted(set(live_keys().values_list("handler__department", flat=True)))
    found = {code: {"name": language.pick(today.department(code)), "keys": receivers(code)} for code in codes}
    return {code: one for code, one in found.items() if one["keys"]}


@cache
def scripts() -> tuple[tuple[str, str], ...]:
    """(name, SHA-256 in hex) of each script of the channel, as this release serves it."""
    return tuple((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(STATIC.glob("*.js")))


def lookup_hash(lookup: str) -> str:
    """What is kept of the reporter's lookup: nobody who has the table can ask for a mailbox."""
    return encryption.blind_index(lookup, "insiders.mailbox.lookup")


def by_lookup(lookup: str) -> Mailbox:
    """The mailbox of a code. Raises NotFound, the same for a wrong code and one whose mailbox was deleted."""
    found = Mailbox.objects.filter(lookup=lookup_hash(lookup)).first()
    if found is None:
        raise NotFound
    return found


def for_reporter(mailbox: Mailbox) -> dict[str, Any]:
    """All that the reporter's browser needs; ciphertext, public keys and times."""
    keys = HandlerKey.objects.filter(handler__department=mailbox.department)
    open_now = receivers(mailbox.department)
    return {
        "number": mailbox.number,
        "channel": mailbox.department,
        "key": mailbox.key,
        "public": mailbox.public,
        "wrapped": mailbox.wrapped,
        "state": mailbox.state,
        "open": mailbox.state == OPEN and bool(open_now),
        "receivers": [{"id": one["id"], "public": one["public"]} for one in open_now],
        "handlers": {one.key: one.public for one in keys},
        "lost": bool(lost_messages(mailbox)),
        "messages": [{"by": one.side, "at": _time(one), "sealed": json.loads(one.sealed)} for one in mailbox.messages.all()],
    }


def for_handler(mailbox: Mailbox, actor: Actor) -> dict[str, Any]:
    """All that a handler's browser needs: the own wrapped keys, public keys, ciphertext."""
    keys = HandlerKey.objects.filter(handler__department=mailbox.department).select_related("handler")
    own = [one for one in keys if actor.user is not None and one.handler.user_id == actor.user.pk and one.why != LOST]
    current = next((one.key for one in own if one.ended_at is None), "")
    return {
        "channel": mailbox.department,
        "tag": mailbox.tag,
        "own": [{"id": one.key, "wrapped": one.wrapped} for one in own],
        "current": current,
        "senders": {**{one.key: one.public for one in keys}, mailbox.key: mailbox.public},
        "receivers": [
            *({"id": one.key, "public": one.public} for one in live_keys(mailbox.department)),
            {"id": mailbox.key, "public": mailbox.public},
        ],
        "messages": [
            {
                "who": one.by_name or str(language.pick({"zh": "举报人", "en": "Reporter"})),
                "at": _time(one),
                "sealed": json.loads(one.sealed),
            }
            for one in mailbox.messages.all()
        ],
    }


def _time(message: Message) -> str:
    return message.at.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M")


def lost_messages(mailbox: Mailbox) -> list[str]:
    """Messages of the reporter that no handler can read any more: every key they were sealed for is lost."""
    lost = set(HandlerKey.objects.filter(handler__department=mailbox.department, why=LOST).values_list("key", flat=True))
    return [one.message for one in mailbox.messages.filter(side=REPORTER) if _sealed_for(one) - {mailbox.key} <= lost]


def unread_by_loss(department: str) -> int:
    """How many mailboxes of a channel hold such messages."""
    if not HandlerKey.objects.filter(handler__department=department, why=LOST).exists():
        return 0
    return sum(bool(lost_messages(one)) for one in Mailbox.objects.filter(department=department))


def _sealed_for(message: Message) -> set[str]:
    return set(json.loads(message.sealed)["to"])


def inbox(actor: Actor) -> QuerySet[Mailbox]:
    """The actor's mailboxes with their number of messages, and whether a handler has answered the last one."""
    last = Message.objects.filter(mailbox=OuterRef("pk"), side=HANDLER)
    return access.all(actor, Mailbox).annotate(n=Count("messages"), answered=Exists(last))


def handlers(department_codes: Iterable[str]) -> list[dict[str, Any]]:
    """Named handlers of these departments with the key each holds."""
    named = Handler.objects.filter(department__in=department_codes, ended_at__isnull=True).select_related("user")
    live = {one.handler_id: one for one in live_keys()}
    return [{"one": one, "key": live.get(one.pk)} for one in named]


def text_of(number: str) -> str:
    """What a handler wrote down, for the desk that takes it up. Raises NotFound."""
    found = WrittenReport.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return str(found.text)
