"""A person as the one who is looked for: names, numbers, accounts; and every dress in which a text may lie on a disk."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from chengxin.facts import erasing as lake

LEAST = 2  # a shorter text stands everywhere by chance
FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DOMAINS = {"person": "person", "device": "device", "address": "address", "ip": "ip"}


@dataclass(frozen=True)
class Person:
    """Who asks. accounts: "<platform>:<the platform's number of the person>"; matters: numbers of complaints, reports, mailboxes."""

    name: str = ""
    phones: tuple[str, ...] = ()
    id_number: str = ""
    addresses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    said: str = ""

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> Person:
        given: dict[str, Any] = json.loads(text or "{}")
        plain: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return cls(**plain)

    @cached_property
    def sure(self) -> tuple[str, ...]:
        """What is this person's alone."""
        numbers = [account.partition(":")[2] for account in self.accounts]
        found = [*self.phones, self.id_number, *self.addresses, *self.emails, *numbers]
        return tuple(dict.fromkeys(one.strip() for one in found if len(one.strip()) >= LEAST))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All that is looked for, the name too, which others may bear; the longest first, so that masking one spoils no other."""
        found = dict.fromkeys([*self.sure, *([self.name.strip()] if len(self.name.strip()) >= LEAST else [])])
        return tuple(sorted(found, key=len, reverse=True))

    @cached_property
    def wanted(self) -> lake.Wanted:
        """What the lake is searched for."""
        tokens: dict[str, set[int]] = {domain: set() for domain in DOMAINS}
        for account in self.accounts:
            platform, _, number = account.partition(":")
            tokens["person"].add(lake.token("person", number, platform))
        for text in self.sure:
            tokens["person"].add(lake.token("person", f"id:{text}"))
            tokens["device"].add(lake.token("device", text))
            tokens["address"].add(lake.token("address", text))
        return lake.Wanted({domain: frozenset(some) for domain, some in tokens.items()}, self.texts)


@dataclass(frozen=True)
class Dress:
    """A text in one dress: as it is, full-width, percent-encoded, in JSON's escapes, in base64."""

    text: str
    bare: str
    sure: bool


def dresses(person: Person) -> list[Dress]:
    """Every dress of every text of the person."""
    return [Dress(worn, text, text in person.sure) for text in person.texts for worn in dict.fromkeys(_worn(text))]


def _worn(text: str) -> Iterator[str]:
    yield text
    yield text.translate(FULL)
    yield quote(text, safe="")
    yield json.dumps(text)[1:-1]
    yield from _base64(text)


def _base64(text: str) -> Iterator[str]:
    """The part of the base64 of anything that holds the text, at each of the three places it may begin."""
    data = text.encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        core = whole[-(-shift * 4 // 3) : len(whole) - (1 if (shift + len(data)) % 3 else 0)]
        if len(core) >= 2 * LEAST:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def masked(value: Any, worn: list[Dress], token: Mapping[int, int]) -> Any:
    """A value of a column, or anything inside its JSON, without the person; of the same length, so that it fits."""
    if isinstance(value, str):
        for one in worn:
            value = value.replace(one.text, "＊" * len(one.text))
        return value
    if isinstance(value, list):
        return [masked(one, worn, token) for one in value]
    if isinstance(value, dict):
        return {masked(name, worn, token): masked(one, worn, token) for name, one in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return token.get(value, value)
    return value


def split(text: str) -> tuple[str, ...]:
    """Several entries of one field of a form."""
    return tuple(dict.fromkeys(one for one in (part.strip() for part in re.split(r"[\n,，;；、]+", text)) if one))
