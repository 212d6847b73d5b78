"""Canaries: a unique text for each personal field, and the search that finds it in any dress: plain, base64, hex, percent-encoded,
full-width, escaped, in archives, sheets and Parquet files."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote_plus

import pyarrow as pa
import pyarrow.parquet as pq
from django.apps import apps

from chengxin.facts.kinds import kinds
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.tests import samples

LEAST = 9  # characters of a needle: shorter ones are found by chance in digests and tokens


def encrypted_fields() -> list[str]:
    """Every encrypted column of the house, as "subjects.Subject.phone"."""
    models = apps.get_models()
    return [f"{one._meta.label}.{column.name}" for one in models for column in one._meta.fields if isinstance(column, EncryptedTextField)]


def fact_columns() -> list[str]:
    """Every personal column of every kind of fact, as "order.buyer"."""
    return [f"{kind.kind}.{column.name}" for kind in kinds().values() for column in kind.columns if column.domain]


def free_columns() -> list[str]:
    """The columns in which platforms write what they like: a name or a telephone number may be in them."""
    return [f"{kind.kind}.{column.name}" for kind in kinds().values() for column in kind.columns if column.free]


@dataclass(frozen=True)
class Canary:
    """`value` is what is entered in the field, `needle` the part of it that nothing else in the world contains."""

    place: str
    value: str
    needle: str

    @cached_property
    def dresses(self) -> tuple[str, ...]:
        """The needle as it looks in lower-cased text: as it is, and in hex."""
        return (self.needle.lower(), self.needle.encode().hex())

    @cached_property
    def wrapped(self) -> tuple[str, ...]:
        """The inner characters of its base64 at the three places it can begin; these depend on nothing around it."""
        raw = self.needle.encode()
        return tuple(base64.b64encode(b"\0" * shift + raw).decode()[(0, 2, 3)[shift] :].rstrip("=")[:-1] for shift in range(3))


def word(place: str) -> str:
    """Ten letters and digits of this place alone."""
    return "zq" + base64.b32encode(hashlib.sha256(place.encode()).digest()).decode().lower()[:8]


def number(place: str, digits: int) -> str:
    """Digits of this place alone."""
    return str(int.from_bytes(hashlib.sha256(place.encode()).digest()) % 10**digits).zfill(digits)


def canary(place: str, shape: str) -> Canary:
    """A canary of a shape that the field's door lets in: name, address, phone, resident, email, ip, text."""
    mark = word(place)
    if shape == "phone":
        value = "100" + number(place, 8)  # not a number anybody has
        return Canary(place, value, value)
    if shape == "resident":
        value = samples.id_number(int(number(place, 3)))
        return Canary(place, value, value)
    if shape == "ip":
        value = f"2001:db8:{number(place, 4)}:{number(place + '2', 4)}::7".replace(":0", ":1")
        return Canary(place, value, value.removesuffix("::7"))
    made = {"name": f"王{mark}", "address": f"测试市甲区乙路{mark}号", "email": f"{mark}@canary.example", "text": f"请联系{mark}，谢谢"}
    return Canary(place, made.get(shape, mark), mark)


# ---- looking for them


@dataclass(frozen=True)
class Found:
    place: str
    where: str

    def __str__(self) -> str:
        return f"{self.place} in {self.where}"


@dataclass
class Search:
    """Collects what was looked at and what was found there."""

    canaries: tuple[Canary, ...]
    looked_at: int = 0
    found: list[Found] = field(default_factory=list)

    def look(self, content: bytes | str, where: str, but: Iterable[str] = ()) -> list[Found]:
        """The canaries in one text or file, but those that may be there."""
        self.looked_at += 1
        excused = set(but)
        here = [Found(place, where) for place in seen(content, self.canaries) if place not in excused]
        self.found += here
        return here


def seen(content: bytes | str, canaries: Iterable[Canary]) -> set[str]:
    """The places of the canaries that a text or file contains."""
    flocks = _flocks(tuple(canaries))
    return {place for text in texts(content) for place in _in_text(text, flocks)}


@dataclass(frozen=True)
class _Flock:
    """Canaries whose needles begin alike: where no beginning is, none of them is, and a page is read once for all."""

    members: tuple[Canary, ...]
    dresses: tuple[str, ...]
    wrapped: tuple[str, ...]


@cache
def _flocks(canaries: tuple[Canary, ...]) -> tuple[_Flock, ...]:
    alike: dict[str, list[Canary]] = {}
    for one in canaries:
        alike.setdefault(one.needle[:2], []).append(one)
    return tuple(_Flock(tuple(some), _beginnings(some, "dresses"), _beginnings(some, "wrapped")) for some in alike.values())


def _beginnings(some: list[Canary], of: str) -> tuple[str, ...]:
    return tuple(_shared(min(column), max(column)) for column in zip(*(getattr(one, of) for one in some), strict=True))


def _shared(one: str, other: str) -> str:
    """What both begin with; of the least and the greatest of some texts it is what all begin with."""
    length = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def _in_text(text: str, flocks: tuple[_Flock, ...]) -> Iterator[str]:
    plain = {form.lower() for form in _undressed(text)}
    for flock in flocks:
        near = [form for form in plain if any(start in form for start in flock.dresses)]
        wrapped = any(start in text for start in flock.wrapped)
        for one in flock.members if near or wrapped else ():
            if any(dress in form for form in near for dress in one.dresses) or any(wrap in text for wrap in one.wrapped):
                yield one.place


def _undressed(text: str) -> Iterator[str]:
    """The text, and the text without percent signs, entities, JSON escapes and full-width letters."""
    yield text
    if "%" in text or "+" in text:
        once = unquote_plus(text)
        yield from (once, unquote_plus(once))  # an address inside an address
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    if not text.isascii():
        yield unicodedata.normalize("NFKC", text)


def texts(content: bytes | str) -> Iterator[str]:
    """A file as text: sheets and archives unpacked, Parquet read, anything else byte by byte as UTF-8."""
    if isinstance(content, str):
        yield content
        return
    yield content.decode("utf-8", "replace")
    if b"\0" in content:
        yield content.decode("utf-16-le", "replace")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from texts(archive.read(name))
    if content[:4] == b"PAR1":
        with suppress(pa.ArrowInvalid):  # what only looks like one was searched byte by byte
            yield str(pq.read_table(io.BytesIO(content)).to_pylist())


def done(answer: Any, *statuses: int) -> Any:
    assert answer.status_code in (statuses or (200, 201, 302)), (answer.status_code, answer.content.decode()[:2000])
    return answer
