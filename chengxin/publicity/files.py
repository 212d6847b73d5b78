"""The files of an edition: Parquet first, CSV and JSON Lines from it, entities, proofs, licence."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.audit import queries as log
from chengxin.publicity import ftm
from chengxin.publicity.datasets import Dataset

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
ENTITIES, PROOFS, LICENCE = "entities.ftm.json", "proofs.jsonl", "LICENCE.txt"
MIMES = {ENTITIES: "application/x-ndjson", PROOFS: "application/x-ndjson", LICENCE: "text/plain; charset=utf-8"}
PROVEN = ("records", "marks", "commitments")  # sets whose rows name their entry in the log
# The same as kernel.tables.safe_cell, in SQL: what a spreadsheet program would run as a formula gets an apostrophe.
SAFE = "CASE WHEN regexp_matches({0}, '^[=+\\-@\\t\\r]') AND NOT regexp_matches({0}, '^[+-]?[0-9.]+$') THEN '''' || {0} ELSE {0} END AS {0}"


def write(dataset: Dataset, folder: Path, day: date) -> None:
    """A set in its three formats."""
    parquet = folder / f"{dataset.code}.parquet"
    with pq.ParquetWriter(parquet, dataset.schema, compression="zstd") as writer:
        for rows in dataset.rows(day):
            columns = [pa.array(values, type=one.type) for values, one in zip(zip(*rows, strict=True), dataset.schema, strict=True)]
            writer.write_table(pa.table(columns, schema=dataset.schema))
    safe = ", ".join(SAFE.format(one.name) if one.type == "text" else one.name for one in dataset.fields)
    source = str(parquet).replace("'", "''")
    with duckdb.connect() as connection:
        for form, chosen, options in (("csv", safe, "FORMAT csv, HEADER"), ("jsonl", "*", "FORMAT json")):
            target = str(folder / f"{dataset.code}.{form}").replace("'", "''")
            connection.execute(f"COPY (SELECT {chosen} FROM read_parquet('{source}')) TO '{target}' ({options})")  # noqa: S608 - our words


def write_proofs(folder: Path) -> int:
    """For each row that names its entry in the log a chengxin-leaf/1 file, a line each; returns how many."""
    wanted = [(code, *pair) for code in PROVEN for pair in _leaves(folder / f"{code}.parquet")]
    with (folder / PROOFS).open("w", encoding="utf-8") as file:
        for code, key, leaf in wanted:
            file.write(json.dumps({"dataset": code, "id": key, **log.leaf_file(leaf)}, ensure_ascii=False) + "\n")
    return len(wanted)


def _leaves(parquet: Path) -> list[tuple[str, int]]:
    table = pq.read_table(parquet, columns=["key", "leaf"])
    return list(zip(table["key"].to_pylist(), table["leaf"].to_pylist(), strict=True))


def carry_over(dataset: Dataset, before: Path, folder: Path) -> None:
    """The files of a set in which nothing changed, from the edition before of the same day."""
    for form in FORMATS:
        os.link(before / f"{dataset.code}.{form}", folder / f"{dataset.code}.{form}")


def describe(path: Path) -> dict[str, Any]:
    """A file's line in the manifest: name, bytes, SHA-256."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": sha256}


def count(parquet: Path) -> int:
    """Rows of a set."""
    return int(pq.ParquetFile(parquet).metadata.num_rows)


def vanished(before: Path, now: Path) -> list[tuple[str, str, date]]:
    """(key, subject, last day) of rows that a set had and has no longer."""
    return _lacking(before, now)


def appeared(before: Path, now: Path) -> list[tuple[str, str, date]]:
    """(key, subject, last day) of rows that a set has and had not."""
    return _lacking(now, before)


def _lacking(some: Path, others: Path) -> list[tuple[str, str, date]]:
    subject = "subject_id" if "subject_id" in pq.read_schema(some).names else "key"
    sql = f"SELECT key, {subject}, valid_until FROM read_parquet(?) ANTI JOIN (SELECT key FROM read_parquet(?)) USING (key) ORDER BY key"  # noqa: S608
    with duckdb.connect() as connection:
        return connection.execute(sql, [str(some), str(others)]).fetchall()


def write_entities(folder: Path) -> int:
    return ftm.write(folder, folder / ENTITIES)


def write_licence(folder: Path) -> None:
    """The terms, in both languages."""
    lines = [f"{number}. {one['zh']}\n   {one['en']}" for number, one in enumerate(TERMS, 1)]
    (folder / LICENCE).write_text("\n".join([f"{TITLE['zh']} / {TITLE['en']}\n", *lines, ""]), encoding="utf-8")


TITLE = {"zh": "公共信用信息开放许可", "en": "Licence of the open public credit information"}
TERMS = (
    {
        "zh": "任何人可以免费复制、分发、加工本数据，包括用于商业目的，但须注明来源和版本编号。",
        "en": "Anybody may copy, pass on and work with these data free of charge, also for trade, naming the source "
        "and the number of the edition.",
    },
    {
        "zh": "每一行只在 valid_until 所载之日以前（含当日）有效；此后须重新获取，不得继续使用、展示。",
        "en": "A row holds up to and including the day in valid_until; after it, fetch it anew, and do not use or show the old one.",
    },
    {
        "zh": "已停止公示的事实列于撤下清单（/data/removals.atom、/data/removals.json）。使用者须当日从自己的系统、缓存和副本中删除。",
        "en": "Facts that are public no longer are in the feed of removals. Who uses the data deletes them from systems, "
        "caches and copies on that day.",
    },
    {
        "zh": "不得用于识别自然人，不得与其他数据结合对自然人评分。",
        "en": "They are not to be used to identify natural persons, nor joined with other data to score them.",
    },
    {
        "zh": "本数据不构成对任何主体的推荐或者评价；以作出机关的文书为准。",
        "en": "They recommend or grade nobody; the decision's own document prevails.",
    },
)
