"""The Merkle tree of RFC 6962 section 2.1 and RFC 9162 section 2.1: hashes, the growing edge, both kinds of proof. No storage here.

A leaf is hashed as H(0x00 || body), an inner node as H(0x01 || left || right). Inner nodes are always SHA-256; a leaf names its own
hash, so that a city that must use SM3 (GB/T 32905) for its records can, without changing the tree. All hashes are 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes

SHA256 = "sha-256"
SM3 = "sm3"
HASH_NAMES = (SHA256, SM3)
EMPTY_ROOT = hashlib.sha256(b"").digest()

Place = tuple[int, int]
"""(level, index): the complete subtree over leaves [index << level, (index + 1) << level)."""


def digest(name: str, data: bytes) -> bytes:
    """32 bytes of the named hash. ValueError for a name that is not in HASH_NAMES."""
    if name == SHA256:
        return hashlib.sha256(data).digest()
    if name == SM3:
        hasher = hashes.Hash(hashes.SM3())
        hasher.update(data)
        return hasher.finalize()
    raise ValueError(f"unknown hash {name!r}")


def leaf_hash(body: bytes, name: str = SHA256) -> bytes:
    return digest(name, b"\x00" + body)


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(parts: Sequence[bytes]) -> bytes:
    """The root over adjacent complete subtrees, largest first (the way the right edge of a tree is made)."""
    if not parts:
        return EMPTY_ROOT
    root = parts[-1]
    for part in reversed(parts[:-1]):
        root = node_hash(part, root)
    return root


@dataclass
class Edge:
    """The right edge of a tree: one complete subtree for each 1 bit of its size, largest first. Enough to append and to know the root."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf's hash; returns the inner nodes it completes as (level, index, hash): on average one."""
        made, level, index, top = [], 0, self.size, leaf
        while self.size >> level & 1:
            top = node_hash(self.peaks.pop(), top)
            level, index = level + 1, index >> 1
            made.append((level, index, top))
        self.peaks.append(top)
        self.size += 1
        return made

    def root(self) -> bytes:
        return fold(self.peaks)


def split(count: int) -> int:
    """The largest power of two below `count` (RFC 9162 2.1.1)."""
    return 1 << (count - 1).bit_length() - 1


def cover(low: int, high: int) -> list[Place]:
    """The complete subtrees that make up leaves [low, high), left to right; `low` must be aligned as in a Merkle split."""
    places = []
    while low < high:
        level = (high - low).bit_length() - 1
        places.append((level, low >> level))
        low += 1 << level
    return places


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges whose roots are the inclusion proof of leaf `index` in a tree of `size` leaves, lowest first (RFC 9162 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    low, high, ranges = 0, size, []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The leaf ranges whose roots are the consistency proof from `old` to `new` leaves (RFC 9162 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    low, high, whole, ranges = 0, new, True, []
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, whole = middle, False
    if not whole:
        ranges.append((low, high))
    return ranges[::-1]


def inclusion_holds(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the tree of `size` leaves with this `root` has `leaf` at `index` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, made = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            made = node_hash(step, made)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            made = node_hash(made, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and made == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves continues the one of `old` leaves (RFC 9162 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return False
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(step, first), node_hash(step, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
