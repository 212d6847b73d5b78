"""The raw memory of Arrow columns as numpy arrays, for the compiled loops."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def strings(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """(offsets, bytes) of a string array, without a copy; a null has length 0 (Arrow writers leave it so; where they do not, see `tidy`)."""
    _, offsets, data = column.buffers()
    if len(column) == 0 or offsets is None:
        return np.zeros(len(column) + 1, dtype=np.int32), np.zeros(1, dtype=np.uint8)
    places = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    held = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, dtype=np.uint8)
    return places, held


def valid(column: pa.Array) -> NDArray[np.bool_]:
    """Where the column has a value."""
    if column.null_count == 0:
        return np.ones(len(column), dtype=np.bool_)
    return column.is_valid().to_numpy(zero_copy_only=False)


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
