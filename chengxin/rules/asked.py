"""What a platform or a payment firm asks about: one event of a kind, in the columns and with the pseudonyms of the reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct

from chengxin.facts import kinds
from chengxin.facts.checking import CITY_WIDE
from chengxin.facts.columns import AHEAD_US, OLDEST_US
from chengxin.facts.oddities import EPOCH, MICROSECOND, MOST_FEN, Odd
from chengxin.facts.oddities import ip as plain_ip
from chengxin.kernel import clock, encryption
from chengxin.rules import licensed, rows
from chengxin.rules.errors import EventInvalid
from chengxin.rules.rows import Rows

MOST_EVENTS = 1000
Number = Annotated[str, Meta(min_length=1, max_length=64)]
Person = Annotated[str, Meta(min_length=1, max_length=128)]
Thing = Annotated[str, Meta(max_length=500)]
Yuan = Decimal  # a text like "108.00"; its bounds are checked in `_fen`, which msgspec cannot do for decimals
Moment = Annotated[datetime, Meta(tz=True)]


class Order(Struct, forbid_unknown_fields=True):
    """An order line about to be placed."""

    order_no: Number
    shop_id: Number
    buyer: Person
    paid: Yuan
    ordered_at: Moment
    line_no: Annotated[int, Meta(ge=1, le=9999)] = 1
    device: Thing | None = None
    ip: Thing | None = None
    address: Thing | None = None


class Payment(Struct, forbid_unknown_fields=True):
    """A payment about to be booked."""

    payment_no: Number
    order_no: Number
    payer: Person
    amount: Yuan
    paid_at: Moment
    payee: Person | None = None
    institution: Annotated[str, Meta(max_length=100)] | None = None


class Refund(Struct, forbid_unknown_fields=True):
    """A refund about to be paid out."""

    refund_no: Number
    order_no: Number
    amount: Yuan
    requested_at: Moment
    payee: Person | None = None


class Parcel(Struct, forbid_unknown_fields=True):
    """A parcel about to be taken in."""

    waybill_no: Number
    order_no: Number
    shop_id: Number
    collected_at: Moment
    weight_g: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    sender: Thing | None = None
    address: Thing | None = None


Event = Order | Payment | Refund | Parcel
FORMS: dict[str, type[Event]] = {"order": Order, "payment": Payment, "refund": Refund, "parcel": Parcel}


@cache
def _one(kind: str) -> Any:
    return msgspec.json.Decoder(msgspec.defstruct("Question", [("kind", str), ("event", FORMS[kind])], forbid_unknown_fields=True))


@cache
def _many(kind: str) -> Any:
    events = Annotated[list[FORMS[kind]], Meta(min_length=1, max_length=MOST_EVENTS)]  # type: ignore[valid-type]
    return msgspec.json.Decoder(msgspec.defstruct("Questions", [("kind", str), ("events", events)], forbid_unknown_fields=True))


class _Kind(Struct):
    kind: str


_kind = msgspec.json.Decoder(_Kind)


def one(body: bytes) -> tuple[str, list[Event]]:
    """(kind, [the event]) of a body {"kind", "event"}. Raises EventInvalid."""
    kind, question = _decoded(body, _one)
    return kind, [question.event]


def many(body: bytes) -> tuple[str, list[Event]]:
    """(kind, events) of a body {"kind", "events"}, at most MOST_EVENTS. Raises EventInvalid, which names the first bad one."""
    kind, question = _decoded(body, _many)
    return kind, question.events


def _decoded(body: bytes, decoder: Callable[[str], Any]) -> tuple[str, Any]:
    try:
        kind = _kind.decode(body).kind
        if kind not in FORMS:
            raise EventInvalid(why=f"kind: {', '.join(FORMS)}")
        return kind, decoder(kind).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EventInvalid(why=str(error)[:300]) from error


def as_rows(kind: str, platform: str, events: Sequence[Event]) -> Rows:
    """The events as rows, in the order given: every reference and person as the same token that a report of it gives."""
    given: dict[str, Any] = {"time": _times([getattr(one, kinds.kind(kind).time) for one in events])}
    orders = [_text(one.order_no) for one in events]
    given["fact"] = _tokens(kind, f"{platform}/", _keys(kind, events))
    given["order"] = _tokens("order", f"{platform}/", orders)
    for name, domain in _THINGS[kind].items():
        given[name] = _tokens(domain, "", _plain(domain, [getattr(one, name) for one in events]))
    for name in _PEOPLE[kind]:
        given[name] = _people(platform, [getattr(one, name) for one in events])
    if kind in ("order", "parcel"):
        given["shop"] = _tokens("shop", f"{platform}/", [_text(one.shop_id) for one in events])  # type: ignore[union-attr]
    if kind == "parcel":
        weights = [one.weight_g for one in events]  # type: ignore[union-attr]
        given["weight"] = np.array([-1 if each is None else each for each in weights], np.int64)
    else:
        money = [one.paid if isinstance(one, Order) else one.amount for one in events]  # type: ignore[union-attr]
        given["amount"] = np.array([_fen(each) for each in money], np.int64)
    if kind == "payment":
        given["licensed"] = _licensed([one.institution for one in events])  # type: ignore[union-attr]
    return rows.of_kind(kind, given)


_THINGS = {
    "order": {"device": "device", "ip": "ip", "address": "address"},
    "payment": {},
    "refund": {},
    "parcel": {"sender": "address", "address": "address"},
}
_PEOPLE = {"order": ("buyer",), "payment": ("payer", "payee"), "refund": ("payee",), "parcel": ()}


BLANK = " \t\r\n　"  # outer spaces that the intake takes away, too


def _text(value: str) -> str:
    return value.strip(BLANK)


def _keys(kind: str, events: Sequence[Event]) -> list[str]:
    """What names each event within its platform."""
    parts = [[_text(str(getattr(one, name))) for one in events] for name in kinds.kind(kind).key]
    return parts[0] if len(parts) == 1 else ["/".join(each) for each in zip(*parts, strict=True)]


def _plain(domain: str, values: Sequence[str | None]) -> list[str]:
    texts = [value.strip(BLANK) if value else "" for value in values]
    if domain != "ip":
        return texts
    column = kinds.kind("order").by_name["ip"]
    try:
        return [plain_ip(column, text) for text in texts]
    except Odd as odd:
        raise EventInvalid(why="ip") from odd


def _tokens(domain: str, prefix: str, texts: Sequence[str]) -> rows.Ints:
    """One token a text, 0 where there is none."""
    made = encryption.keyed_tokens(domain, [prefix + text for text in texts] if prefix else texts)
    return _none_where_blank(made, texts)


def _people(platform: str, values: Sequence[str | None]) -> rows.Ints:
    texts = [value.strip(BLANK) if value else "" for value in values]
    full = [text if text.startswith(CITY_WIDE) else f"{platform}/{text}" for text in texts]
    return _none_where_blank(encryption.keyed_tokens("person", full), texts)


def _none_where_blank(made: rows.Ints, texts: Sequence[str]) -> rows.Ints:
    if "" in texts:
        made[[not text for text in texts]] = 0
    return made


def _times(moments: Sequence[datetime]) -> rows.Ints:
    times = [(moment.astimezone(UTC) - EPOCH) // MICROSECOND for moment in moments]
    newest = (clock.now() - EPOCH) // MICROSECOND + AHEAD_US
    if min(times) < OLDEST_US or max(times) > newest:
        raise EventInvalid(why="time: before 2000 or in the future")
    return np.array(times, np.int64)


def _fen(yuan: Decimal) -> int:
    if not yuan.is_finite() or not 0 <= yuan <= MOST_FEN // 100 or (fen := yuan * 100) != (whole := int(fen)):
        raise EventInvalid(why="amount: not yuan with at most two decimals")
    return whole


def _licensed(institutions: Sequence[str | None]) -> rows.Ints:
    known = set(licensed.names())
    said = [-1 if not known or not _text(name or "") else int(_text(name or "") in known) for name in institutions]
    return np.array(said, np.int64)
