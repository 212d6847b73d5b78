"""Everywhere a canary could come out: every page and API answer with its exports for each kind of reader, logs, files, the database."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from chengxin.accounts.roles import ANYONE, SIGNED_IN, Role
from chengxin.audit.models import Leaf
from chengxin.kernel.tables import WRITERS
from tests.gates import (
    canary_ids,
    matrix,
)
from tests.gates.canary import Search, seen
from tests.gates.canary_fields import EVERY, OF_THE_DATABASE, OF_THE_DESK, OF_THE_LAKE
from tests.gates.canary_world import OTHER, PLATFORM, SHOP, World
from tests.gates.cells import has_its_turn
from tests.gates.happy_paths import token_of

DESK = ("officer", "reviewer", "head")
PURPOSE = {"X-Purpose": quote("核查线索")}
SERVED, NOT_TO_GET = 200, 405
EXPORTED = 2  # addresses of a route whose lists are exported too; the lists of a route have the same columns
QUIET = 2  # addresses of a route that show nothing to anybody and are read by day all the same
OFFICIALS = ("leader", "sysadmin", "secadmin", "auditadmin")
BUSINESS = ("platform_staff", "merchant", "courier_staff", "payment_staff")


@dataclass
class Reader:
    """Somebody who looks at everything their roles open; `may_see` are the places whose canaries they are meant to see."""

    name: str
    browser: Client
    roles: frozenset[str]
    may_see: frozenset[str] = frozenset()
    signed_in: bool = True

    def may_open(self, route: matrix.Route) -> bool:
        declared = route.open_to or frozenset()
        machine = {one.removeprefix("client:") for one in declared if one.startswith("client:")}
        return bool(ANYONE in declared or declared & self.roles or machine & self.roles or (SIGNED_IN in declared and self.signed_in))


def _person(world: World, role: str, side: int, may_see: frozenset[str] = frozenset(), headers: dict[str, str] | None = None) -> Reader:
    browser = Client(raise_request_exception=False, headers=headers or {})
    browser.force_login(world.city.person(role, side), backend="django.contrib.auth.backends.ModelBackend")
    return Reader(f"{role} of tenant {'ab'[side]}", browser, frozenset({role}), may_see)


def _machine(platform: str) -> Reader:
    browser = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token_of(platform, 'canary')}"})
    scopes = frozenset(matrix.SCOPES)
    return Reader(f"program of {platform}", browser, scopes, signed_in=False)


def strangers(world: World) -> list[Reader]:
    """Everybody but those whose data or task it is. Officers of the handling desk look without having stated a purpose."""
    anybody = Reader("anybody", Client(raise_request_exception=False), frozenset(), signed_in=False)
    others = [_person(world, role, 1) for role in BUSINESS]
    officials = [_person(world, role, 1) for role in OFFICIALS]
    elsewhere = [_person(world, role, 1) for role in DESK]
    here = [_person(world, role, 0, OF_THE_DESK) for role in DESK]
    return [anybody, _machine(OTHER), *others, *officials, *elsewhere, *here]


def owners(world: World) -> list[Reader]:
    """Those who are meant to see: the platform and the merchant themselves, administrators their people, officers with a purpose."""
    everything = frozenset(EVERY)
    own = [_person(world, role, 0, everything) for role in (*BUSINESS, *OFFICIALS)]
    with_purpose = [_person(world, role, 0, everything, PURPOSE) for role in DESK]
    return [_machine(PLATFORM), *own, *with_purpose]


# ---- pages and answers


@dataclass
class Crawl:
    """The addresses that show something, by route, found by asking with every id there is."""

    world: World
    routes: list[matrix.Route]
    ids: dict[str, list[str]]
    own: dict[tuple[str, str], list[str]]  # the keys and numbers of a room's own rows
    thorough: bool = False
    found: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)
    telling: set[str] = field(default_factory=set)  # the addresses that show something of a person to who may see it
    forms: Iterator[str] = field(default_factory=lambda: cycle(WRITERS))

    def without_ids(self) -> set[str]:
        """Names of parameters for which there is nothing to ask with."""
        return {name for route in self.routes for name in route.parameters} - set(self.ids)

    def explore(self, readers: Iterable[Reader]) -> None:
        """Ask as those who may see; keep the addresses that answered and what was shown there."""
        readers = list(readers)
        for route in self.routes:
            reader = next((one for one in readers if one.may_open(route)), None)
            if reader is None:
                continue
            room = canary_ids.AT_HOME_IN.get(route.name, route.room if route.is_api else route.name.partition(":")[0])
            own = {name: self._own(room, name, pool) for name, pool in self.ids.items()}
            self._ask_all(reader, route, {**own, **({"number": ["1"]} if route.name in canary_ids.VERSIONS else {})})
            if self.thorough:
                self._ask_all(reader, route, self.ids)

    def _own(self, room: str, name: str, pool: list[str]) -> list[str]:
        """A room's own keys and numbers; of everything else what there is."""
        key = canary_ids.KEYS.get(name, name)
        return self.own.get((room, key), []) if key in ("id", "number") else pool

    def _ask_all(self, reader: Reader, route: matrix.Route, ids: dict[str, list[str]]) -> set[int]:
        """The statuses of the answers. What is no page to look at says so to the first question."""
        answered = set()
        for address in self.addresses(route, ids):
            answered.add(self._ask(reader, route, address))
            if NOT_TO_GET in answered:
                break
        return answered

    def _ask(self, reader: Reader, route: matrix.Route, address: str) -> int:
        """Its status; when it answered, the address is kept, and what it showed."""
        answer = reader.browser.get(address)
        known = self.found.setdefault(route.name, [])
        if answer.status_code == SERVED:
            if address not in known and not seen(address, EVERY.values()):  # who asks for a name already knows it
                known.append(address)
            here = seen(content_of(answer), EVERY.values())
            self.shown.setdefault(route.name, set()).update(here)
            self.telling.update([address] if here else [])
        return int(answer.status_code)

    def addresses(self, route: matrix.Route, ids: dict[str, list[str]]) -> Iterator[str]:
        pools = [ids[name] for name in route.parameters]
        for chosen in product(*pools):
            path = route.path(dict(zip(route.parameters, chosen, strict=True)))
            for query in queries_of(self.world).get(route.name, [{}]):
                yield f"{path}?{urlencode(query)}" if query else path

    def read_as(self, reader: Reader, search: Search, turn: int | None = None) -> None:
        """The addresses of the reader's roles, with exports. What anybody may open is read whole by who has not signed in, what every
        desk may open by the officer. turn: where it is not the route's turn, only who is not signed in reads."""
        for route in self.routes:
            if not reader.may_open(route) or (reader.signed_in and not has_its_turn(route.name, turn)):
                continue
            known, wide = self._worth_reading(route), route.open_to or frozenset()
            another = ANYONE in wide or (bool(reader.roles & {"reviewer", "head"}) and "officer" in wide)
            short = not self.thorough and reader.signed_in and another
            for place, address in enumerate(known[: self._shown_again(reader)] if short else known):
                content = content_of(reader.browser.get(address))
                search.look(content, f"{route.name} ({address}) for {reader.name}", reader.may_see)
                if b"export=" in content and (self.thorough or place < EXPORTED):
                    self._export(reader, route, address, search)

    def _worth_reading(self, route: matrix.Route) -> list[str]:
        """By day all that tell something to somebody, and a few of the others."""
        known = self.found.get(route.name, [])
        quiet = [one for one in known if one not in self.telling]
        return known if self.thorough else [*(one for one in known if one in self.telling), *quiet[:QUIET]]

    def _shown_again(self, reader: Reader) -> int:
        """How many of a route's addresses are read by who sees there what another has seen: one by roles of other kinds."""
        return 0 if reader.roles & {"reviewer", "head"} else 1

    def _export(self, reader: Reader, route: matrix.Route, address: str, search: Search) -> None:
        """By day in one form, another from list to list and from reader to reader: all write the same columns of the same rows."""
        for form in WRITERS if self.thorough else [next(self.forms)]:
            export = reader.browser.get(f"{address}{'&' if '?' in address else '?'}export={form}")
            search.look(content_of(export), f"{form} of {route.name} for {reader.name}", reader.may_see)


def queries_of(world: World) -> dict[str, list[dict[str, str]]]:
    """Addresses that only say something when asked."""
    searches = [{"q": world.shop.name}, {"q": SHOP}, {"q": world.shop.url}]
    return {
        "publicity:search": searches,
        "api:search": searches,
        "publicity:window": searches,
        "subjects:subject": [{}, {"personal": "1"}],
        "supervision:dismiss": [{"pattern": "group_buy"}],
        "api:errors": [{"format": form} for form in ("json", "csv", "xlsx")],
        "api:consistency": [{"old": "1", "new": "9"}],
        "api:shipment": [{"order_no": "CANARYO1"}],
    }


def crawl(world: World, thorough: bool = False) -> Crawl:
    """thorough: every address and export for every reader."""
    routes = [one for one in matrix.collect() if one.method == "GET" and one.open_to and (one.ours or one.is_api)]
    return Crawl(world, routes, canary_ids.ids_of(world), canary_ids.own_of_rooms(), thorough)


def content_of(answer: Any) -> bytes:
    """Body and headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(body) if body[:2] == b"PK" or body[:4] == b"PAR1" else bytes(body) + b"\n" + str(dict(answer.headers)).encode()


def error_pages(readers: Iterable[Reader], search: Search) -> None:
    """What strangers are told when something is missing, refused, malformed or broken."""
    for reader in readers:
        for method, address in (("get", "/nothing/here/"), ("get", "/api/v1/nothing"), ("post", "/api/v1/clues"), ("post", "/officer/")):
            answer = getattr(reader.browser, method)(address)
            search.look(content_of(answer), f"error {answer.status_code} of {address} for {reader.name}", reader.may_see)


# ---- what is left behind


def database(search: Search) -> None:
    """Every row of every table, and SQLite's own image with its free pages."""
    tables(search, connection.introspection.table_names())
    image = getattr(connection.connection, "serialize", None)
    if image is not None:
        search.look(image(), "image of the database", OF_THE_DATABASE)


def tables(search: Search, names: Iterable[str]) -> None:
    """Every row of some tables."""
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                _look_at_row(table, row, search)


def _look_at_row(table: str, row: Iterable[Any], search: Search) -> None:
    told = "\n".join(bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row)
    search.look(told, f"table {table}", OF_THE_DATABASE)


def files(search: Search) -> None:
    """The lake, what is kept beside it, and everything else in the data directory."""
    lake, beside = Path(settings.LAKE_DIR), Path(settings.DATA_DIR)
    for path in sorted({*lake.rglob("*"), *beside.rglob("*")}):
        if path.is_file() and not path.name.startswith("chengxin.sqlite3"):
            search.look(path.read_bytes(), f"file {path.relative_to(beside)}", OF_THE_LAKE if path.is_relative_to(lake) else ())


def log_leaves(search: Search) -> None:
    for leaf in Leaf.objects.all():
        search.look(leaf.body, f"leaf {leaf.action}")


class Lines(logging.Handler):
    """Keeps every line that anything logs, as a log file would hold it."""

    def __init__(self) -> None:
        super().__init__(0)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def all_lines() -> Iterator[Lines]:
    """Everything logged at any level by ours and by Django."""
    lines, loggers = Lines(), [logging.getLogger(name) for name in ("", "django", "django.request", "django.server", "chengxin")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(lines)
        one.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(lines)
            one.setLevel(level)


__all__ = ["Crawl", "Reader", "Role", "crawl", "database", "error_pages", "files", "log_leaves", "owners", "strangers"]
