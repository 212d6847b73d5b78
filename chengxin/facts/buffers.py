"""The raw memory of Arrow columns as numpy arrays, for the compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def strings(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """(offsets, bytes) of a string array, without a copy; a null has length 0 (Arrow writers leave it so; `as_strings` mends others)."""
    _, offsets, data = column.buffers()
    if len(column) == 0 or offsets is None:
        return _read_only(np.zeros(len(column) + 1, dtype=np.int32)), _EMPTY
    places = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    held = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else _EMPTY
    return _read_only(places), _read_only(held)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Always read-only, whatever the memory: each other kind of array would compile every loop once more."""
    array.flags.writeable = False
    return array


_EMPTY = _read_only(np.zeros(1, dtype=np.uint8))


def valid(column: pa.Array) -> NDArray[np.bool_]:
    """Where the column has a value."""
    if column.null_count == 0:
        return np.ones(len(column), dtype=np.bool_)
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False))


def as_strings(column: pa.Array) -> pa.Array:
    """As `string` with 32-bit offsets, nulls of length 0 (other writers may leave bytes under a null)."""
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    if column.null_count == 0:
        return column
    offsets, _ = strings(column)
    if np.diff(offsets)[~valid(column)].any():
        return pa.array(column.to_pylist(), pa.string())
    return column


def plain(column: pa.Array) -> pa.Array:
    """Without its dictionary, if it has one."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def whole_numbers(column: pa.Array) -> NDArray[np.int64]:
    """The values of an int64 array, without a copy; under a null lies whatever the writer left."""
    _, data = column.buffers()
    held = np.frombuffer(data, dtype=np.int64) if data is not None and len(column) else np.zeros(0, np.int64)
    return _read_only(held[column.offset : column.offset + len(column)])
