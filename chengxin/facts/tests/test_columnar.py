"""The warm jail serves file after file; its limits hold for each."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.facts import checking, columnar
from chengxin.facts.errors import Damaged
from chengxin.facts.kinds import kind
from chengxin.facts.reading import Sent
from chengxin.kernel import jail

from .conftest import NOW

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


def parquet_orders(titles: list[str], shops: list[str]) -> pa.Table:
    """Order rows with these titles and shops in turn."""
    rows = 3000
    return pa.table(
        {
            "order_no": [f"T{number}" for number in range(rows)],
            "shop_id": [shops[number % len(shops)] for number in range(rows)],
            "buyer": [f"U{number % 700}" for number in range(rows)],
            "sku": [f"K{number % 40}" for number in range(rows)],
            "title": pa.array([titles[number % len(titles)] if number % 5 else None for number in range(rows)]),
            "qty": [str(1 + number % 3) for number in range(rows)],
            "paid": [f"{10 + number % 7}.50" for number in range(rows)],
            "dest_division": [f"23040{number % 7}" for number in range(rows)],
            "channel": ["web" if number % 2 else "app" for number in range(rows)],
            "ordered_at": pa.array([1_790_000_000_000_000 + 60_000_000 * number for number in range(rows)], pa.timestamp("us", "UTC")),
        }
    )


def checked_alike(table: pa.Table, tmp_path: Path, **options: Any) -> checking.Checked:
    """What the checks make of a table in a Parquet file: the same as of the table itself, which has no dictionaries."""
    pq.write_table(table, tmp_path / "file", **options)
    sent, _ = columnar.read(kind("order"), tmp_path / "file", "parquet", None, MOST)
    ours = checking.check(kind("order"), "p", sent, NOW)
    plain = checking.check(kind("order"), "p", Sent(table, sent.numbers), NOW)
    assert pa.table([texts(column) for column in ours.table.columns], names=ours.table.column_names).equals(plain.table)
    assert (ours.content == plain.content).all() and ours.shops == plain.shops and ours.marks == plain.marks
    assert ours.problems == plain.problems
    return ours


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


@pytest.mark.parametrize("group", [10_000, 700])
def test_columns_of_few_values_go_through_as_dictionaries(tmp_path: Path, group: int) -> None:
    titles = ["黑木耳 250 克", "大米"] if group > 3000 else [f"{number // 90} 号" for number in range(3000)]
    checked = checked_alike(parquet_orders(titles, ["S1", "S2", "S3"]), tmp_path, row_group_size=group)
    assert {"title", "sku", "dest_division"} <= {
        one for one in checked.table.column_names if pa.types.is_dictionary(checked.table[one].type)
    }


@pytest.mark.parametrize(
    ("titles", "shops"),
    [
        (["黑木耳 ", "黑木耳"], ["S1", "S2"]),
        (["", "大米"], ["S1", " S1"]),
        (["\x07", "大米"], ["S 1", "S2", "S3"]),
        (["长" * 2000, "大米"], ["S1", "=S2"]),
    ],
)
def test_entries_that_need_a_second_look_are_looked_at_row_by_row(tmp_path: Path, titles: list[str], shops: list[str]) -> None:
    checked_alike(parquet_orders(titles, shops), tmp_path)


def test_numbers_in_a_dictionary_are_read_once_each(tmp_path: Path) -> None:
    table = parquet_orders(["大米"], ["S1"])
    read = {
        name: Sent(table.set_column(place, name, table[name].dictionary_encode()), np.arange(1, 3001))
        for place, name in ((5, "qty"), (6, "paid"))
    }
    for name, sent in read.items():
        coded = checking.check(kind("order"), "p", sent, NOW)
        plain = checking.check(kind("order"), "p", Sent(table, sent.numbers), NOW)
        assert coded.table.equals(plain.table), name


def test_one_long_entry_that_every_row_names_does_not_unpack_in_the_parent(tmp_path: Path) -> None:
    """300 rows of a text of 4 MB: 4 MB in the file and in the answer, 1.2 GB as a text for each row."""
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(300, np.int32)), pa.array(["长" * ((4 << 20) // 3)]))
    with pa.OSFile(str(tmp_path / "file"), "wb") as sink, pa.ipc.new_file(sink, pa.schema([("title", column.type)])) as writer:
        writer.write_table(pa.table({"title": column}))
    with pytest.raises(jail.FileTooHard) as caught:
        columnar.read(kind("order"), tmp_path / "file", "arrow", None, MOST)
    assert caught.value.data["cause"] == "memory"


def test_arrow_files_keep_dictionaries_of_texts_only(tmp_path: Path) -> None:
    table = pa.table({"qty": pa.array([1, 2, 1]).dictionary_encode(), "title": pa.array(["a", "b", None]).dictionary_encode()})
    with pa.OSFile(str(tmp_path / "file"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    read = columnar.read(kind("order"), tmp_path / "file", "arrow", None, MOST)[0].table
    assert pa.types.is_int64(read["qty"].type) and pa.types.is_dictionary(read["title"].type)
    assert read["title"].to_pylist() == ["a", "b", None]
