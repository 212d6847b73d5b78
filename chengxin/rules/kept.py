"""How decisions are kept: one compact row a request, and one commit for all requests that wait at the same moment.

A commit costs the disk two milliseconds, and the log some more; with one for each decision a machine would give a few hundred a second.
Whoever comes first writes for all who came meanwhile; nobody is answered before the own decision is in the database and in the log.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import msgspec
import numpy as np
from django.db import connection, transaction

from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.kernel import clock, ids
from chengxin.rules.book import Rulebook
from chengxin.rules.models import Book, DecisionBatch, Held, Hit, RuleVersion
from chengxin.rules.rows import Rows
from chengxin.subjects.models import Shop

KEPT = ("fact", "time", "shop")  # of the event itself
NO_RULES = Rulebook(())
FAST = 1  # zlib level: a third smaller than the raw bytes at a tenth of the time of the default


def packed(rows: Rows, outcomes: np.ndarray, hits: np.ndarray, table: np.ndarray) -> bytes:
    """The body of a batch: fact, time, shop (int64), outcome (int8), hits (bits, a row of bytes per event), values (float64)."""
    parts = {
        **{name: rows[name].tobytes() for name in KEPT},
        "outcome": outcomes.astype(np.int8).tobytes(),
        "hits": np.packbits(hits, axis=1).tobytes(),
        "values": table.tobytes(),
    }
    return zlib.compress(msgspec.msgpack.encode(parts), FAST)


@dataclass(frozen=True)
class Opened:
    """A batch as arrays: one row per event."""

    fact: np.ndarray
    time: np.ndarray
    shop: np.ndarray
    outcome: np.ndarray
    hits: np.ndarray
    values: np.ndarray


def opened(batch: DecisionBatch) -> Opened:
    """What `packed` packed."""
    parts: dict[str, bytes] = msgspec.msgpack.decode(zlib.decompress(bytes(batch.body)))
    rules, figures = len(batch.book.versions), len(batch.book.features)
    bits = np.frombuffer(parts["hits"], np.uint8).reshape(batch.count, -1)
    return Opened(
        np.frombuffer(parts["fact"], np.int64),
        np.frombuffer(parts["time"], np.int64),
        np.frombuffer(parts["shop"], np.int64),
        np.frombuffer(parts["outcome"], np.int8),
        np.unpackbits(bits, axis=1, count=rules).astype(np.bool_) if rules else np.zeros((batch.count, 0), np.bool_),
        np.frombuffer(parts["values"], np.float64).reshape(batch.count, figures),
    )


class NoPass(NamedTuple):
    """A decision that was not a pass: what is kept of it beside the batch, and told."""

    number: str
    outcome: str
    shop_token: int
    handler: User | None
    reasons: list[dict[str, Any]]
    versions: list[RuleVersion]


@dataclass
class Waiting:
    """A request whose decisions are not kept yet, and what they become."""

    batch: DecisionBatch
    rows: Rows
    book: Rulebook = NO_RULES
    held: Sequence[NoPass] = ()
    done: bool = False
    error: BaseException | None = None


_queue: list[Waiting] = []
_queue_lock, _writing = Lock(), Lock()


def keep(one: Waiting, decide: Callable[[Sequence[Waiting]], None]) -> None:
    """Return when the request is decided and durable. decide: fills in what each of the requests that wait together becomes.

    Raises what hindered the decision or the commit; then nothing of the request is kept.
    """
    with _queue_lock:
        _queue.append(one)
    with _writing:
        if not one.done:
            with _queue_lock:
                together, _queue[:] = list(_queue), []
            _keep_all(together, decide)
    if one.error is not None:
        raise one.error


def _keep_all(together: Sequence[Waiting], decide: Callable[[Sequence[Waiting]], None]) -> None:
    error: BaseException | None = None
    try:
        decide(together)
        shops = _shops(together)
        with transaction.atomic():
            _write(together, shops)
    except BaseException as cause:
        error = cause
    for one in together:
        one.error, one.done = error, True


def _shops(together: Sequence[Waiting]) -> dict[int, str]:
    """Token → id, in hexadecimal, of the shops that the register knows."""
    tokens = {held.shop_token for one in together for held in one.held}
    return {token: key.hex for token, key in Shop.objects.filter(token__in=tokens).values_list("token", "id")} if tokens else {}


def _write(together: Sequence[Waiting], shops: Mapping[int, str]) -> None:
    for one in together:
        one.batch.book_id = kept_book(one.book)
    batches, holds, hits = _rows(together, shops)
    with connection.cursor() as cursor:
        for model, columns, rows in ((DecisionBatch, BATCH, batches), (Held, HELD, holds), (Hit, HIT, hits)):
            if rows:
                cursor.executemany(_insert(model._meta.db_table, columns), rows)
    said: dict[str, Any] = {str(one.batch.id): hashlib.sha256(one.batch.body).hexdigest() for one in together}
    askers = {one.batch.asked_by for one in together}
    audit.record(
        "rules.decisions.kept",
        actor=askers.pop() if len(askers) == 1 else "system:rules",
        object=f"rules.batch:{together[0].batch.id}",
        data={"batches": said, "decisions": sum(one.batch.count for one in together)},
    )


# Written by statements that are made once: as models these rows cost ten times what the database takes for them.
BATCH = ("id", "platform", "asked_by", "kind", "book_id", "at", "count", "body")
UNSAID = ("asked_by", "asked_by_name", "asked_why", "verdict", "answer", "answered_by", "answered_by_name")  # nobody has asked or answered
HELD = ("id", "number", "batch_id", "platform", "kind", "outcome", "shop_token", "shop_id", "handler_id", "reasons", "at", *UNSAID)
HIT = ("held_id", "version_id")
Row = tuple[Any, ...]


def _rows(together: Sequence[Waiting], shops: Mapping[int, str]) -> tuple[list[Row], list[Row], list[Row]]:
    """The rows of the three tables, in the order of BATCH, HELD and HIT."""
    batches, holds, hits = [], [], []
    for one in together:
        batch, key, at = one.batch, one.batch.id.hex, connection.ops.adapt_datetimefield_value(one.batch.at)
        batches.append((key, batch.platform, batch.asked_by, batch.kind, batch.book_id, at, batch.count, batch.body))
        first = ids.new_id().int
        for place, held in enumerate(one.held):
            own, handler = f"{first + place:032x}", held.handler.pk.hex if held.handler else None
            told = msgspec.json.encode(held.reasons).decode()
            shop = held.shop_token, shops.get(held.shop_token)
            holds.append((own, held.number, key, batch.platform, batch.kind, held.outcome, *shop, handler, told, at, *_NOTHING))
            hits += [(own, version.pk.hex) for version in held.versions]
    return batches, holds, hits


_NOTHING = [""] * len(UNSAID)


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608 - own names


def kept_book(book: Rulebook) -> int:
    """The number of a book's row, made at its first decision and remembered once that is committed."""
    if book.digest in _known:
        return _known[book.digest]
    fields = {"versions": [str(one.id) for one in book.versions], "features": list(book.features), "made_at": clock.now()}
    row, _ = Book.objects.get_or_create(digest=book.digest, defaults=fields)
    transaction.on_commit(lambda: _known.update({book.digest: row.pk}))
    return row.pk


_known: dict[str, int] = {}


def forget_books() -> None:
    """Ask the database again: after a restore, and between tests."""
    _known.clear()
