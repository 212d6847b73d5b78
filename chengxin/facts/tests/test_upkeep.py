from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from django.db import transaction

from chengxin.audit.models import Leaf
from chengxin.facts import actions, disk, kinds, lake, queries, recovery, upkeep
from chengxin.facts.models import KeyRun, Receipt, Segment
from chengxin.facts.tests import sheets
from chengxin.facts.tests.conftest import NOW
from chengxin.kernel import clock
from chengxin.subjects.models import Platform


@pytest.fixture(autouse=True)
def committed() -> Iterator[None]:
    """Run what waits for the commit: the tests' own transaction never commits."""
    real = transaction.on_commit
    transaction.on_commit = lambda call, **more: call()
    yield
    transaction.on_commit = real


def fill(platform: Platform, batches: int = 6) -> None:
    for number in range(batches):
        rows = [sheets.order(1 + 10 * number + place, ordered_at=f"2026-11-03T10:{place:02d}:00+08:00") for place in range(10)]
        actions.accept_batch(platform, "order", sheets.ndjson(rows), "ndjson", "system:test")


def state() -> tuple[int, int]:
    with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
        return connection.execute('SELECT count(*), sum(paid) FROM "order"').fetchone()  # type: ignore[return-value]


def test_small_segments_of_a_day_become_one_and_the_lake_says_the_same(platform: Platform) -> None:
    fill(platform)
    before, held = state(), queries.snapshot(["order"])
    assert upkeep.compact() == 6
    assert state() == before and len(queries.snapshot(["order"]).segments) == 1
    with lake.connect(held, memory_mb=256, threads=1) as connection:
        assert connection.execute('SELECT count(*) FROM "order"').fetchone() == (60,)
    assert Leaf.objects.filter(action="facts.segments.compacted").count() == 1
    assert upkeep.compact() == 0
    again = actions.accept_batch(
        platform, "order", sheets.ndjson([sheets.order(1, ordered_at="2026-11-03T10:00:00+08:00")]), "ndjson", "system:test"
    )
    assert again.duplicates == 1


def test_a_column_that_no_segment_has_yet_is_empty(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(platform)
    kind = kinds.kind("order")
    schema = kind.lake_schema.append(pa.field("seen_by_rooster", pa.bool_())).append(pa.field("crow", pa.string()))
    monkeypatch.setattr(type(kind), "lake_schema", property(lambda one: schema if one.kind == "order" else pa.schema([])))
    with duckdb.connect() as connection:
        lake._view(connection, kind, queries.snapshot(["order"]))
        assert connection.execute('SELECT count(*), count(seen_by_rooster), count(crow) FROM "order"').fetchone() == (60, 0, 0)


def test_corrections_survive_compaction(platform: Platform) -> None:
    fill(platform)
    row = sheets.order(1, ordered_at="2026-11-03T10:00:00+08:00", paid="1.00")
    actions.accept_batch(platform, "order", sheets.ndjson([row]), "ndjson", "system:test", correction=True)
    before = state()
    upkeep.compact()
    assert state() == before == (60, 59 * 1850 + 100)


def test_replaced_files_go_after_their_grace_unless_a_run_holds_them(platform: Platform) -> None:
    fill(platform)
    held = queries.snapshot(["order"])
    actions.hold(held, "detection.run:1")
    upkeep.compact()
    later = NOW + upkeep.GRACE + timedelta(days=1)
    assert upkeep.sweep_replaced(later) == 0
    assert actions.release("detection.run:1") == 6
    assert upkeep.sweep_replaced(NOW) == 0 and upkeep.sweep_replaced(later) == 6
    assert not any((disk.lake() / segment.path).exists() for segment in held.segments) and state()[0] == 60


def test_facts_go_when_the_laws_term_is_over_and_not_a_day_before(platform: Platform) -> None:
    fill(platform, 1)
    expires = Segment.objects.get().expires_on
    assert expires == date(2029, 11, 24)  # three years from the day the city got it (e-commerce law art. 31)
    assert upkeep.drop_expired(expires) == 0
    assert upkeep.drop_expired(expires + timedelta(days=1)) == 1
    assert state() == (0, None) and not list(disk.lake().rglob("order/*/*.parquet")) and not KeyRun.objects.exists()
    assert Leaf.objects.filter(action="facts.segments.expired").count() == 1 and Receipt.objects.count() == 1


def test_held_facts_stay_past_their_term(platform: Platform) -> None:
    fill(platform, 1)
    actions.hold(queries.snapshot(["order"]), "supervision.case:1")
    assert upkeep.drop_expired(date(2040, 1, 1)) == 0 and state()[0] == 10


def test_recovery_sweeps_what_no_row_names_and_leaves_the_rest(platform: Platform) -> None:
    fill(platform, 2)
    before = state()
    orphans = [
        disk.lake() / name
        for name in ("order/2026-11/orphan.parquet", "keys/order/orphan.run", "quarantine/order/orphan.parquet", "drafts/1-x")
    ]
    for path in orphans:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert recovery.recover() == 4
    assert not any(path.exists() for path in orphans) and state() == before and queries.check_lake() == []


def test_while_somebody_writes_recovery_leaves_young_files_alone(platform: Platform) -> None:
    orphan = disk.lake() / "drafts" / "1-x"
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"x")
    with disk.writing():
        assert recovery.recover() == 0 and orphan.exists()
    assert recovery.recover() == 1


def test_a_file_that_was_altered_is_named(platform: Platform) -> None:
    fill(platform, 2)
    first, second = (disk.lake() / segment.path for segment in Segment.objects.all())
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.unlink()
    assert len(queries.check_lake()) == 2


def test_a_lake_as_known_earlier(platform: Platform) -> None:
    import time

    first = actions.accept_batch(platform, "order", sheets.ndjson([sheets.order(1)]), "ndjson", "system:test")
    time.sleep(0.003)
    between = _instant(first.id.int) + timedelta(milliseconds=1)
    actions.accept_batch(platform, "order", sheets.ndjson([sheets.order(1, paid="9.00")]), "ndjson", "system:test", correction=True)
    actions.accept_batch(platform, "order", sheets.ndjson([sheets.order(2)]), "ndjson", "system:test")
    upkeep.compact()
    with lake.connect(queries.snapshot(["order"], known_at=between), memory_mb=256, threads=1) as connection:
        assert connection.execute('SELECT order_no, paid FROM "order"').fetchall() == [("T000001", 1850)]
    assert queries.Snapshot.from_json(queries.snapshot(["order"]).as_json()).root == queries.snapshot(["order"]).root


def _instant(uuid7: int):  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    return datetime.fromtimestamp((uuid7 >> 80) / 1000, UTC)


def test_spills_go_to_the_lakes_own_folder(platform: Platform, tmp_path: Path) -> None:
    with lake.connect(queries.snapshot(["order"]), memory_mb=64, threads=1) as connection:
        settings = dict(
            connection.execute(
                "SELECT name, value FROM duckdb_settings() WHERE name IN ('temp_directory', 'threads', 'autoinstall_known_extensions')"
            ).fetchall()
        )
    assert (
        settings["temp_directory"].startswith(str(disk.lake()))
        and settings["threads"] == "1"
        and settings["autoinstall_known_extensions"] == "false"
    )
    assert clock.now() == NOW
