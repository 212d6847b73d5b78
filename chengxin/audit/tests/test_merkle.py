"""The tree against RFC 6962's known answers (the 8 leaves of the certificate-transparency project) and against a naive recursive tree."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.audit import merkle

LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (index, size): proof
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {  # (old, new): proof
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, as written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = merkle.split(len(hashes))
    return merkle.node_hash(naive_root(hashes[:k]), naive_root(hashes[k:]))


def naive_path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 2.1.1."""
    if len(hashes) == 1:
        return []
    k = merkle.split(len(hashes))
    if m < k:
        return [*naive_path(m, hashes[:k]), naive_root(hashes[k:])]
    return [*naive_path(m - k, hashes[k:]), naive_root(hashes[:k])]


def naive_subproof(m: int, hashes: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 2.1.2."""
    if m == len(hashes):
        return [] if whole else [naive_root(hashes)]
    k = merkle.split(len(hashes))
    if m <= k:
        return [*naive_subproof(m, hashes[:k], whole), naive_root(hashes[k:])]
    return [*naive_subproof(m - k, hashes[k:], False), naive_root(hashes[:k])]


class Stored:
    """The tree as the database keeps it: complete subtrees by place."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.edge, self.places = merkle.Edge(), {}
        for index, leaf in enumerate(leaves):
            self.places[0, index] = leaf
            self.places |= {(level, at): made for level, at, made in self.edge.append(leaf)}

    def roots(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        return [merkle.fold([self.places[place] for place in merkle.cover(low, high)]) for low, high in ranges]


HASHES = [merkle.leaf_hash(body) for body in LEAVES]
STORED = Stored(HASHES)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_known_ones(size: int) -> None:
    assert Stored(HASHES[:size]).edge.root().hex() == ROOTS[size - 1]


def test_the_empty_log_has_the_hash_of_nothing() -> None:
    assert merkle.Edge().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_the_known_ones(index: int, size: int) -> None:
    made = STORED.roots(merkle.inclusion_ranges(index, size))
    assert [step.hex() for step in made] == INCLUSION[index, size]
    assert merkle.inclusion_holds(index, size, HASHES[index], made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_the_known_ones(old: int, new: int) -> None:
    made = STORED.roots(merkle.consistency_ranges(old, new))
    assert [step.hex() for step in made] == CONSISTENCY[old, new]
    assert merkle.consistency_holds(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), made)


def test_sm3_is_the_standards_hash() -> None:
    # GB/T 32905-2016, appendix A.1
    assert merkle.digest("sm3", b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_unknown_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="md5"):
        merkle.digest("md5", b"")


sizes = st.integers(1, 130)


@given(sizes, st.data())
def test_inclusion_equals_the_naive_tree_and_holds_nowhere_else(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(size)]
    index = data.draw(st.integers(0, size - 1))
    tree = Stored(leaves)
    proof = tree.roots(merkle.inclusion_ranges(index, size))
    root = naive_root(leaves)
    assert tree.edge.root() == root
    assert proof == naive_path(index, leaves)
    assert merkle.inclusion_holds(index, size, leaves[index], proof, root)
    other = data.draw(st.integers(0, size))
    assert other == index or not merkle.inclusion_holds(other, size, leaves[index], proof, root)
    assert not merkle.inclusion_holds(index, size, merkle.leaf_hash(b"other"), proof, root)
    assert not merkle.inclusion_holds(index, size, leaves[index], [*proof, root], root)
    assert not proof or not merkle.inclusion_holds(index, size, leaves[index], proof[:-1], root)


@given(sizes, st.data())
def test_consistency_equals_the_naive_tree_and_holds_nowhere_else(new: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(new)]
    old = data.draw(st.integers(1, new))
    proof = Stored(leaves).roots(merkle.consistency_ranges(old, new))
    before, after = naive_root(leaves[:old]), naive_root(leaves)
    assert proof == naive_subproof(old, leaves, True)
    assert merkle.consistency_holds(old, new, before, after, proof)
    forged = naive_root([merkle.leaf_hash(b"forged"), *leaves[1:old]])
    assert not merkle.consistency_holds(old, new, forged, after, proof)
    assert not merkle.consistency_holds(old, new, before, after, [*proof, after])


def test_proofs_outside_the_tree_are_refused() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="not in a tree"):
            merkle.inclusion_ranges(index, size)
        assert not merkle.inclusion_holds(index, size, b"", [], b"")
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no consistency"):
            merkle.consistency_ranges(old, new)
        assert not merkle.consistency_holds(old, new, b"", b"", [b""])
    assert not merkle.consistency_holds(3, 5, b"", b"", [])
