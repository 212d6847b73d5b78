"""The warm jail serves file after file; its limits hold for each."""

from __future__ import annotations

import resource
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.facts import columnar

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
