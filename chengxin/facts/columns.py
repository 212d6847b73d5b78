"""From a column as it was read to the columns that the lake keeps: compiled loops for the plain forms, `oddities` for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from chengxin.facts import kernels, oddities
from chengxin.facts.buffers import as_strings, strings, valid
from chengxin.facts.kinds import TIME, Column
from chengxin.facts.oddities import MOST_FEN, Odd
from chengxin.facts.reasons import Problem

OLDEST_US = 946_684_800_000_000  # 2000-01-01: nothing older was traded online here, so an older year is a mistake
AHEAD_US = 15 * 60 * 1_000_000  # clocks of platforms may run ahead by this much


@dataclass
class Clean:
    """A checked column: numbers as int64 with `present`, texts as an Arrow string array (null where absent), which may be a dictionary
    of distinct texts where the file had one."""

    present: NDArray[np.bool_]
    numbers: NDArray[np.int64] | None = None
    texts: pa.Array | None = None
    problems: list[Problem] = field(default_factory=list)

    def arrow(self, kept: pa.DataType) -> pa.Array:
        """The column as the lake's type."""
        if self.texts is not None:
            return self.texts
        numbers = cast(NDArray[np.int64], self.numbers)
        if pa.types.is_boolean(kept):
            return pa.array(numbers != 0, mask=~self.present)
        array = pa.array(numbers, mask=None if self.present.all() else ~self.present)
        return array.cast(TIME) if pa.types.is_timestamp(kept) else array


def clean(column: Column, raw: pa.Array, now_us: int, fen: bool = False) -> Clean:
    """Check one column. fen: the integers are fen already (`<name>_fen`)."""
    if pa.types.is_null(raw.type):
        raw = raw.cast(pa.string())
    checked = _by_entries(column, raw, fen) if pa.types.is_dictionary(raw.type) else _READERS.get(column.type, _text)(column, raw, fen)
    if checked.numbers is not None:
        _within(column, checked, now_us)
    if column.required:
        _all_present(column, checked)
    return checked


def _by_entries(column: Column, raw: pa.DictionaryArray, fen: bool) -> Clean:
    """A column that came as a dictionary: each entry is read once. It stays one when every entry is fine as it is; when one had to be
    mended, is missing or is there twice, the rows are looked at one by one, so that their problems are named."""
    entries = as_strings(raw.dictionary) if _is_text(raw.dictionary.type) else raw.dictionary
    read = _READERS.get(column.type, _text)(column, entries, fen)
    if read.problems or not read.present.all() or not len(entries):
        return _READERS.get(column.type, _text)(column, raw.dictionary_decode(), fen)
    present = valid(raw)
    codes = pc.fill_null(raw.indices, 0).to_numpy(zero_copy_only=False)
    if read.numbers is not None:
        return Clean(present, numbers=np.where(present, read.numbers[codes], 0))
    texts = cast(pa.Array, read.texts)
    if not texts.equals(entries) or len(texts.unique()) < len(texts):
        return _READERS.get(column.type, _text)(column, raw.dictionary_decode(), fen)
    return Clean(present, texts=pa.DictionaryArray.from_arrays(raw.indices.cast(pa.int32()), texts))


def absent(column: Column, rows: int) -> Clean:
    """A column that the file does not have."""
    if column.default is not None:
        return Clean(np.ones(rows, np.bool_), numbers=np.full(rows, column.default, np.int64))
    if column.type in ("int", "money", "time", "bool"):
        empty = Clean(np.zeros(rows, np.bool_), numbers=np.zeros(rows, np.int64))
    else:
        empty = Clean(np.zeros(rows, np.bool_), texts=pa.nulls(rows, pa.string()))
    if column.required:
        _all_present(column, empty)
    return empty


def _all_present(column: Column, checked: Clean) -> None:
    named = {problem.row for problem in checked.problems}
    for row in np.flatnonzero(~checked.present).tolist():
        if row not in named:
            checked.problems.append(Problem(row, column.name, "missing"))


def _within(column: Column, checked: Clean, now_us: int) -> None:
    numbers = cast(NDArray[np.int64], checked.numbers)
    if column.default is not None:
        numbers[~checked.present] = column.default
        checked.present[:] = True
    limits: list[tuple[str, NDArray[np.bool_], dict[str, Any]]] = []
    if column.type == "int":
        if column.min is not None:
            limits.append(("too_small", numbers < column.min, {"min": column.min}))
        if column.max is not None:
            limits.append(("too_big", numbers > column.max, {"max": column.max}))
    elif column.type == "money":
        limits.append(("negative_amount", numbers < 0, {}))
        limits.append(("amount_too_big", numbers > MOST_FEN, {}))
    elif column.type == "time":
        limits.append(("too_old", numbers < OLDEST_US, {}))
        if not column.future:
            limits.append(("in_the_future", numbers > now_us + AHEAD_US, {}))
    named = {problem.row for problem in checked.problems}
    for code, wrong, data in limits:
        for row in np.flatnonzero(wrong & checked.present).tolist():
            if row not in named:
                checked.problems.append(Problem(row, column.name, code, _said(column, int(numbers[row])), data))


def _said(column: Column, number: int) -> str:
    if column.type == "money":
        return f"{number / 100:.2f}"
    return pa.scalar(number, TIME).as_py().isoformat() if column.type == "time" else str(number)


# -- numbers ------------------------------------------------------------------------------------------------------------------


def _parsed(column: Column, raw: pa.Array, read: Callable[..., Any], second: Callable[[Column, str], int | None]) -> Clean:
    """Numbers from text: `read` for the plain forms, `second` for each one it flags."""
    texts = as_strings(raw)
    offsets, data = strings(texts)
    numbers, fine = read(offsets, data)
    present = valid(texts) & (np.diff(offsets) > 0)
    checked = Clean(present, numbers=numbers)
    for row in np.flatnonzero(~fine & present).tolist():
        _again(column, checked, row, texts[row].as_py(), second)
    return checked


def _again(column: Column, checked: Clean, row: int, value: str, second: Callable[[Column, str], int | None]) -> None:
    numbers = cast(NDArray[np.int64], checked.numbers)
    try:
        number = second(column, value)
    except Odd as odd:
        checked.problems.append(Problem(row, column.name, odd.code, value, odd.data))
        number = None
    checked.present[row] = number is not None
    numbers[row] = number or 0


def _wrong_type(column: Column, raw: pa.Array, code: str) -> Clean:
    present = valid(raw)
    problems = [Problem(row, column.name, code, str(raw[row].as_py())) for row in np.flatnonzero(present).tolist()]
    return Clean(np.zeros(len(raw), np.bool_), numbers=np.zeros(len(raw), np.int64), problems=problems)


def _plain_numbers(raw: pa.Array, kind: pa.DataType) -> NDArray[Any]:
    return cast(NDArray[Any], pc.fill_null(raw.cast(kind), 0).to_numpy(zero_copy_only=False))


def _ints(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_uint64(raw.type) or pa.types.is_floating(raw.type) or pa.types.is_decimal(raw.type):
        return _parsed(column, _number_texts(raw), kernels.read_ints, oddities.whole)
    if pa.types.is_integer(raw.type):
        return Clean(valid(raw), numbers=_plain_numbers(raw, pa.int64()).copy())
    if _is_text(raw.type):
        return _parsed(column, raw, kernels.read_ints, oddities.whole)
    return _wrong_type(column, raw, "not_a_number")


def _money(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if fen:
        return _ints(column, raw, fen)
    if pa.types.is_integer(raw.type) and not pa.types.is_uint64(raw.type):
        yuan = _plain_numbers(raw, pa.int64())
        return Clean(valid(raw), numbers=np.where(np.abs(yuan) > MOST_FEN, MOST_FEN + np.sign(yuan), yuan * 100))
    if pa.types.is_floating(raw.type):
        return _money_floats(column, raw)
    if pa.types.is_decimal(raw.type) and raw.type.scale <= 2 and raw.type.precision <= 18:
        return Clean(valid(raw), numbers=_plain_numbers(pc.multiply(raw, pa.scalar(100)), pa.int64()).copy())
    if pa.types.is_decimal(raw.type) or pa.types.is_uint64(raw.type):
        return _parsed(column, _number_texts(raw), kernels.read_money, oddities.money)
    if _is_text(raw.type):
        return _parsed(column, raw, kernels.read_money, oddities.money)
    return _wrong_type(column, raw, "not_money")


def _money_floats(column: Column, raw: pa.Array) -> Clean:
    """A float is an amount when it is the float nearest to some whole number of fen; others have more decimals than money has."""
    yuan = _plain_numbers(raw, pa.float64())
    fen = np.rint(np.where(np.isfinite(yuan), yuan, 0) * 100)
    fine = (fen / 100 == yuan) & (np.abs(fen) <= MOST_FEN)
    checked = Clean(valid(raw), numbers=np.where(fine, fen, 0).astype(np.int64))
    for row in np.flatnonzero(~fine & checked.present).tolist():
        _again(column, checked, row, repr(float(yuan[row])), oddities.money)
    return checked


def _number_texts(raw: pa.Array) -> pa.Array:
    if pa.types.is_floating(raw.type):
        return pa.array([None if value is None else repr(value) for value in raw.to_pylist()], pa.string())
    return raw.cast(pa.string())


def _times(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_timestamp(raw.type):
        return Clean(valid(raw), numbers=_utc(raw))
    if pa.types.is_date(raw.type):
        return Clean(valid(raw), numbers=_utc(raw.cast(pa.timestamp("us"))))
    if _is_text(raw.type):
        return _parsed(column, raw, kernels.read_times, oddities.moment)
    return _wrong_type(column, raw, "not_a_time")


def _utc(raw: pa.Array) -> NDArray[np.int64]:
    """Microseconds UTC; a timestamp without a zone is city time."""
    numbers = _plain_numbers(raw.cast(pa.timestamp("us", raw.type.tz), safe=False).cast(pa.int64()), pa.int64())
    return numbers.copy() if raw.type.tz else numbers - kernels.CITY_OFFSET_US


def _bools(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_boolean(raw.type):
        return Clean(valid(raw), numbers=_plain_numbers(raw.cast(pa.int8()), pa.int64()).copy())
    texts = pc.fill_null(as_strings(raw if _is_text(raw.type) else raw.cast(pa.string())), "").dictionary_encode()
    return _by_dictionary_numbers(column, texts)


def _by_dictionary_numbers(column: Column, texts: pa.DictionaryArray) -> Clean:
    values, problems = _each_value(column, texts, oddities.yes_no)
    known = np.array([-1 if value is None else value for value in values] or [-1], dtype=np.int64)
    numbers = known[texts.indices.to_numpy(zero_copy_only=False)] if len(texts) else np.zeros(0, np.int64)
    return Clean(numbers >= 0, numbers=np.maximum(numbers, 0), problems=problems)


def _each_value(column: Column, texts: pa.DictionaryArray, read: Callable[[Column, str], Any]) -> tuple[list[Any], list[Problem]]:
    """The reading of each dictionary entry (None where odd), and a problem for every row that has an odd one."""
    given = texts.dictionary.to_pylist()
    values: list[Any] = []
    odd: dict[int, Odd] = {}
    for place, value in enumerate(given):
        try:
            values.append(read(column, value))
        except Odd as found:
            odd[place] = found
            values.append(None)
    if not odd:
        return values, []
    codes = texts.indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(np.isin(codes, list(odd)))
    pairs = zip(rows.tolist(), codes[rows].tolist(), strict=True)
    return values, [Problem(row, column.name, odd[place].code, given[place], odd[place].data) for row, place in pairs]


# -- texts --------------------------------------------------------------------------------------------------------------------


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(raw: pa.Array) -> pa.Array:
    """As strings: platforms send ids as numbers too."""
    if _is_text(raw.type):
        return as_strings(raw)
    if pa.types.is_floating(raw.type):
        values = ((None if value is None else repr(value).removesuffix(".0")) for value in raw.to_pylist())
        return pa.array(list(values), pa.string())
    return raw.cast(pa.string())


def _text(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_nested(raw.type) or pa.types.is_binary(raw.type) or pa.types.is_large_binary(raw.type):
        return _no_text(column, raw)
    texts = _texts(raw)
    offsets, data = strings(texts)
    fine, empty = kernels.plain_texts(offsets, data, column.max or 128, column.identifier, column.free)
    return _repaired(column, texts, fine, empty, oddities.text)


def _no_text(column: Column, raw: pa.Array) -> Clean:
    wrong = _wrong_type(column, raw, "nested" if pa.types.is_nested(raw.type) else "not_text")
    return Clean(wrong.present, texts=pa.nulls(len(raw), pa.string()), problems=wrong.problems)


def _repaired(
    column: Column, texts: pa.Array, fine: NDArray[np.bool_], empty: NDArray[np.bool_], second: Callable[[Column, str], str]
) -> Clean:
    """Take the fine ones as they are; look twice at the others and put the repaired text in their place."""
    problems: list[Problem] = []
    odd_rows = np.flatnonzero(~fine)
    if len(odd_rows):
        changed: list[str | None] = []
        for row in odd_rows.tolist():
            value = texts[row].as_py()
            try:
                changed.append(second(column, value) or None)
            except Odd as odd:
                problems.append(Problem(row, column.name, odd.code, value, odd.data))
                changed.append(None)
        texts = pc.replace_with_mask(texts, pa.array(~fine), pa.array(changed, pa.string()))
    if texts.null_count != int(empty.sum()):
        texts = pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), texts)
    return Clean(valid(texts), texts=texts, problems=problems)


def _codes(column: Column, raw: pa.Array, fen: bool) -> Clean:
    return _by_dictionary(column, raw, oddities.code)


def _divisions(column: Column, raw: pa.Array, fen: bool) -> Clean:
    return _by_dictionary(column, raw, oddities.division)


def _by_dictionary(column: Column, raw: pa.Array, read: Callable[[Column, str], str]) -> Clean:
    """Columns of few distinct values: look at each value once."""
    if pa.types.is_nested(raw.type) or pa.types.is_binary(raw.type) or pa.types.is_large_binary(raw.type):
        return _no_text(column, raw)
    texts = pc.fill_null(_texts(raw), "").dictionary_encode()
    values, problems = _each_value(column, texts, read)
    cleaned = pa.array([value or None for value in values], pa.string()).take(texts.indices)
    return Clean(valid(cleaned), texts=cleaned, problems=problems)


def _gtins(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_nested(raw.type):
        return _no_text(column, raw)
    texts = _texts(raw)
    offsets, data = strings(texts)
    fine = kernels.digit_strings(offsets, data, np.array([8, 12, 13, 14]))
    fine &= kernels.gtin_checks(offsets, data, fine)
    return _repaired(column, texts, fine, np.diff(offsets) == 0, oddities.gtin)


def _hashes(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_nested(raw.type):
        return _no_text(column, raw)
    texts = _texts(raw)
    offsets, data = strings(texts)
    return _repaired(column, texts, kernels.hex_strings(offsets, data), np.diff(offsets) == 0, oddities.digest)


def _ips(column: Column, raw: pa.Array, fen: bool) -> Clean:
    if pa.types.is_nested(raw.type):
        return _no_text(column, raw)
    texts = _texts(raw)
    offsets, data = strings(texts)
    return _repaired(column, texts, kernels.ipv4_strings(offsets, data), np.diff(offsets) == 0, oddities.ip)


_READERS: dict[str, Callable[[Column, pa.Array, bool], Clean]] = {
    "int": _ints,
    "money": _money,
    "time": _times,
    "bool": _bools,
    "code": _codes,
    "division": _divisions,
    "gtin": _gtins,
    "hash": _hashes,
    "ip": _ips,
}
