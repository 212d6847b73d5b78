"""From rows as sent to rows of the lake: check every column, set bad rows aside, replace persons by pseudonyms, digest each row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from chengxin.facts import columns as column_checks
from chengxin.facts import kernels
from chengxin.facts.buffers import plain, strings, valid, whole_numbers
from chengxin.facts.columns import Clean
from chengxin.facts.kinds import REFERENCES, Column, Kind
from chengxin.facts.oddities import EPOCH, MICROSECOND
from chengxin.facts.reading import Sent, known_columns, plain_text
from chengxin.facts.reasons import Problem
from chengxin.facts.rules import broken_rules
from chengxin.facts.tokens import column_tokens
from chengxin.kernel import encryption

CITY_WIDE = "id:"  # a reference that starts so is an identity all platforms share


@dataclass
class Checked:
    """Good rows as lake columns (without `batch`), in the order sent, and the problems of the others.

    numbers: row number in the file per good row; fact, content: int64 per good row; times: microseconds UTC per good row;
    shops: the shop ids the good rows name; bad: file row numbers set aside; marks: a digest of each row set aside.
    """

    kind: Kind
    table: pa.Table
    numbers: NDArray[np.int64]
    fact: NDArray[np.int64]
    content: NDArray[np.int64]
    times: NDArray[np.int64]
    shops: list[str]
    problems: list[Problem]
    marks: list[str]


def check(kind: Kind, platform: str, sent: Sent, now: datetime) -> Checked:
    """Check all rows. Problems carry the row's number in the file."""
    known, _ = known_columns(kind, sent.table.column_names)
    header = {name: place for place, name in known.items()}
    cleaned = _clean_all(kind, sent, header, (now - EPOCH) // MICROSECOND)
    problems = _problems(kind, sent, cleaned)
    bad = np.unique(np.array([problem.row for problem in problems], dtype=np.int64))
    marks = [_mark(sent, header, row) for row in bad.tolist()] + [problem.mark for problem in sent.unread]
    numbered = [_renumbered(problem, int(sent.numbers[problem.row])) for problem in problems]
    good = np.ones(len(sent.numbers), np.bool_)
    good[bad] = False
    if len(bad):
        cleaned = {name: _only(column, good) for name, column in cleaned.items()}
    return _lake_rows(kind, platform, cleaned, sent.numbers[good], numbered + sent.unread, marks)


def _clean_all(kind: Kind, sent: Sent, header: Mapping[str, str], now_us: int) -> dict[str, Clean]:
    rows = len(sent.numbers)
    cleaned: dict[str, Clean] = {}
    for column in kind.columns:
        fen = f"{column.name}_fen"
        name = header.get(column.name) or header.get(fen)
        if name is None:
            cleaned[column.name] = column_checks.absent(column, rows)
        else:
            cleaned[column.name] = column_checks.clean(column, _one_array(sent.table[name]), now_us, fen=column.name not in header)
    return cleaned


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _problems(kind: Kind, sent: Sent, cleaned: Mapping[str, Clean]) -> list[Problem]:
    """Reading, column and rule problems of rows in the table; a cell that could not be read is not also missing."""
    known, _ = known_columns(kind, sent.table.column_names)
    cells = [Problem(cell.row, known.get(cell.field, cell.field), cell.code, cell.value) for cell in sent.cells]
    named = {(cell.row, cell.field) for cell in cells}
    found = [problem for column in cleaned.values() for problem in column.problems if (problem.row, problem.field) not in named]
    wrong = {problem.row for problem in cells + found}  # a rule about two columns has nothing to say while one of them is wrong
    return cells + found + [problem for problem in broken_rules(kind, cleaned) if problem.row not in wrong]


def _renumbered(problem: Problem, number: int) -> Problem:
    return Problem(number, problem.field, problem.code, problem.value, problem.data)


def _mark(sent: Sent, header: Mapping[str, str], row: int) -> str:
    """A digest of a row set aside, from its values as text, so that the same bad row is known again in another format."""
    values = {name: plain_text(sent.table[place][row].as_py()) for name, place in header.items()}
    text = "\x1f".join(f"{name}={values[name]}" for name in sorted(values) if values[name] not in (None, ""))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _only(column: Clean, good: NDArray[np.bool_]) -> Clean:
    numbers = None if column.numbers is None else column.numbers[good]
    texts = None if column.texts is None else column.texts.filter(pa.array(good))
    return Clean(column.present[good], numbers, texts)


def _lake_rows(
    kind: Kind, platform: str, cleaned: Mapping[str, Clean], numbers: NDArray[np.int64], problems: list[Problem], marks: list[str]
) -> Checked:
    rows = len(numbers)
    fact = column_tokens(kind.kind, _key_texts(kind, cleaned), f"{platform}/")
    content = np.zeros(rows, np.uint64)
    names, arrays = ["fact", "platform"], [pa.array(fact), pa.array([platform], pa.string()).take(pa.array(np.zeros(rows, np.int32)))]
    for column in kind.columns:
        kept = _kept(kind, column, cleaned, platform)
        _digest(content, kind, column, kept)
        names += kept
        arrays += kept.values()
    digest = content.view(np.int64)
    table = pa.table([*arrays, pa.array(digest)], names=[*names, "content"])
    times = cast(NDArray[np.int64], cleaned[kind.time].numbers)
    return Checked(kind, table, numbers, fact, digest, times, _shops(cleaned), problems, marks)


def _key_texts(kind: Kind, cleaned: Mapping[str, Clean]) -> pa.Array:
    """The parts of the key as one text; times count in microseconds UTC."""
    parts = [_as_text(cleaned[name]) for name in kind.key]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "/")


def _as_text(column: Clean) -> pa.Array:
    return pa.array(column.numbers).cast(pa.string()) if column.texts is None else plain(column.texts)


def _kept(kind: Kind, column: Column, cleaned: Mapping[str, Clean], platform: str) -> dict[str, pa.Array]:
    """The lake's columns of one input column."""
    checked = cleaned[column.name]
    if column.domain:
        own = f"{platform}/" if column.type == "person" else ""
        bare = CITY_WIDE if column.type == "person" else ""
        return {column.name: _tokens(column.domain, cast(pa.Array, checked.texts), own, bare)}
    out: dict[str, pa.Array] = {}
    for name, kind_of in kind.kept(column):
        if name == REFERENCES.get(column.name):
            out[name] = _tokens(name, _reference(column, cleaned), f"{platform}/")
        else:
            out[name] = checked.arrow(kind_of)
    return out


def _reference(column: Column, cleaned: Mapping[str, Clean]) -> pa.Array:
    """The text that a reference is hashed from: a product is named within its shop."""
    own = cast(pa.Array, cleaned[column.name].texts)
    if column.name != "sku":
        return own
    return pc.binary_join_element_wise(plain(cast(pa.Array, cleaned["shop_id"].texts)), plain(own), "/")


def _tokens(domain: str, texts: pa.Array, prefix: str, bare: str = "") -> pa.Array:
    """Tokens as int64, null where the text is null; columns of few values are hashed once per value."""
    if pa.types.is_dictionary(texts.type) or _few(texts):
        coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
        return pa.array(column_tokens(domain, coded.dictionary, prefix, bare)).take(coded.indices)
    present = valid(texts)
    return pa.array(column_tokens(domain, texts, prefix, bare), mask=None if present.all() else ~present)


def _few(texts: pa.Array) -> bool:
    """Whether a sample of the column repeats itself enough for a dictionary to pay."""
    if len(texts) < 1000:
        return False
    sample = texts.slice(len(texts) // 2, 256)
    return len(sample.unique()) < 96


def _digest(content: NDArray[np.uint64], kind: Kind, column: Column, kept: Mapping[str, pa.Array]) -> None:
    """Mix the column into the row digests; the key is in `fact` already, and of text and token of one reference one is enough."""
    if column.name in kind.key:
        return
    name = list(kept)[-1]
    array = kept[name]
    if pa.types.is_string(array.type):
        kernels.stir_texts(content, *strings(array), _salt(name))
    elif pa.types.is_dictionary(array.type):
        entries = np.zeros(len(array.dictionary), np.uint64)
        kernels.stir_texts(entries, *strings(array.dictionary), _salt(name))
        there = valid(array)
        content[there] ^= entries[array.indices.filter(pa.array(there)).to_numpy()]
    else:
        numbers = array if not pa.types.is_boolean(array.type) else array.cast(pa.int8())
        kernels.stir_ints(content, whole_numbers(numbers.cast(pa.int64())), valid(array), _salt(name))


@cache
def _salt(name: str) -> np.uint64:
    return np.uint64(encryption.keyed_token("content", name))


def _shops(cleaned: Mapping[str, Clean]) -> list[str]:
    shops = cleaned.get("shop_id")
    return [] if shops is None else [shop for shop in plain(cast(pa.Array, shops.texts).unique()).to_pylist() if shop is not None]
