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

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from chengxin.accounts.roles import ANYONE, SIGNED_IN, Role
from chengxin.audit.models import Leaf
from chengxin.cases.models import Case
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund, Statement
from chengxin.consumers.models import Complaint, Report
from chengxin.delivery.models import Ban, Incident, WorkerFact
from chengxin.detection.local.models import HeldFinding
from chengxin.documents.models import Document, Redaction
from chengxin.evaluation.models import RatingRule
from chengxin.exchange.models import Difference, ExchangeBatch, ExchangeRow, InboundRow, ShareRequest
from chengxin.facts.kinds import kinds
from chengxin.inspection.models import Draw, Plan, RiskWarning, Task
from chengxin.kernel import clock
from chengxin.kernel.tables import WRITERS
from chengxin.marks.models import ImitationReport, Mark, MarkRequest
from chengxin.payments.models import Claim
from chengxin.platforms.models import Measure
from chengxin.products.models import ChainFinding, Recall, RecallTask
from chengxin.records.models import CreditReport, Record
from chengxin.rules.models import Held
from chengxin.supervision.models import Clue
from tests.gates import (
    canary_campaigns,
    canary_complaint_exchange,
    canary_coordination,
    canary_products,
    canary_publicity,
    canary_traceability,
    matrix,
)
from tests.gates.canary import Search, seen
from tests.gates.canary_fields import EVERY, OF_THE_DATABASE, OF_THE_DESK, OF_THE_LAKE
from tests.gates.canary_world import OTHER, PLATFORM, SHOP, World
from tests.gates.happy_paths import token_of

DESK = ("officer", "reviewer", "head")
PURPOSE = {"X-Purpose": quote("核查线索")}
SERVED, NOT_TO_GET = 200, 405
EXPORTED = 2  # addresses of a route whose lists are exported too; the lists of a route have the same columns
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
            room = AT_HOME_IN.get(route.name, route.room if route.is_api else route.name.partition(":")[0])
            own = {name: self._own(room, name, pool) for name, pool in self.ids.items()}
            self._ask_all(reader, route, {**own, **({"number": ["1"]} if route.name in VERSIONS else {})})
            if self.thorough:
                self._ask_all(reader, route, self.ids)

    def _own(self, room: str, name: str, pool: list[str]) -> list[str]:
        """A room's own keys and numbers; of everything else what there is."""
        key = KEYS.get(name, name)
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
            self.shown.setdefault(route.name, set()).update(seen(content_of(answer), EVERY.values()))
        return int(answer.status_code)

    def addresses(self, route: matrix.Route, ids: dict[str, list[str]]) -> Iterator[str]:
        pools = [ids[name] for name in route.parameters]
        for chosen in product(*pools):
            path = route.path(dict(zip(route.parameters, chosen, strict=True)))
            for query in queries_of(self.world).get(route.name, [{}]):
                yield f"{path}?{urlencode(query)}" if query else path

    def read_as(self, reader: Reader, search: Search) -> None:
        """The addresses of the reader's roles, with exports. What anybody may open is read whole by who has not signed in, what every
        desk may open by the officer."""
        for route in self.routes:
            if not reader.may_open(route):
                continue
            known, wide = self.found.get(route.name, []), route.open_to or frozenset()
            another = ANYONE in wide or (bool(reader.roles & {"reviewer", "head"}) and "officer" in wide)
            short = not self.thorough and reader.signed_in and another
            for place, address in enumerate(known[: self._shown_again(reader)] if short else known):
                content = content_of(reader.browser.get(address))
                search.look(content, f"{route.name} ({address}) for {reader.name}", reader.may_see)
                if b"export=" in content and (self.thorough or place < EXPORTED):
                    self._export(reader, route, address, search)

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
    own: dict[tuple[str, str], list[str]] = {}
    for label in KEYED:
        own.setdefault((label.partition(".")[0], "id"), []).extend(_newest(label))
    for model in NUMBERED:
        own.setdefault((model._meta.app_label, "number"), []).extend(_numbers(model))
    return Crawl(world, routes, ids_of(world), own, thorough)


def _newest(label: str) -> list[str]:
    return [str(row.pk) for row in apps.get_model(label)._default_manager.order_by("-pk")[: KEYED[label]]]


def ids_of(world: World) -> dict[str, list[str]]:
    """Every id there is, by the name of the parameter that takes it."""
    keys = [key for label in KEYED for key in _newest(label)]
    last = Leaf.objects.count()
    numbers = [number for model in NUMBERED for number in _numbers(model)]
    return {
        "id": keys,
        "pk": keys,
        "run_id": keys,
        "detector": ["brushing"],
        "model": ["1"],
        "held": [str(pk) for pk in HeldFinding.objects.values_list("pk", flat=True)],
        "number": [*numbers, "1", *keys],
        "code": [
            "R001",
            PLATFORM,
            "GOODS_TRUE",
            *(
                code
                for model in (CreditReport, Document, Redaction, ImitationReport)
                for code in model._default_manager.values_list("code", flat=True)
            ),
            "gate-courier",
            *Fund.objects.values_list("code", flat=True),
            canary_products.LIFE,
            *canary_campaigns.IDS_CODE,
            canary_publicity.CODE,
            canary_coordination.INDICATOR,
        ],
        "name": [*canary_publicity.NAMES, *(one.name for one in Draw.objects.select_related("plan"))],
        "matter": [one.matter for one in Document.objects.all()],
        "kind": list(kinds()),
        "action": ["suspend", "first_look", "propose", "retire"],
        "digest": [one.evidence_hash for one in world.shop.verifications.all()],
        "shape": ["registered", "unregistered"],
        "form": ["json", "csv", "xlsx", "svg"],
        "secret": ["no-secret"],
        "index": [str(number) for number in range(0, last, max(1, last // 20))],
        "shop_id": [SHOP],
        "review_no": ["V0"],
        "period": ["2026-07", "2026-Q3"],
        "department": ["SAMR"],
        "serial": [*Mark.objects.values_list("serial", flat=True), "TM0"],
        "duty": ["D08", "D24"],
        "waybill": ["CANARYW1"],
        "day": [clock.today().isoformat()],
        **canary_traceability.IDS,
        **canary_products.IDS,
        **canary_complaint_exchange.IDS,
    }


KEYS = {"id": "id", "pk": "id", "run_id": "id"}  # parameters that are the key of some row
# Pages that take the keys of another room; all others take their own. (By night every page is asked with every key.)
AT_HOME_IN = {
    **canary_publicity.AT_HOME,
    "cases:from_clue": "supervision",
    "inspection:chain": "supervision",
    "campaigns:new_handover": "supervision",
    **dict.fromkeys(("lists:propose", "lists:repair_record"), "records"),
    **dict.fromkeys(("publicity:subject", "lists:nominate_self", "cases:new", "inspection:risk_class", "inspection:warn"), "subjects"),
    **dict.fromkeys(("marks:ask", "marks:my_rules", "marks:rules"), "subjects"),
    **dict.fromkeys(("records:file", "records:enter", "records:report", "records:own_report"), "subjects"),
    **{f"api:{name}": "subjects" for name in ("credit_file", "subject", "shop_score", "score_receipt", "shown_reviews", "review_chain")},
    **{
        f"evaluation:{page}": "subjects"
        for page in ("shop", "reviews", "chain", "receipt", "my_reviews", "reply", "object", "mask", "officer_shop", "treat")
    },
}
VERSIONS = ("rules:version", "rules:edit", "rules:try", "rules:step")  # their number is that of a version
NUMBERED: tuple[Any, ...] = (
    Clue,
    Held,
    Record,
    Case,
    Measure,
    Plan,
    Task,
    RiskWarning,
    MarkRequest,
    ImitationReport,
    Incident,
    Ban,
    WorkerFact,
    RatingRule,
    Claim,
    Complaint,
    Report,
    AdvanceClaim,
    Deposit,
    Statement,
    Breach,
    Commitment,
    Template,
    Recall,
    RecallTask,
    ChainFinding,
    *canary_campaigns.NUMBERED,
    ExchangeRow,
    ExchangeBatch,
    Difference,
    InboundRow,
    ShareRequest,
    *canary_coordination.NUMBERED,
)


def _numbers(model: Any) -> list[str]:
    """The newest numbers of a kind of matter."""
    return list(model._default_manager.order_by("-pk").values_list("number", flat=True)[:NEWEST])


NEWEST = 3
# The newest rows of what has pages of its own.
KEYED = {
    "consumers.Promise": 1,
    "complaint_exchange.Batch": 2,
    "complaint_exchange.Conflict": 1,
    "subjects.Subject": 1,
    "publicity.Review": 1,
    "subjects.Joining": 1,
    "subjects.Shop": 1,
    "subjects.ImportRun": 1,
    "subjects.IdentityReportBatch": 1,
    "facts.Receipt": 3,
    "rules.DryRun": 1,
    "records.Objection": 1,
    "evaluation.Objection": 1,
    "evaluation.RuleProposal": 1,
    "lists.ListEntry": 1,
    "lists.RepairApplication": 1,
    "lists.PlatformListEntry": 1,
    "lists.RedEntry": 1,
    "records.Proposal": 1,
    "documents.Document": 2,
    "documents.Redaction": 1,
    "evidence.Exhibit": 1,
    "supervision.PlatformRequest": 1,
    "detection.Run": 1,
    "detection.LocalPackage": 1,
    "jobs.Job": 4,
    "accounts.User": 1,
    "accounts.PlatformClient": 1,
    "products.Batch": 1,
    "products.Certificate": 1,
}


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
