"""Texts copied from one another with changes: MinHash over character trigrams, banded, then confirmed on the whole signature.

Broder 1997 (resemblance of documents); Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3. Characters, not words:
Chinese needs no segmentation for it. Phrases that very many texts use ("快递很快") say nothing of copying and are left out.
Only numbers leave this module; the lake keeps the texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

HASHES, ROWS = 48, 3  # 16 bands of 3: a pair of likeness .5 becomes a candidate with probability .88, one of .2 with .12
SHINGLE = 3
BUCKET = 64  # a band value shared by more texts than this is a boilerplate text; its members are compared in a chain, not all with all
COMMON_FLOOR, COMMON_SHARE = 300, 0.005  # a trigram in more texts than both is a phrase everyone uses


@dataclass(frozen=True)
class NearPairs:
    """Pairs left < right of row numbers, and their estimated likeness (Jaccard of the trigrams that count)."""

    left: Ints
    right: Ints
    likeness: NDArray[np.float64]


def near_pairs(texts: pa.Array | pa.ChunkedArray, least: float, shortest: int) -> NearPairs:
    """Pairs of texts at least this alike; texts with fewer than `shortest` counting trigrams are not compared. Same input, same pairs."""
    owner, grams = _trigrams(texts)
    owner, grams = _telling(owner, grams, len(texts))
    counts = np.bincount(owner, minlength=len(texts))
    enough = counts[owner] >= shortest
    owner, grams = owner[enough], grams[enough]
    rows, begins = np.unique(owner, return_index=True)
    if len(rows) < 2:
        none = np.zeros(0, np.int64)
        return NearPairs(none, none, np.zeros(0))
    signatures = _signatures(grams, begins)
    left, right = _candidates(signatures)
    likeness = (signatures[left] == signatures[right]).mean(axis=1) if len(left) else np.zeros(0)
    keep = likeness >= least
    return NearPairs(rows[left[keep]], rows[right[keep]], likeness[keep])


def _trigrams(texts: Any) -> tuple[Ints, Words]:
    """(row, trigram as a 63-bit number), distinct and sorted by row; null texts have none."""
    joined = [text or "" for text in texts.to_pylist()]
    lengths = np.fromiter((len(text) for text in joined), np.int64, len(joined))
    letters = np.frombuffer("".join(joined).encode("utf-32-le"), np.uint32).astype(np.uint64)
    if len(letters) < SHINGLE:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    owner = np.repeat(np.arange(len(joined)), lengths)
    grams = letters[:-2] << np.uint64(42) | letters[1:-1] << np.uint64(21) | letters[2:]
    whole = owner[:-2] == owner[2:]
    owner, grams = owner[:-2][whole], grams[whole]
    order = np.lexsort((grams, owner))
    owner, grams = owner[order], grams[order]
    first = np.append(True, (owner[1:] != owner[:-1]) | (grams[1:] != grams[:-1])) if len(owner) else np.zeros(0, bool)
    return owner[first], grams[first]


def _telling(owner: Ints, grams: Words, texts: int) -> tuple[Ints, Words]:
    """Without the trigrams that very many texts use."""
    _, inverse, counts = np.unique(grams, return_inverse=True, return_counts=True)
    rare = counts[inverse] <= max(COMMON_FLOOR, COMMON_SHARE * texts)
    return owner[rare], grams[rare]


def _signatures(grams: Words, begins: Ints) -> NDArray[np.uint32]:
    """(texts, HASHES) least values of multiplicative hashes; one hash at a time, so memory stays at the trigrams' own size."""
    rng = np.random.default_rng(20170703)  # fixed: the same texts give the same pairs in every run
    signatures = np.empty((len(begins), HASHES), np.uint32)
    for place, (factor, shift) in enumerate(rng.integers(1, 1 << 62, (HASHES, 2), dtype=np.uint64)):
        mixed = (grams ^ shift) * (factor | np.uint64(1))
        mixed ^= mixed >> np.uint64(29)
        signatures[:, place] = np.minimum.reduceat((mixed * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(32), begins)
    return signatures


def _candidates(signatures: NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Pairs that agree in a band."""
    found, count = [], len(signatures)  # a pair as one number, left × count + right: numbers are sorted ten times as fast as pairs
    for band in range(0, HASHES, ROWS):
        key = np.zeros(len(signatures), np.uint64)
        for column in range(band, band + ROWS):
            key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ signatures[:, column]
        order = np.argsort(key, kind="stable")
        ends = np.flatnonzero(np.append(key[order][1:] != key[order][:-1], True)) + 1
        sizes = np.diff(np.append(0, ends))
        reach = np.repeat(np.where(sizes > BUCKET, 1, sizes), sizes)
        rest = np.repeat(ends, sizes) - np.arange(len(order)) - 1  # texts of the bucket that come after this one
        for step in range(1, min(BUCKET, int(sizes.max(initial=1)))):
            here = np.flatnonzero((rest >= step) & (reach >= step))
            one, other = order[here], order[here + step]
            found.append(np.minimum(one, other) * count + np.maximum(one, other))
    pairs = np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs  # np.unique would hash them first: slower here
    return pairs // count, pairs % count
