"""Edges in a file give the answers of edges in memory, whichever way they are passed over."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.detection.engine import WEIGHTINGS, WHOLE, Edges, ParquetEdges, TimeWindow, dense_blocks
from chengxin.detection.engine import outofcore as module

from .conftest import planted


@pytest.fixture
def data():
    return planted(7, n_rows=1000, n_cols=300, edges=5_000)


def file(tmp_path, data, ids=np.int32):
    path = tmp_path / "edges.parquet"
    at = pa.array(data.at * 1_000_000, pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table({"buyer": data.rows.astype(ids), "shop": data.cols.astype(ids), "at": at}), path, row_group_size=4096)
    return path


@pytest.mark.parametrize("form", ["stream", "sql"])
@pytest.mark.parametrize("tight", [True, False])
def test_a_file_gives_the_blocks_of_memory(tmp_path, data, form, tight, monkeypatch):
    """`tight`: hardly an edge fits in memory, so every pass runs over the file."""
    if tight:
        monkeypatch.setattr(module, "EDGE_BYTES", 10**6)
        monkeypatch.setattr(module, "NODE_BYTES", 0)
    source = ParquetEdges(file(tmp_path, data), tmp_path / "spill", "buyer", "shop", "at", memory_mb=200, form=form)
    windows = (WHOLE, TimeWindow("march", 30 * 86_400, 60 * 86_400)) if tight else (WHOLE, (30, 15))
    options = {"weightings": ("log", "symmetric"), "windows": windows, "blocks": 1 if tight else 2, "least_surprise": float("-inf")}
    found = dense_blocks(source, **options)
    assert found == dense_blocks(Edges.from_ids(data.rows, data.cols, data.at), **options)
    assert data.ring_rows & set(found[0].rows)


def test_identifiers_of_any_size_go_by_sql(tmp_path, data):
    data.rows = data.rows * 4_000_000_007 + 11
    source = ParquetEdges(file(tmp_path, data, np.int64), tmp_path / "spill", "buyer", "shop", memory_mb=200)
    assert dense_blocks(source, WEIGHTINGS) == dense_blocks(Edges.from_ids(data.rows, data.cols), WEIGHTINGS)


def test_the_temp_folder_is_left_empty(tmp_path, data):
    source = ParquetEdges(file(tmp_path, data), tmp_path / "spill", "buyer", "shop", "at", memory_mb=200)
    dense_blocks(source, ("log",), ((30, 15),))
    del source
    assert not list((tmp_path / "spill").glob("*.parquet"))
