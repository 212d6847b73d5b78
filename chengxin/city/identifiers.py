"""Identifiers of people, things and papers, column-wise. Honest and planted rows draw from the same sequences: no id tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY

Bytes = NDArray[np.uint8]

DEMO_DIVISION = "230499"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: 31 characters, no I O Z S V
USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def shuffled(numbers: Ints, bits: int, salt: int) -> Ints:
    """A bijection of [0, 2**bits) that scatters running numbers, so that an id does not say when its owner joined."""
    mask = np.uint64((1 << bits) - 1)
    half = np.uint64(max(1, bits // 2))
    value = numbers.astype(np.uint64) & mask
    for turn in range(3):
        odd = np.uint64(((salt * 2654435761 + turn * 40503 + 12345) | 1) & ((1 << bits) - 1))
        value = (value * odd) & mask
        value ^= value >> half
        value = (value + np.uint64((salt * 7919 + turn * 104729) & ((1 << bits) - 1))) & mask
    return value.astype(np.int64)


def digits(numbers: Ints, width: int) -> Bytes:
    """ASCII decimal digits, (n, width), with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers[None, :] % 10 + 48).astype(np.uint8)


def hexadecimals(numbers: Ints, width: int) -> Bytes:
    """ASCII hexadecimal digits, (n, width)."""
    shifts = np.arange(width - 1, -1, -1, dtype=np.int64) * 4
    return np.asarray(_HEX[(numbers[:, None] >> shifts[None, :]) & 15])


def letters(words: Sequence[str], codes: Ints) -> Bytes:
    """ASCII words of equal length chosen by codes, (n, length)."""
    table = np.frombuffer("".join(words).encode(), dtype=np.uint8).reshape(len(words), -1)
    return np.asarray(table[codes])


def texts(*blocks: Bytes) -> pa.StringArray:
    """Strings made of character blocks side by side, one per row."""
    rows = np.ascontiguousarray(np.hstack(blocks))
    offsets = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
    large = pa.LargeStringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(rows))
    return large.cast(pa.string())


def days(seconds: Ints, start: date) -> Bytes:
    """yymmdd of instants, (n, 6)."""
    last = int(seconds.max(initial=0)) // DAY + 1
    calendar = [f"{start + timedelta(days=n):%y%m%d}" for n in range(last + 1)]
    return letters(calendar, seconds // DAY)


def numbered(groups: Ints, firsts: Ints) -> Ints:
    """A running number within each group, in row order, from firsts[group]. `firsts` is moved on to the next free number of each group."""
    order = np.argsort(groups, kind="stable")
    counts = np.bincount(groups, minlength=len(firsts))
    before = np.concatenate([[0], np.cumsum(counts)[:-1]])
    result = np.empty(len(groups), dtype=np.int64)
    result[order] = np.arange(len(groups)) - np.repeat(before, counts) + np.repeat(firsts, counts)
    firsts += counts
    return result


def usccs(classes: Sequence[str], numbers: Ints) -> pa.StringArray:
    """Unified social credit codes (GB 32100-2015) in the unassigned demo division: registrar and class (two characters), 230499, nine
    characters of subject code, and the check character."""
    rows = np.hstack(
        [letters(classes, np.arange(len(classes))), letters([DEMO_DIVISION], np.zeros(len(numbers), np.int64)), digits(numbers, 9)]
    )
    values = np.array([USCC_ALPHABET.find(chr(code)) for code in range(128)])[rows]
    check = (31 - values @ USCC_WEIGHTS % 31) % 31
    return texts(rows, letters(list(USCC_ALPHABET), check))


def resident_ids(numbers: Ints) -> pa.StringArray:
    """Resident id numbers (GB 11643) that nobody can have: the demo division, a birth year 18xx, and the check character."""
    born = 18_000_101 + numbers % 80 * 10_000 + numbers // 80 % 12 * 100 + numbers // 960 % 28
    division = letters([DEMO_DIVISION], np.zeros(len(numbers), np.int64))
    rows = np.hstack([division, digits(born, 8), digits(numbers // 26_880 % 1000, 3)])
    total = (rows.astype(np.int64) - 48) @ np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    return texts(rows, letters(list("10X98765432"), total % 11))


def gtins(numbers: Ints) -> pa.StringArray:
    """GTIN-13 with the prefix 952 that GS1 keeps for examples, nine running digits and the check digit."""
    rows = np.hstack([letters(["952"], np.zeros(len(numbers), np.int64)), digits(numbers, 9)])
    total = (rows.astype(np.int64) - 48) @ np.array([1, 3] * 6)
    return texts(rows, digits(-total % 10, 1))
