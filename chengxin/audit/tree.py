"""The Merkle tree in the database: read the tip, append, and fetch the hashes that a proof needs.

Every complete subtree's hash is kept, so an append writes about one inner node a leaf and a proof is two queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from chengxin.audit import merkle, note
from chengxin.audit.merkle import Edge, Place
from chengxin.audit.models import Leaf, Node
from chengxin.audit.note import Head
from chengxin.kernel import clock, encryption

LEVEL_BITS = 48
INSERT_LEAF = (
    'INSERT INTO audit_leaf ("index", "action", "actor", "object", "at", "body", "hash_name", "hash")'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
READ_TIP = "SELECT size, peaks, note FROM audit_tip WHERE id = 1"
INSERT_NODE = 'INSERT INTO audit_node ("id", "hash") VALUES (%s, %s)'

_known_good: list[str] = [""]  # the last tip note whose signature this process checked; saves a verification an append


class BrokenTip(Exception):
    """The row that says where the log ends was not written by the log. Appending would sign a forgery, so nothing is appended."""


def origin() -> str:
    """The log's name in every head."""
    return str(settings.LOG_ORIGIN)


def log_keys() -> list[bytes]:
    """The raw public keys that may have signed this log's heads: today's, earlier ones from settings.LOG_OLD_KEYS (hex) and those that
    `chengxin keys rotate log` wrote down."""
    today = note.raw(encryption.signing_key("log").public_key())
    return [today, *(bytes.fromhex(old) for old in (*settings.LOG_OLD_KEYS, *encryption.kept_lines("log_old_keys")))]


def signed(size: int, root: bytes, at: datetime) -> Head:
    return note.sign(origin(), size, root, at, encryption.signing_key("log"))


def tip() -> tuple[Edge, Head]:
    """The growing edge and the signed head of the log as it ends now. Raises BrokenTip when they do not agree or are not signed."""
    with connection.cursor() as cursor:
        cursor.execute(READ_TIP)
        row = cursor.fetchone()
    if row is None:
        if Leaf.objects.exists():
            raise BrokenTip("the tip is missing")
        return Edge(), signed(0, merkle.EMPTY_ROOT, clock.now())
    size, packed, text = row
    packed = bytes(packed)
    edge = Edge(size, [packed[at : at + 32] for at in range(0, len(packed), 32)])
    try:
        head = note.read(text)
    except ValueError as cause:
        raise BrokenTip("the tip is not a checkpoint") from cause
    if (head.size, head.root, head.origin) != (size, edge.root(), origin()) or len(edge.peaks) != size.bit_count():
        raise BrokenTip("the tip does not match its own head")
    if text != _known_good[0]:
        if not note.signed_by_log(text, log_keys()):
            raise BrokenTip("the tip is not signed by the log")
        _known_good[0] = text
    return edge, head


class Draft(NamedTuple):
    """A leaf before it has its number. A tuple and not a model: building models cost a third of the time of a batch."""

    action: str
    actor: str
    object: str
    body: str
    hash_name: str


def append(drafts: Sequence[Draft], at: datetime) -> tuple[int, list[bytes]]:
    """Write leaves behind the last one, sign the new tip; returns the first number and the hashes. The caller holds the lock."""
    edge, old = tip()
    made, nodes, rows = [], [], []
    when = connection.ops.adapt_datetimefield_value(at)
    for index, draft in enumerate(drafts, edge.size):
        leaf = merkle.leaf_hash(draft.body.encode(), draft.hash_name)
        rows.append((index, draft.action, draft.actor, draft.object, when, draft.body, draft.hash_name, leaf))
        nodes += [(level << LEVEL_BITS | place, top) for level, place, top in edge.append(leaf)]
        made.append(leaf)
    head = signed(edge.size, edge.root(), at)
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_LEAF, rows)
        if nodes:
            cursor.executemany(INSERT_NODE, nodes)
        _move_tip(cursor, old.size, edge, head)
    _known_good[0] = head.note
    return old.size, made


def _move_tip(cursor: object, old_size: int, edge: Edge, head: Head) -> None:
    execute = getattr(cursor, "execute")  # noqa: B009
    values = [edge.size, b"".join(edge.peaks), head.note]
    if old_size == 0:
        execute("INSERT INTO audit_tip (size, peaks, note, id) VALUES (%s, %s, %s, 1)", values)
        return
    execute("UPDATE audit_tip SET size = %s, peaks = %s, note = %s WHERE id = 1 AND size = %s", [*values, old_size])
    if getattr(cursor, "rowcount") != 1:  # noqa: B009
        raise BrokenTip("another writer moved the tip")


def hashes(places: Iterable[Place]) -> dict[Place, bytes]:
    """The stored hashes of complete subtrees (level 0 = leaves). KeyError is the caller's when one is missing."""
    wanted = set(places)
    leaves = [index for level, index in wanted if level == 0]
    nodes = [level << LEVEL_BITS | index for level, index in wanted if level]
    found: dict[Place, bytes] = {}
    if leaves:
        found |= {(0, index): bytes(made) for index, made in Leaf.objects.filter(index__in=leaves).values_list("index", "hash")}
    if nodes:
        mask = (1 << LEVEL_BITS) - 1
        for number, made in Node.objects.filter(id__in=nodes).values_list("id", "hash"):
            found[number >> LEVEL_BITS, number & mask] = bytes(made)
    return found


def roots(ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """The root of each leaf range [low, high)."""
    covers = [merkle.cover(low, high) for low, high in ranges]
    found = hashes(place for places in covers for place in places)
    return [merkle.fold([found[place] for place in places]) for places in covers]
