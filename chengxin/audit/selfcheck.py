"""Recompute the whole log from its bodies and compare with everything that was stored, signed, or kept outside.

What catches what: an edited body ↔ its hash; rewritten hashes ↔ the signed tip; a rolled-back tip ↔ heads kept outside the database (file,
witnesses, receipts); an edited personal part ↔ its commitment. Time: about 15 µs a leaf.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from chengxin.audit import merkle, note, outside, tree
from chengxin.audit.actions import FORGOTTEN, LOCK, commitment
from chengxin.audit.models import Cosignature, Leaf, Node, PersonalPart, SignedHead
from chengxin.kernel.encryption import Unreadable
from chengxin.kernel.locks import locked

CHUNK = 2000


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; leaf: the first leaf it concerns, where one can be named."""

    code: str
    leaf: int | None
    zh: str
    en: str

    def __str__(self) -> str:
        where = "" if self.leaf is None else f" [{self.leaf}]"
        return f"{self.code}{where}: {self.zh} / {self.en}"


@dataclass
class _Walk:
    """One pass over the leaves below `size`."""

    size: int
    wanted: dict[int, set[bytes]]
    edge: merkle.Edge = field(default_factory=merkle.Edge)
    faults: list[Fault] = field(default_factory=list)
    promised: dict[int, str] = field(default_factory=dict)
    forgotten: set[int] = field(default_factory=set)
    matched: int = 0
    stored: dict[int, Iterator[tuple[int, bytes]]] = field(default_factory=dict)

    def fault(self, code: str, leaf: int | None, zh: str, en: str) -> None:
        self.faults.append(Fault(code, leaf, zh, en))


def examine(witnessed: Sequence[str] = ()) -> list[Fault]:
    """All faults found, the earliest leaf first; see queries.self_check."""
    walk = _Walk(0, {})
    try:
        walk.edge, head = tree.tip()
    except tree.BrokenTip as broken:
        walk.fault("tip", None, "日志末端的签名或内容不成立。", f"The log's signed end does not hold: {broken}.")
        walk.size = Leaf.objects.count()
    else:
        walk.size = head.size
        walk.wanted.setdefault(head.size, set()).add(head.root)
    walk.edge = merkle.Edge()
    _heads(walk, witnessed)
    for row in Leaf.objects.filter(index__lt=walk.size).order_by("index").iterator(CHUNK):
        if not _leaf(walk, row):
            break
    if walk.edge.size < walk.size and not any(fault.leaf is not None for fault in walk.faults):
        walk.fault("missing", walk.edge.size, "日志缺少这一条及以后的记录。", "The log lacks this leaf and what follows.")
    _personal(walk)
    _beyond(walk)
    return sorted(walk.faults, key=lambda fault: (fault.leaf is None, fault.leaf or 0))


def _leaf(walk: _Walk, row: Leaf) -> bool:
    """Check one leaf and its place in the tree. False when going on would only repeat the same fault."""
    if row.index != walk.edge.size:
        walk.fault("missing", walk.edge.size, "日志缺少这一条。", "The log lacks this leaf.")
        return False
    try:
        made = merkle.leaf_hash(row.body.encode(), row.hash_name)
        said = json.loads(row.body)
        same = (said["action"], said["actor"], said["object"], said["at"]) == _columns(row)
    except (ValueError, KeyError, TypeError):
        made, said, same = b"", {}, False
    if made != bytes(row.hash) or not same:
        walk.fault("leaf", row.index, "这一条的内容与其摘要或检索列不符。", "This leaf does not match its hash or its columns.")
    if said.get("personal_commitment"):
        walk.promised[row.index] = said["personal_commitment"]
    if row.action == FORGOTTEN and isinstance(said.get("data"), dict):
        walk.forgotten.add(said["data"].get("leaf"))
    return _grow(walk, bytes(row.hash))  # an edited body is named above; the tree is checked over what was stored


def _columns(row: Leaf) -> tuple[str, str, str, str]:
    return row.action, row.actor, row.object, row.at.isoformat(timespec="microseconds")


def _grow(walk: _Walk, made: bytes) -> bool:
    """Add a leaf's hash, compare the inner nodes it completes and the roots that somebody signed at this size."""
    for level, index, top in walk.edge.append(made):
        expected = (level << tree.LEVEL_BITS | index, top)
        if next(_level(walk, level), None) != expected:
            first = index << level
            walk.fault("node", first, "从这一条起，内部节点的摘要不符。", "From this leaf on, an inner node does not match.")
            return False
    at = walk.edge.size
    if roots := walk.wanted.get(at):
        if roots != {walk.edge.root()}:
            text = f"Leaves {walk.matched}–{at - 1} are not the ones that were signed."
            walk.fault("root", walk.matched, f"第 {walk.matched} 至 {at - 1} 条与已签署的日志首部不符。", text)
            return False
        walk.matched = at
    return True


def _level(walk: _Walk, level: int) -> Iterator[tuple[int, bytes]]:
    if level not in walk.stored:
        rows = Node.objects.filter(id__gte=level << tree.LEVEL_BITS, id__lt=(level + 1) << tree.LEVEL_BITS).order_by("id")
        walk.stored[level] = ((number, bytes(made)) for number, made in rows.values_list("id", "hash").iterator(CHUNK))
    return walk.stored[level]


def _heads(walk: _Walk, witnessed: Sequence[str]) -> None:
    """Collect every root that was ever signed, and check the signatures and the witnesses'."""
    keys = tree.log_keys()
    for row in SignedHead.objects.all().iterator(CHUNK):
        if _want(walk, row.note, keys) and (row.size, bytes(row.root)) != _size_and_root(row.note):
            walk.fault("head", None, "保存的日志首部被改动。", f"Kept head {row.id} was altered.")
    for text in (*outside.kept(), *witnessed):
        _want(walk, text, keys)
    for seal in Cosignature.objects.select_related("head", "witness").iterator(CHUNK):
        if note.cosigned_at(seal.head.note + seal.line, seal.witness_id, bytes(seal.witness.key)) is None:
            walk.fault("witness", None, "见证签名不成立。", f"The signature of witness {seal.witness_id} does not hold.")


def _want(walk: _Walk, text: str, keys: list[bytes]) -> bool:
    try:
        good = note.signed_by_log(text, keys)
    except ValueError:
        good = False
    if not good:
        walk.fault("head", None, "保存的日志首部签名不成立。", "The signature on a kept head does not hold.")
        return False
    size, root = _size_and_root(text)
    if size == 0:
        return True
    walk.wanted.setdefault(size, set()).add(root)
    if size > walk.size:
        walk.fault("truncated", walk.size, f"日志曾有 {size} 条，现在较少。", f"The log once had {size} leaves and has fewer now.")
    return True


def _size_and_root(text: str) -> tuple[int, bytes]:
    head = note.read(text)
    return head.size, head.root


def _personal(walk: _Walk) -> None:
    """Every promised personal part is there and unaltered, or was forgotten on the record."""
    names = dict(Leaf.objects.filter(personal__isnull=False).values_list("index", "hash_name"))
    seen = set()
    for number, leaf in PersonalPart.objects.values_list("id", "leaf_id"):
        try:
            part = PersonalPart.objects.get(id=number)
            good = walk.promised.get(leaf) == commitment(bytes(part.salt), part.content, names.get(leaf, merkle.SHA256))
        except (Unreadable, ValueError):
            good = False
        seen.add(leaf)
        if leaf < walk.edge.size and (not good or leaf in walk.forgotten):
            walk.fault("personal", leaf, "这一条的个人信息部分被改动。", "The personal part of this leaf was altered.")
    for body in Leaf.objects.filter(action=FORGOTTEN, index__gte=walk.size).values_list("body", flat=True):
        walk.forgotten.add(json.loads(body)["data"]["leaf"])  # erased while this check was running
    for leaf in walk.promised.keys() - seen - walk.forgotten:
        walk.fault("personal", leaf, "这一条的个人信息部分未经登记即消失。", "The personal part of this leaf vanished without a record.")


def _beyond(walk: _Walk) -> None:
    """Nothing lies behind the log's end. Under the log's lock, so that an append in progress is not taken for a fault."""
    with transaction.atomic(), locked(LOCK):
        try:
            size = tree.tip()[0].size
        except tree.BrokenTip:
            size = walk.size
        if (extra := Leaf.objects.exclude(index__gte=0, index__lt=size).values_list("index", flat=True).first()) is not None:
            walk.fault("extra", extra, "日志末端之后还有记录。", "There is a leaf behind the log's end.")
        levels = range(1, tree.LEVEL_BITS)
        inside = [(level << tree.LEVEL_BITS, level << tree.LEVEL_BITS | size >> level) for level in levels if size >> level]
        nodes = Node.objects.all()
        for low, high in inside:
            nodes = nodes.exclude(id__gte=low, id__lt=high)
        if nodes.exists():
            walk.fault("extra", None, "有不属于日志的内部节点。", "There are inner nodes that do not belong to the log.")
