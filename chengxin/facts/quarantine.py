"""Rows that were set aside: one small Parquet file per batch, so that even a file of nothing but errors costs one write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.facts import disk
from chengxin.facts.kinds import Kind
from chengxin.facts.models import Receipt
from chengxin.facts.reasons import Problem, shown

SCHEMA = pa.schema([("row", pa.int64()), ("field", pa.string()), ("value", pa.string()), ("code", pa.string()), ("data", pa.string())])


@dataclass(frozen=True)
class Written:
    """The file of a batch's problems."""

    path: str
    sha256: str


def write(kind: Kind, batch: UUID, problems: Sequence[Problem]) -> Written | None:
    """Write the problems in the order of their rows; None when there are none."""
    if not problems:
        return None
    ordered = sorted(problems, key=lambda problem: (problem.row, problem.field, problem.code))
    table = pa.table(
        [
            [problem.row for problem in ordered],
            [problem.field for problem in ordered],
            [shown(kind, problem.field, problem.value) for problem in ordered],
            [problem.code for problem in ordered],
            [json.dumps(problem.data, ensure_ascii=False) for problem in ordered],
        ],
        schema=SCHEMA,
    )
    name = f"quarantine/{kind.kind}/{batch}.parquet"
    with disk.draft(name) as path:
        pq.write_table(table, path, compression="zstd")
        sha = disk.sha256(path)
    return Written(name, sha)


def read(receipt: Receipt) -> list[Problem]:
    """The problems of a batch, in the order of their rows."""
    if not receipt.errors_path:
        return []
    table = pq.read_table(disk.lake() / receipt.errors_path)
    return [Problem(row["row"], row["field"], row["code"], row["value"], json.loads(row["data"])) for row in table.to_pylist()]
