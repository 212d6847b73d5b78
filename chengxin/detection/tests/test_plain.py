"""Detectors over a plain folder: what comes out, what is refused and how, and that a kill costs nothing but the detector at work."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from chengxin import city, detectors
from chengxin.city.sizes import Recipe
from chengxin.detection import command, plain, search
from chengxin.detection.command import Asked
from chengxin.detection.errors import BadSetting, NoFolder, NothingToLookAt, RunWentMad, UnfitFile, UnknownDetector, UnknownForm
from chengxin.detection.parts import Parts
from chengxin.detectors import Finding
from chengxin.facts import plain as reports
from chengxin.facts.errors import LakeThere, NoReports

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city's reports, made into a plain folder."""
    folder = tmp_path_factory.mktemp("plain")
    made = city.write(folder / "city", recipe=Recipe(events=24_000, seed=1, prevalence=0.2, levels=(0, 1), days=60, chunks=1))
    assert not reports.make(made.folder / "reports", folder / "lake").aside
    return folder / "lake"


@pytest.fixture
def copy(lake: Path, tmp_path: Path) -> Path:
    shutil.copytree(lake, tmp_path / "lake")
    return tmp_path / "lake"


def changed(folder: Path, kind: str, change: Callable[[pa.Table], pa.Table]) -> None:
    for path in (folder / kind).glob("*.parquet"):
        pq.write_table(change(pq.read_table(path)), path)


# -- what comes out -------------------------------------------------------------------------------------------------------------


def test_findings_are_the_same_in_both_forms(lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, lines = tmp_path / "found.parquet", tmp_path / "found.jsonl"
    assert command.detect(Asked(lake, ["price_fraud", "empty_parcel"], out=[table, lines])) == 0
    rows, told = pq.read_table(table), [json.loads(line) for line in lines.read_text().splitlines()]
    assert rows.schema.equals(plain.SCHEMA) and rows.num_rows == len(told) > 0
    for row, line in zip(rows.to_pylist(), told, strict=True):
        assert (row["key"], row["score"], row["shops"], row["digest"]) == tuple(line[name] for name in ("key", "score", "shops", "digest"))
        assert dict(row["evidence"]) == line["evidence"] and json.loads(row["picture"]) == line["picture"]
        assert row["since"] == datetime.fromisoformat(line["since"]) and row["since"].tzinfo is not None
        assert [json.loads(one["numbers"]) for one in row["reasons"]] == [one["numbers"] for one in line["reasons"]]
    assert str(len(told)) in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.jsonl", "found.parquet"]  # nothing is left lying about


def test_evidence_names_facts_of_the_folder(lake: Path) -> None:
    for finding in plain.find(lake, ["price_fraud"]):
        for kind, facts in finding.evidence.items():
            there = set(pq.read_table(lake / kind)["fact"].to_pylist())
            assert facts and set(facts) <= there


def test_a_single_file_per_kind_does_as_well(lake: Path, tmp_path: Path) -> None:
    for kind in ("order", "price"):
        pq.write_table(pq.read_table(lake / kind), tmp_path / f"{kind}.parquet")
    assert plain.find(tmp_path, ["price_fraud"]) == plain.find(lake, ["price_fraud"])


def test_columns_that_may_be_missing_may_be_missing(lake: Path, copy: Path) -> None:
    changed(copy, "order", lambda table: table.drop_columns(["device", "ip", "title"]))
    assert plain.find(copy, ["price_fraud"]) == plain.find(lake, ["price_fraud"])


def test_a_window_hides_what_came_later(lake: Path) -> None:
    day = date(2026, 7, 1)
    assert all(one.until < datetime(2026, 7, 1, tzinfo=UTC) for one in plain.find(lake, ["price_fraud"], until=day))


def test_without_the_extra_spark_is_refused_in_words(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    for language, word in (("zh_CN.UTF-8", "本机不能使用 Spark"), ("C", "chengxin[spark]")):
        monkeypatch.setenv("LC_ALL", language)
        assert command.detect(Asked(lake, ["price_fraud"], out=[tmp_path / "found.parquet"], engine="spark")) == 1
        assert word in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_parameters_may_be_others(lake: Path) -> None:
    some = plain.find(lake, ["price_fraud"])
    assert some and not plain.find(lake, ["price_fraud"], overrides={"price_fraud": {"score_min": 2}})
    card = detectors.load("price_fraud")
    assert command.changed([card], ["price_fraud.score_min=0.7", "price_fraud.reading=net"]) == {
        "price_fraud": {"score_min": 0.7, "reading": "net"}
    }


def test_the_page_s_notebook_lines_run(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "operate" / "detect.md").read_text(encoding="utf-8")
    lines = re.findall(r"```python\n(.*?)```", page, re.S)
    (tmp_path / "lake").symlink_to(lake)
    monkeypatch.chdir(tmp_path)
    made: dict[str, Any] = {}
    for block in lines:
        exec(block, made)
    assert len(lines) == 2 and made["table"].num_rows == len(made["found"]) > 0
    assert made["strictest"] and made["counts"]


def test_the_page_names_every_error_and_column_of_the_findings() -> None:
    page = (ROOT / "docs" / "operate" / "detect.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in plain.SCHEMA.names)
    named = (UnknownDetector, NoFolder, UnfitFile, NothingToLookAt, RunWentMad, BadSetting, UnknownForm, NoReports, LakeThere)
    assert all(f"`{error.code}`" in page for error in named)


# -- what is refused ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["score_min=1", "price_fraud.nothing=1", "price_fraud.score_min=much", "price_fraud.score_min", "x.y=1"])
def test_a_wrong_setting_is_refused(given: str) -> None:
    with pytest.raises(BadSetting):
        command.changed([detectors.load("price_fraud")], [given])


SPOILT = {
    "no parquet": (lambda folder: (folder / "order" / "000001.parquet").write_bytes(b"PAR1 no"), "order"),
    "a column missing": (lambda folder: changed(folder, "order", lambda table: table.drop_columns(["buyer"])), "buyer"),
    "texts for times": (
        lambda folder: changed(folder, "order", lambda table: retyped(table, "ordered_at", pa.string())),
        "ordered_at",
    ),
    "yuan with decimals": (lambda folder: changed(folder, "order", lambda table: retyped(table, "paid", pa.float64())), "fen"),
    "ids as texts": (lambda folder: changed(folder, "order", lambda table: retyped(table, "shop", pa.string())), "shop"),
    "facts twice": (lambda folder: changed(folder, "order", lambda table: pa.concat_tables([table, table.slice(0, 3)])), "are there twice"),
    "facts without an id": (lambda folder: changed(folder, "order", lambda table: emptied(table, "fact")), "fact"),
    "facts without a time": (lambda folder: changed(folder, "order", lambda table: emptied(table, "ordered_at")), "ordered_at"),
}


def retyped(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))


def emptied(table: pa.Table, name: str) -> pa.Table:
    values = pc.if_else(pa.array([row == 0 for row in range(table.num_rows)]), None, table[name])
    return table.set_column(table.schema.get_field_index(name), name, values)


@pytest.mark.parametrize("how", SPOILT)
def test_an_unfit_file_is_named_with_what_is_wrong_and_nothing_is_written(
    how: str, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    spoil, word = SPOILT[how]
    spoil(copy)
    assert command.detect(Asked(copy, ["price_fraud"], out=[tmp_path / "found.parquet"])) == 1
    said = capsys.readouterr().err
    assert "unfit_lake_file" in said and "order" in said and word in said and "detect.md" in said
    assert not (tmp_path / "found.parquet").exists()


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"names": ["nobody"]}, UnknownDetector),
        ({"lake": Path("/nowhere/at/all")}, NoFolder),
        ({"since": date(2031, 1, 1)}, NothingToLookAt),
        ({"since": date(2026, 7, 2), "until": date(2026, 7, 1)}, NothingToLookAt),
    ],
)
def test_what_cannot_be_done_has_a_name(asked: dict[str, Any], error: type[Exception], lake: Path) -> None:
    with pytest.raises(error):
        plain.find(**{"lake": lake, "names": ["price_fraud"], **asked})


def test_kinds_no_detector_wants_are_nothing_to_look_at(lake: Path, tmp_path: Path) -> None:
    shutil.copytree(lake / "scan", tmp_path / "scan")
    with pytest.raises(NothingToLookAt):
        plain.find(tmp_path, ["price_fraud"])
    assert plain.missing(tmp_path, ["price_fraud"]) == {"price_fraud": ["price", "order"]}


def test_reports_need_their_place_and_a_folder_of_their_own(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(NoReports):
        reports.make(tmp_path, tmp_path / "out")
    with pytest.raises(LakeThere):
        reports.make(tmp_path, lake)


def test_bad_rows_are_set_aside_and_a_fact_counts_once(tmp_path: Path) -> None:
    rows = [{"order_no": f"A{n}", "shop_id": "S1", "buyer": "U1", "sku": "K1", "qty": 1, "paid": "5.00"} for n in range(5)]
    for n, row in enumerate(rows):
        row["ordered_at"] = f"2026-11-0{n + 1}T10:00:00+08:00"
    rows[4]["paid"] = "much"
    for name in ("first", "again"):
        path = tmp_path / "reports" / "shiji" / "order" / f"{name}.ndjson"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(map(json.dumps, rows)))
    made = reports.make(tmp_path / "reports", tmp_path / "lake")
    assert made.kept == {"order": 4} and made.known == 4 and sum(made.aside.values()) == 2
    table = pq.read_table(tmp_path / "lake" / "order")
    assert table.num_rows == 4 and set(table["platform"].to_pylist()) == {"shiji"}


# -- a kill costs nothing -------------------------------------------------------------------------------------------------------


def begun(lake: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "chengxin.cli", "detect", "brushing", "empty_parcel", "price_fraud", "--lake", str(lake), "--out", str(out)]
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env={**os.environ, "CHENGXIN_DATA": str(out.parent / "no-data")})


def test_a_run_killed_after_its_first_detector_goes_on_with_the_same_result(lake: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.parquet", tmp_path / "killed.parquet"
    assert begun(lake, whole).wait(300) == 0
    child, parts = begun(lake, killed), tmp_path / ".killed.parquet.parts"
    end = time.monotonic() + 300
    while not list(parts.glob("*.json")) and child.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = {path: path.stat().st_mtime_ns for path in parts.glob("*.json")}
    assert kept and not killed.exists()
    assert begun(lake, killed).wait(300) == 0
    assert killed.read_bytes() == whole.read_bytes()
    assert not parts.exists() and not (tmp_path / "no-data").exists()  # no database, no keys, no web application were needed


def test_finished_detectors_are_not_run_again_unless_something_changed(lake: Path, copy: Path, tmp_path: Path, counted: list[str]) -> None:
    def runs(folder: Path, **given: Any) -> int:
        counted.clear()
        plain.find(folder, ["price_fraud"], work=tmp_path / "work", **given)
        return len(counted)

    assert runs(lake) == 1
    assert runs(lake) == 0
    assert runs(copy) == 0  # the same facts elsewhere
    assert runs(lake, overrides={"price_fraud": {"score_min": 0.6}}) == 1
    assert runs(lake, until=date(2026, 7, 1)) == 1
    changed(copy, "price", lambda table: table.slice(1))
    assert runs(copy) == 1


def test_a_damaged_part_is_not_believed(lake: Path, tmp_path: Path, counted: list[str]) -> None:
    first = plain.find(lake, ["price_fraud"], work=tmp_path)
    (part,) = tmp_path.glob("*.json")
    for spoil in (part.read_bytes()[:-9], part.read_bytes().replace(b"B13", b"B01"), b"\xff\xfe"):
        part.write_bytes(spoil)
        counted.clear()
        assert plain.find(lake, ["price_fraud"], work=tmp_path) == first and len(counted) == 1


def test_another_version_or_code_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = detectors.load("price_fraud")
    window = detectors.Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    parts = Parts(tmp_path, "0" * 64, window, {"price_fraud": card.params})
    digests = {parts.digest(card), parts.digest(replace(card, version="another"))}
    for name in ("code", "libraries"):
        with monkeypatch.context() as patch:
            patch.setattr(f"chengxin.detection.parts.{name}", lambda *given: "other")
            digests.add(parts.digest(card))
    assert len(digests) == 4


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the detectors that really ran."""
    ran: list[str] = []
    look = search.look

    def watched(connection: Any, detector: Any, *given: Any) -> list[Finding]:
        ran.append(detector.name)
        return look(connection, detector, *given)

    monkeypatch.setattr(search, "look", watched)
    return ran


# -- light to import ------------------------------------------------------------------------------------------------------------


def test_names_come_without_an_engine_and_errors_without_a_web_application() -> None:
    code = (
        "import sys; from chengxin.detectors import names; names();"
        "print([name for name in ('django', 'numba', 'duckdb', 'pyarrow') if name in sys.modules]);"
        "from chengxin.detection.errors import NoFolder; print(NoFolder(folder='x'))"
    )
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=bare).stdout.splitlines()
    assert out[0] == "[]" and "“x”" in out[1]


def test_an_unfit_file_is_an_error_of_ours() -> None:
    assert "detect.md" in UnfitFile(path="a", why_zh="b", why_en="c").said(UnfitFile.next, "en")
