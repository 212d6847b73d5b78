"""What may be asked of the log. All of it is public but `reads_of`, which is for the subject and the audit administrator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from chengxin.audit import merkle, tree
from chengxin.audit.actions import READ
from chengxin.audit.errors import NoSuchLeaf, NoSuchSize
from chengxin.audit.models import Leaf, SignedHead, Witness
from chengxin.audit.note import Head
from chengxin.audit.selfcheck import examine
from chengxin.audit.verify import CONSISTENCY, LEAF
from chengxin.kernel import clock, encryption

FRESH = timedelta(hours=1)  # a head is kept every ten minutes; a witness that has missed six is told apart


@dataclass(frozen=True)
class Proof:
    """Inclusion of a leaf: its index, the tree's size, and the sibling hashes, lowest first."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


def head() -> Head:
    """The log's end now, signed."""
    return tree.tip()[1]


def size() -> int:
    """How many leaves the log has."""
    return tree.tip()[0].size


def leaf(index: int) -> Leaf:
    """The leaf of this number. Raises NoSuchLeaf."""
    found = Leaf.objects.filter(index=index).first() if 0 <= index < 1 << tree.LEVEL_BITS else None
    if found is None:
        raise NoSuchLeaf(size=size())
    return found


def proof(index: int, of_size: int | None = None) -> Proof:
    """The inclusion proof of leaf `index` in the tree of `of_size` leaves (now, when not given). Raises NoSuchLeaf."""
    now = size()
    whole = now if of_size is None else of_size
    if not 0 <= index < whole <= now:
        raise NoSuchLeaf(size=now)
    return Proof(index, whole, tuple(tree.roots(merkle.inclusion_ranges(index, whole))))


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves continues the tree of `old` leaves. Raises NoSuchSize."""
    now = size()
    if not 0 < old <= new <= now:
        raise NoSuchSize(size=now)
    return tree.roots(merkle.consistency_ranges(old, new))


def root_at(of_size: int) -> bytes:
    """The root of the tree of the first `of_size` leaves."""
    return tree.roots([(0, of_size)])[0]


def leaf_file(index: int) -> dict[str, Any]:
    """A chengxin-leaf/1 file: the leaf, its proof in the log as it is now, and the signed head."""
    now = head()
    found = leaf(index)
    steps = proof(index, now.size)
    return {
        "format": LEAF,
        "leaf": {"index": index, "hash_name": found.hash_name, "body": found.body},
        "proof": [step.hex() for step in steps.hashes],
        "head": now.note,
        "key": public_key(),
        "witnessed": witnessed(index),
    }


def witnessed(index: int) -> dict[str, Any] | None:
    """The newest witnessed head that leaf `index` is in, its signatures and the leaf's proof; None while there is none."""
    kept = heads().filter(size__gt=index, cosignatures__isnull=False).first()
    if kept is None:
        return None
    steps = proof(index, kept.size).hashes
    return {"head": kept.note, "cosignatures": [seal.line for seal in kept.cosignatures.all()], "proof": [step.hex() for step in steps]}


@dataclass(frozen=True)
class Watcher:
    """A registered witness and the newest head it signed; size and at are None before the first."""

    name: str
    key: str
    size: int | None
    at: datetime | None
    behind: int  # entries the log has more
    fresh: bool


def witnesses() -> list[Watcher]:
    """Every registered witness, the freshest first."""
    now, entries = clock.now(), size()
    found = []
    for one in Witness.objects.all():
        seal = one.cosignatures.select_related("head").order_by("-at").first()
        fresh = seal is not None and now - seal.at < FRESH
        signed = seal.head.size if seal else None
        found.append(Watcher(one.name, bytes(one.key).hex(), signed, seal.at if seal else None, entries - (signed or 0), fresh))
    return sorted(found, key=lambda one: (one.at is None, -(one.at.timestamp() if one.at else 0), one.name))


def consistency_file(old: SignedHead, new: Head) -> dict[str, Any]:
    """A chengxin-consistency/1 file between a kept head and a newer one."""
    steps = consistency(old.size, new.size)
    return {"format": CONSISTENCY, "old": old.note, "new": new.note, "proof": [step.hex() for step in steps], "key": public_key()}


def public_key() -> str:
    """The log's public key in hex, to be published where the city publishes."""
    return encryption.public_key_hex("log")


class Whole(QuerySet[Leaf]):
    """All leaves. They are numbered without gaps, so their count is the log's size and a page is a range of numbers, however far back."""

    def _is_whole(self) -> bool:
        return not self.query.where and not self.query.is_sliced

    def count(self) -> int:
        return size() if self._is_whole() else super().count()

    def __getitem__(self, wanted: Any) -> Any:
        order = self.query.order_by[:1]
        if not isinstance(wanted, slice) or wanted.step or order not in (("index",), ("-index",)) or not self._is_whole():
            return super().__getitem__(wanted)
        total = size()
        start, stop, _ = wanted.indices(total)
        low, high = (start, stop) if order == ("index",) else (total - stop, total - start)
        return self.filter(index__gte=low, index__lt=high)


def latest() -> QuerySet[Leaf]:
    """All leaves, newest first."""
    return Whole(Leaf).order_by("-index")


def heads() -> QuerySet[SignedHead]:
    """The kept heads with their witnesses, newest first."""
    return SignedHead.objects.order_by("-id").prefetch_related("cosignatures__witness")


def history_of(object: str) -> QuerySet[Leaf]:
    """Everything recorded about one object, oldest first."""
    return Leaf.objects.filter(object=object).order_by("index")


@dataclass(frozen=True)
class Read:
    """A read of personal data as its subject sees it."""

    index: int
    at: Any
    actor: str
    fields: list[str]
    purpose: str


def reads_of(subject: str) -> list[Read]:
    """Who has read this subject's personal data, what, when and for what purpose, newest first (个人信息保护法 第四十四条、第四十五条)."""
    rows = Leaf.objects.filter(object=subject, action=READ).order_by("-index")
    return [_read_of(row) for row in rows]


def names_of(actor: str, subjects: Iterable[object]) -> list[str]:
    """The objects under which reads about a person and the person's own subjects are recorded."""
    _, _, number = actor.partition(":")
    own = [actor, f"accounts.user:{number}"]
    return own + [f"{kind}:{one}" for one in subjects for kind in ("subjects.subject", "subjects.person")]


def reads_of_all(subjects: Iterable[str]) -> list[Read]:
    """Reads of several subjects together, newest first, at most 500."""
    rows = Leaf.objects.filter(object__in=list(subjects), action=READ).order_by("-index")
    return [_read_of(row) for row in rows[:500]]


def _read_of(row: Leaf) -> Read:
    data = json.loads(row.body)["data"]
    return Read(row.index, row.at, row.actor, list(data["fields"]), str(data["purpose"]))


def personal_of(index: int) -> dict[str, Any] | None:
    """The personal part of a leaf; None when there is none or it was erased. The caller records the read first."""
    found = leaf(index)
    part = getattr(found, "personal", None)
    return None if part is None else json.loads(part.content)


def self_check(witnessed: Sequence[str] = ()) -> list[str]:
    """Recompute the whole log; each fault as a line in both languages, the first bad leaf named. Empty when all is well.

    witnessed: heads kept elsewhere (witnesses, receipts), as notes; heads in the database and beside it are compared anyway.
    """
    return [str(fault) for fault in examine(witnessed)]
