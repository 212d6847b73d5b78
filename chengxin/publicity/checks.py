"""The assertions a set must pass before it goes out. One that fails stops the publication; officers read which, and for which rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from chengxin.law import law
from chengxin.publicity import reviews
from chengxin.publicity.datasets import Dataset
from chengxin.records.content import PERSONAL
from chengxin.subjects.identifiers import USCC_ALPHABET

MOST = 20  # rows named in a fault; who reads it looks at the first and makes a new edition
WEIGHTS = [3**place % 31 for place in range(17)]  # GB 32100-2015, 5.3
# Says whether a code is one: 18 characters of the alphabet, the last of them the check character of the others.
USCC = f"""length(uscc) = 18 AND translate(uscc, '{USCC_ALPHABET}', '') = ''
  AND strpos('{USCC_ALPHABET}', uscc[18]) - 1 = (31 - list_sum(list_transform(range(1, 18),
      lambda place: (strpos('{USCC_ALPHABET}', uscc[place]) - 1) * {WEIGHTS}[place])) % 31) % 31"""


@dataclass(frozen=True)
class Fault:
    """What does not hold: the set, the assertion, how many rows, the first keys."""

    dataset: str
    check: str
    rows: int
    keys: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


NAMES = {
    "fields": {"zh": "有未声明或者缺少的字段", "en": "a field is not declared, or missing"},
    "unique": {"zh": "标识重复", "en": "ids are not unique"},
    "expired": {"zh": "含有已过期的行", "en": "a row is past its last day"},
    "uscc": {"zh": "统一社会信用代码校验不通过", "en": "a unified social credit code fails its check"},
    "dropped": {"zh": "行数无故下降过多", "en": "more rows are gone than explained"},
    "redaction": {"zh": "文字中疑似有证件号、电话或账号", "en": "a text seems to hold an identity, telephone or account number"},
}


def check(dataset: Dataset, parquet: Path, day: date) -> list[Fault]:
    """What is wrong with a set's file."""
    if tuple(pq.read_schema(parquet).names) != dataset.names:
        return [Fault(dataset.code, "fields", 0, sorted(set(pq.read_schema(parquet).names) ^ set(dataset.names)))]
    with duckdb.connect() as connection:
        connection.read_parquet(str(parquet)).create_view("given")
        found = {name: [str(key) for (key,) in connection.execute(sql).fetchall()] for name, sql in _asked(day).items()}
        found["redaction"] = _personal(connection, dataset)
    return [Fault(dataset.code, name, len(keys), sorted(keys)[:MOST]) for name, keys in found.items() if keys]


def _asked(day: date) -> dict[str, str]:
    """assertion → the query for the keys of rows that fail it."""
    return {
        "unique": "SELECT key FROM given GROUP BY key HAVING count(*) > 1 OR key IS NULL OR key = ''",
        "expired": f"SELECT key FROM given WHERE valid_until IS NULL OR valid_until < DATE '{day.isoformat()}'",  # noqa: S608
        "uscc": f"SELECT key FROM given WHERE uscc <> '' AND NOT coalesce({USCC}, false)",  # noqa: S608 - our own words
    }


def _personal(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[str]:
    """Keys of rows with a text that the redaction rules do not let out, but for those a named human has looked at and released."""
    released = reviews.released(dataset.code) if dataset.reviewed else frozenset()
    keys: set[str] = set()
    for name in dataset.scanned:  # DuckDB finds the few with so many digits; what is one is said by the house's own pattern
        rows = connection.execute(f"SELECT key, {name} FROM given WHERE regexp_matches({name}, '[0-9]{{11}}')").fetchall()  # noqa: S608
        keys.update(str(key) for key, text in rows if PERSONAL.search(text))
    return sorted(keys - released)


def check_drop(dataset: Dataset, before: int, vanished: int, day: date) -> list[Fault]:
    """Whether more rows are gone than may be without a reason. vanished: rows that are gone though no end is known of them."""
    book = law.at(day)
    percent, few = book.value("open_data_drop_percent"), book.value("open_data_drop_rows")
    dropped = vanished > few and vanished * 100 > before * percent
    return [Fault(dataset.code, "dropped", vanished)] if dropped else []
