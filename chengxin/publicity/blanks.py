"""A public card with blanks in the places of its texts, days and ids, and what was in them.

A blank text is one character of the private use area, a blank day a day of the year 9000, a blank id one that nothing bears: each is found
again in an answer in whatever way it was written there. What is not blanked makes the shape; a new field of a card does so by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from chengxin.subjects.queries.card import PublicCard, PublicLicence, PublicShop

FIRST_CHARACTER, FIRST_DAY, FIRST_ID = 0xE000, date(9000, 1, 1), UUID("e0e0e0e0-0000-4000-8000-000000000000").int
TEXTS: dict[type, tuple[str, ...]] = {
    PublicCard: ("name", "uscc", "legal_rep", "address", "division"),
    PublicLicence: ("number", "issuer", "official_query_url"),
    PublicShop: ("platform", "platform_code", "name", "url", "path_words"),
}
DAYS: dict[type, tuple[str, ...]] = {
    PublicCard: ("verified_on",),
    PublicLicence: ("expires_on", "last_checked_on"),
    PublicShop: ("verified_on", "next_due_on"),
}
IDS: dict[type, tuple[str, ...]] = {PublicCard: ("id",), PublicLicence: (), PublicShop: ("id",)}
UNSEEN = {"entries": frozenset(), "token": 0, "licences": [], "shops": []}  # not said by an answer as they are; the last two by themselves

BLANKED = {kind: (*TEXTS[kind], *DAYS[kind], *IDS[kind]) for kind in TEXTS}
_blanked = {kind: attrgetter(*names) for kind, names in BLANKED.items()}
_rest = {kind: attrgetter(*(one.name for one in fields(kind) if one.name not in {*BLANKED[kind], *UNSEEN})) for kind in TEXTS}


def parts(card: PublicCard) -> list[Any]:
    """The card, its licences and its shops, in the order of the blanks."""
    return [card, *card.licences, *card.shops]


def values(card: PublicCard) -> list[Any]:
    """What goes into the blanks."""
    return [value for one in parts(card) for value in _blanked[type(one)](one)]


def shape(card: PublicCard) -> tuple[Any, ...]:
    """Whatever an answer may depend on besides the values: which of them are empty, and every field that is not blanked."""
    filled = tuple([bool(value) for value in values(card)])
    return (filled, len(card.shops), *[_hashable(value) for one in parts(card) for value in _rest[type(one)](one)])


def _hashable(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, dict) else value


def blank(card: PublicCard) -> PublicCard:
    """The card with a blank for each value that is not empty."""
    numbers = iter(range(len(values(card))))
    made = [_blank(one, numbers) for one in parts(card)]
    licences = 1 + len(card.licences)
    blank: PublicCard = replace(made[0], licences=made[1:licences], shops=made[licences:])
    return blank


def _blank(one: Any, numbers: Iterator[int]) -> Any:
    kind = type(one)
    unseen = {name: value for name, value in UNSEEN.items() if hasattr(one, name)}
    return replace(one, **unseen, **{name: _instead(kind, name, getattr(one, name), next(numbers)) for name in BLANKED[kind]})


def _instead(kind: type, name: str, value: Any, number: int) -> Any:
    if not value:
        return value
    if name in TEXTS[kind]:
        return chr(FIRST_CHARACTER + number)
    return FIRST_DAY + timedelta(number) if name in DAYS[kind] else str(UUID(int=FIRST_ID + number))
