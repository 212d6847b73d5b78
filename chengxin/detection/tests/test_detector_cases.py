"""Each detector's cases.yaml, in the expert's words: given these facts, this is found, or nothing is.

A case names rows per kind (`given`), written as `- [n, {column: value, …}]` for n copies: in values `{i}` is the copy's number and a
leading `=` marks an expression over i, such as `=1000 + i`. Times are ISO in the city's time. `then` says what must be found (`shops`,
`reasons`, `accounts_min`, `score_min`, `evidence`) or is `none`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from chengxin import detectors
from chengxin.detection import engine, grouping
from chengxin.detectors import Window
from chengxin.facts import kinds
from chengxin.kernel import clock

CASES = [
    pytest.param(name, case, id=f"{name}: {case['name']}")
    for name in detectors.names()
    for case in yaml.load((detectors.HERE / name / "cases.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]
WINDOW = Window(datetime(2026, 1, 1, tzinfo=clock.CITY), datetime(2026, 7, 1, tzinfo=clock.CITY))


def value(given: Any, i: int) -> Any:
    """A cell of copy i: expressions, numbered texts, times."""
    if isinstance(given, str) and given.startswith("="):
        given = eval(given[1:], {"i": i, "day": lambda n: datetime(2026, 1, 1, tzinfo=clock.CITY) + timedelta(days=n)})
    elif isinstance(given, str):
        given = given.replace("{i}", str(i))
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=clock.CITY)
    return given


def lake_of(given: dict[str, list[Any]]) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one table per kind, of the lake's own types, `fact` numbered from 1 where the case gives none."""
    lake = duckdb.connect(config={"threads": 2})
    lake.execute("SET TimeZone = 'Asia/Shanghai'")
    for name, kind in kinds.kinds().items():
        schema = kind.lake_schema
        rows: list[dict[str, Any]] = []
        for copies, row in given.get(name, []):
            for i in range(copies):
                made = {column: value(cell, i) for column, cell in row.items()}
                rows.append({"fact": len(rows) + 1, "platform": "example", "content": 0, "batch": "case", **made})
        unknown = {column for row in rows for column in row} - set(schema.names)
        assert not unknown, f"{name} has no column {unknown}"
        table = pa.Table.from_pylist(rows, schema=pa.schema([field.with_nullable(True) for field in schema]))
        lake.register(f"{name}_rows", table)
        lake.execute(f'CREATE TABLE "{name}" AS SELECT * FROM {name}_rows')
    return lake


def found(name: str, case: dict[str, Any]) -> list[detectors.Finding]:
    detector = detectors.load(name)
    params = {**detector.params, **case.get("params", {})}
    return grouping.group(detector.find(lake_of(case["given"]), engine, WINDOW, params))


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_detector_does_what_its_cases_say(name: str, case: dict[str, Any]) -> None:
    findings = found(name, case)
    if case["then"] == "none":
        assert findings == []
        return
    then = case["then"]
    assert sorted(shop for one in findings for shop in one.shops) == sorted(then["shops"])
    (first, *_) = findings
    assert set(then.get("reasons", [])) <= {reason.code for reason in first.reasons}
    assert len(first.accounts) >= then.get("accounts_min", 0)
    assert first.score >= then.get("score_min", 0)
    for kind, facts in then.get("evidence", {}).items():
        assert set(facts) <= set(first.evidence[kind])


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "case"), [case for case in CASES if case.values[1]["then"] != "none"])
def test_reasons_are_whole_sentences_in_both_languages(name: str, case: dict[str, Any]) -> None:
    for finding in found(name, case):
        for reason in finding.reasons:
            assert "{" not in reason.zh + reason.en
            assert 0 < reason.weight <= 1


@pytest.mark.one_database
@pytest.mark.parametrize("name", detectors.names())
def test_a_card_tells_an_officer_all_a_clue_needs(name: str) -> None:
    card = detectors.load(name)
    assert card.zh and card.en and card.behaviour.startswith("B")
    for texts in (card.reasons, card.benign):
        assert all(text["zh"] and text["en"] for text in texts.values())
    assert (detectors.HERE / name / "README.md").exists()
