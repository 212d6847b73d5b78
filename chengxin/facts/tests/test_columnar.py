"""The warm jail serves file after file; its limits hold for each."""

from __future__ import annotations

import resource
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.facts import columnar
from chengxin.facts.errors import Damaged
from chengxin.facts.kinds import kind

MOST = columnar.Most(rows=300_000, memory_mb=512, seconds=10)


def seconds_used(child: columnar._Child) -> float:
    fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_a_child_that_has_worked_for_seconds_takes_the_next_file(tmp_path: Path) -> None:
    """The limit of processor time moves with each file, also for a process that may not raise a hard limit."""
    number = pa.array([f"T{number:012d}" for number in range(200_000)])
    pq.write_table(pa.table({name: number for name in ("order_no", "shop_id", "buyer", "sku", "title")}), tmp_path / "file")
    order = {"path": str(tmp_path / "file"), "answer": str(tmp_path / "answer"), "format": "parquet", "kind": "order", "headers": None}
    child = columnar._Child(MOST)
    try:
        for _ in range(200):
            assert child.ask({**order, "rows": MOST.rows})["hard"] == ""
            if seconds_used(child) > 2:
                break
        assert seconds_used(child) > 2
        soft, hard = resource.prlimit(child.process.pid, resource.RLIMIT_CPU)
        assert 10 < soft < 20 < hard
    finally:
        child.kill()


@pytest.mark.parametrize(("group", "cut"), [(1000, 1000), (300, 700), (5000, 1024), (700, 10_000), (1, 3)])
def test_pieces_are_the_file_in_its_order(tmp_path: Path, group: int, cut: int) -> None:
    """Small row groups are put together, large ones cut; no row is lost or doubled."""
    numbers = [f"T{number}" for number in range(2_000 if group > 1 else 20)]
    pq.write_table(pa.table({"order_no": numbers, "unknown": numbers}), tmp_path / "file", row_group_size=group)
    found = columnar.pieces(tmp_path / "file", MOST, cut)
    assert all(piece.rows <= cut for piece in found)
    read = [columnar.read(kind("order"), tmp_path / "file", "parquet", None, MOST, piece)[0].table for piece in found]
    assert pa.concat_tables(read)["order_no"].to_pylist() == numbers
    assert [table.num_rows for table in read] == [piece.rows for piece in found]


def test_a_file_that_is_no_parquet_is_named_when_it_is_cut(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"PAR1 and nothing more PAR1")
    with pytest.raises(Damaged):
        columnar.pieces(tmp_path / "file", MOST, 10)
