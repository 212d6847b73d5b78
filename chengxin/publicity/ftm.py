"""The same facts as FollowTheMoney entities, one JSON object a line, so that list tools load them (followthemoney 4.x, default model).

Company or LegalEntity for the subject, Sanction for each unfavourable record and each entry of an official list that is public.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings

DATASET = "chengxin"
COMPANY = ("1", "3")  # of subject_kind: enterprises and cooperatives are companies, households and others legal entities
SOURCES = ("subjects", "records", "lists")

Entity = dict[str, Any]
Row = dict[str, Any]


def write(folder: Path, target: Path) -> int:
    """Write the entities of an edition's folder; returns how many lines."""
    sanctions = [*_sanctions(folder / "records.parquet", _of_record), *_sanctions(folder / "lists.parquet", _of_entry)]
    known = {one["properties"]["entity"][0] for one in sanctions}
    lines = [*_bearers(folder / "subjects.parquet", known), *sanctions]
    target.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    return len(lines)


def subject_key(id: str) -> str:
    """The entity's id."""
    return f"{DATASET}-{id}"


def _bearers(parquet: Path, known: set[str]) -> Iterator[Entity]:
    for row in _rows(parquet):
        if subject_key(row["key"]) in known:
            yield _entity(
                subject_key(row["key"]),
                "Company" if row["kind"] in COMPANY else "LegalEntity",
                name=row["name"],
                uscCode=row["uscc"],
                registrationNumber=row["uscc"],
                jurisdiction="cn",
                status=row["status"],
                sourceUrl=_page(row["key"]),
            )


def _sanctions(parquet: Path, make: Any) -> list[Entity]:
    return [one for row in _rows(parquet) if (one := make(row))]


def _of_record(row: Row) -> Entity | None:
    if row["kind"] != "bad":
        return None
    said = {"authority": row["maker"], "reason": row["summary"], "provisions": row["basis"], "program": row["type"]}
    days = {"listingDate": row["published_on"], "startDate": row["decided_on"], "endDate": row["public_until"]}
    return _sanction(row, "records", {**said, **days, "status": "disputed" if row["disputed"] else "in force"})


def _of_entry(row: Row) -> Entity:
    said = {"authority": row["department"], "reason": row["facts"], "provisions": row["basis"], "program": row["list"]}
    return _sanction(row, "lists", {**said, "listingDate": row["published_on"], "endDate": row["public_until"], "status": "in force"})


def _sanction(row: Row, dataset: str, said: dict[str, Any]) -> Entity:
    key = hashlib.sha256(f"{dataset}/{row['key']}".encode()).hexdigest()[:40]
    given = {**said, "entity": subject_key(row["subject_id"]), "recordId": row["key"], "country": "cn"}
    return _entity(f"{DATASET}-{key}", "Sanction", **given, sourceUrl=_page(row["subject_id"]))


def _entity(id: str, schema: str, **properties: Any) -> Entity:
    given = {name: [str(value)] for name, value in properties.items() if value not in (None, "")}
    return {"id": id, "schema": schema, "properties": given, "datasets": [DATASET], "target": schema != "Sanction"}


def _page(id: str) -> str:
    return f"{settings.PUBLIC_ORIGIN.rstrip('/')}/subject/{id}/"


def _rows(parquet: Path) -> Iterable[Row]:
    for batch in pq.ParquetFile(parquet).iter_batches():
        yield from batch.to_pylist()
