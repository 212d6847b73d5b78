"""From a batch to a clue: a ring's orders come in, an alert is stored with them, a focused run looks, and the road opens the clue."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.test import Client

from chengxin import city
from chengxin.accounts import actions as accounts
from chengxin.city.sizes import Recipe
from chengxin.detection import actions
from chengxin.detection.live import alerts, keeping, tasks
from chengxin.detection.live.tests.test_state import told
from chengxin.detection.models import FoundRow, LiveAlert, Run
from chengxin.detection.tasks import tuning
from chengxin.facts import kinds, upkeep
from chengxin.facts.actions import accept_batch
from chengxin.facts.models import Receipt, Segment
from chengxin.jobs import outbox, worker
from chengxin.jobs.models import Job
from chengxin.kernel import clock, ids
from chengxin.subjects.actions import register_platform
from chengxin.supervision.models import Clue
from tests.journeys import road

ACTOR = "system:test"
PLATFORM = "yanshiji"  # where the ring of this city's seed works in two shops
SENT = ("order", "payment", "refund", "parcel", "visit", "listing")
END = datetime(2100, 1, 1, tzinfo=clock.CITY)
Tables = dict[str, pa.Table]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, dict[str, set[str]]]:
    """(a platform's reports, the keys of the facts that its ring invented)."""
    folder = tmp_path_factory.mktemp("city")
    city.write(folder, recipe=Recipe(events=12_000, seed=3, prevalence=0.2, levels=(0, 1), days=60, chunks=1))
    files = [path for path in city.batches(folder) if path.parent.name == PLATFORM and path.stem in SENT]
    truth = pq.read_table(folder / "truth" / "truth.parquet").filter(pc.field("type") == "F1").filter(pc.field("platform") == PLATFORM)
    invented: dict[str, set[str]] = {}
    for row in truth.filter(pc.field("role") == "fact").to_pylist():
        invented.setdefault(row["kind"], set()).add(row["key"])
    return {path.stem: pq.read_table(path) for path in files}, invented


@pytest.fixture
def lake(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty lake; no whole run and no snapshot comes between by the clock."""
    for name in ("gather_seconds", "snapshot_seconds"):
        monkeypatch.setitem(tuning(), name, 10**9)
    settings.DATA_DIR, settings.LAKE_DIR = tmp_path, tmp_path / "lake"
    register_platform(PLATFORM, PLATFORM, ACTOR)
    yield
    keeping.forget()


def key_of(kind: str, table: pa.Table) -> pa.Array:
    return table[kinds.kind(kind).key[0]]


def is_of(kind: str, table: pa.Table, invented: dict[str, set[str]]) -> pa.Array:
    return pc.is_in(key_of(kind, table), pa.array(sorted(one.split("/")[0] for one in invented.get(kind, ())), pa.string()))


def when(invented: dict[str, set[str]], tables: Tables) -> tuple[datetime, datetime]:
    at = tables["order"].filter(is_of("order", tables["order"], invented))["ordered_at"]
    assert len(at) > 50
    return pc.min(at).as_py(), pc.max(at).as_py()


def send(tables: Tables, since: datetime | None, until: datetime = END, leave_out: dict[str, set[str]] | None = None) -> list[Receipt]:
    """Report what happened in [since, until), kind by kind."""
    made = []
    for kind, table in tables.items():
        at = table[kinds.kind(kind).time]
        chosen = pc.less(at, pa.scalar(until, at.type))
        if since is not None:
            chosen = pc.and_(chosen, pc.greater_equal(at, pa.scalar(since, at.type)))
        if leave_out:
            chosen = pc.and_(chosen, pc.invert(is_of(kind, table, leave_out)))
        rows = table.filter(chosen)
        if rows.num_rows:
            made.append(accept_batch(PLATFORM, kind, rows, "table", ACTOR))
            worker.run_once()
    return made


@pytest.mark.one_database
def test_a_rings_batch_becomes_an_alert_and_a_clue_and_the_whole_run_finds_the_same(town: Any, lake: None) -> None:
    tables, invented = town
    first, last = when(invented, tables)
    send(tables, None, first, invented)
    assert not Clue.objects.exists()
    batches = send(tables, first, last.replace(hour=23, minute=59))
    raised = LiveAlert.objects.filter(batch__in=[one.id for one in batches])
    assert {one.detector for one in raised} >= {"brushing"} and all(one.looked_at for one in raised)
    clue = Clue.objects.get(detector="brushing")
    assert FoundRow.objects.filter(detector="brushing").latest("run__started_at").key == clue.key
    assert raised.filter(clue=clue.number, department=clue.department).exists()
    assert all(run.focus for run in Run.objects.all())
    whole = actions.run(["brushing"], tasks._window(), ACTOR)
    worker.run_once()
    assert [row.key for row in whole.found.all()] == [clue.key]  # the same ring under the same key: no second clue
    assert Clue.objects.filter(detector="brushing").count() == 1


def test_an_honest_batch_becomes_no_clue(town: Any, lake: None) -> None:
    tables, invented = town
    first, last = when(invented, tables)
    send(tables, None, first, invented)
    send(tables, first, last.replace(hour=23, minute=59), invented)
    assert not Clue.objects.exists() and not LiveAlert.objects.filter(looked_at=None).exists()


def test_the_memory_after_a_kill_is_the_memory_fed_straight(town: Any, lake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tables, _ = town
    halves = [{kind: table.take(pa.array(range(half, len(table), 2))) for kind, table in tables.items()} for half in (0, 1)]
    send(halves[0], None)
    tasks.keep()
    send(halves[1], None)
    with keeping.LOCK:
        straight = told(keeping.current().state)
    keeping.forget()  # killed: what the process knew is gone
    with keeping.LOCK:
        again = keeping.load(keeping._snapshot())
        assert again is not None and told(again.state) != straight and keeping.catch_up(again) > 0
        assert told(again.state) == straight == told(keeping.current().state) == told(keeping.rebuild().state)
    monkeypatch.setattr(upkeep, "FEWEST", 2)
    assert upkeep.compact() > 0  # files are merged under the memory's hands: it stays as it is
    with keeping.LOCK:
        assert told(keeping.current().state) == straight == told(keeping.rebuild().state)


def test_a_batch_taken_twice_gives_its_alerts_once(town: Any, lake: None) -> None:
    tables, invented = town
    first, last = when(invented, tables)
    batches = send(tables, first, last.replace(hour=23, minute=59))
    stored = list(LiveAlert.objects.values("batch", "shop", "code", "n"))
    assert stored
    for one in batches:
        alerts.take(str(one.id))
    assert list(LiveAlert.objects.values("batch", "shop", "code", "n")) == stored


def test_a_restored_backup_makes_the_memory_begin_anew(town: Any, lake: None) -> None:
    tables, _ = town
    send({"order": tables["order"]}, None)
    with keeping.LOCK:
        assert keeping.current().state.trades > 0
    Segment.objects.all().delete()
    assert not keeping.ready()
    with keeping.LOCK:
        assert keeping.current().state.trades == 0


def test_a_worker_without_memory_leaves_the_first_batch_to_a_job(town: Any, lake: None) -> None:
    accept_batch(PLATFORM, "order", town[0]["order"].slice(0, 500), "table", ACTOR)
    outbox.deliver_all()
    assert Job.objects.filter(target="chengxin.detection.live.tasks:begin", state=Job.State.WAITING).exists()
    assert not keeping.ready()
    worker.run_once()
    assert keeping.ready()


def test_a_memory_that_somebody_is_busy_with_is_not_waited_for(lake: None) -> None:
    """Who asks holds the database's lock, and bringing a memory back may take seconds."""
    with keeping.LOCK:
        keeping.current()
    assert keeping.ready()
    with ThreadPoolExecutor(1) as other:
        other.submit(keeping.LOCK.acquire).result()
        assert not keeping.ready()
        other.submit(keeping.LOCK.release).result()
    assert keeping.ready()


def test_officers_see_alerts_newest_first_with_the_clue_on_their_desk(db: None, client: Client) -> None:
    accounts.load_departments()
    road.official("lin", "SAMR")
    client.post("/accounts/login/", {"login": "lin", "password": road.PASSWORD})
    assert "暂无实时预警" in page(client)
    numbers = {"n": 9, "trades": 90, "share": 10.0, "accounts": 4}
    given = {"shops": [1], "code": "doubtful", "n": 9, "numbers": numbers, "detector": "brushing", "batch": ids.new_id()}
    for minute, (shop, department) in enumerate(((11, "SAMR"), (12, "POST"), (13, ""))):
        at = clock.now() + timedelta(minutes=minute)
        LiveAlert.objects.create(**given, shop=shop, at=at, looked_at=at, clue=f"XS-{shop}" if department else "", department=department)
    text = page(client)
    assert text.index(">13<") < text.index(">12<") < text.index(">11<") and "9 笔订单同时出现两类可疑迹象" in text
    assert "/XS-11" in text and "XS-12" in text and "/XS-12" not in text  # another department's clue is named, its page is not offered
    assert ">13<" in page(client, "?fate=nothing") and ">11<" not in page(client, "?fate=nothing")
    client.cookies["django_language"] = "en"
    assert "9 orders bear two kinds" in page(client)


def page(client: Client, asked: str = "") -> str:
    return str(client.get(f"/officer/runs/alerts/{asked}").content.decode())
