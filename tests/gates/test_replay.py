"""Gate 13: every write sent 1 to 5 times, in another order, in other formats, in parallel: one effect, and everyone has the first receipt.

The twins switch the protection off and see the doubles. `--nightly` sends 100,000 rows in batches of random size.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chengxin.audit.models import Leaf
from chengxin.facts import intake, lake, queries
from chengxin.facts.actions import accept_batch
from chengxin.facts.models import Receipt, Segment
from chengxin.facts.tests import sheets
from chengxin.jobs.models import Outbox
from chengxin.subjects.models import Platform

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform.objects.get_or_create(code="shanhuo", defaults={"name": "山货集市"})[0]


def facts_kept() -> int:
    with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
        total, distinct = connection.execute('SELECT count(*), count(DISTINCT fact) FROM "order"').fetchone()  # type: ignore[misc]
    assert total == distinct
    return int(total)


def sendings(batches: list[list[sheets.Row]], seed: int) -> Iterator[tuple[int, str, bytes]]:
    """Each batch one to five times, rows and sendings in random order, formats drawn by lot."""
    draw = random.Random(seed)
    plan = [number for number in range(len(batches)) for _ in range(draw.randint(1, 5))]
    draw.shuffle(plan)
    formats = {"ndjson": sheets.ndjson, "parquet": sheets.parquet, "arrow": sheets.arrow}
    for number in plan:
        rows = draw.sample(batches[number], len(batches[number]))
        format = draw.choice(list(formats))
        yield number, format, formats[format](rows)


def replay(platform: Platform, batches: list[list[sheets.Row]], seed: int) -> tuple[int, int]:
    """(sendings, differences)."""
    first: dict[int, str] = {}
    sent = differences = 0
    for number, format, data in sendings(batches, seed):
        document = accept_batch(platform, "order", data, format, "system:test").document
        sent += 1
        differences += first.setdefault(number, document) != document
    return sent, differences


def test_every_batch_sent_again_has_one_effect_and_one_receipt(platform: Platform) -> None:
    batches = [sheets.orders(20, first=1 + 20 * number) for number in range(10)]
    sent, differences = replay(platform, batches, 3)
    print(f"replay: {sent} sendings of {len(batches)} batches, {differences} differences")
    assert differences == 0 and facts_kept() == 200
    assert Receipt.objects.count() == Segment.objects.count() == len(batches)
    assert Leaf.objects.filter(action="facts.batch.accepted").count() == len(batches)
    assert Outbox.objects.filter(event__contains="BatchAccepted").count() == len(batches)


def test_overlapping_batches_in_any_order_keep_each_fact_once(platform: Platform) -> None:
    rows = sheets.orders(120)
    draw = random.Random(5)
    batches = [draw.sample(rows, 60) for _ in range(6)]
    replay(platform, batches, 4)
    assert facts_kept() == len({row["order_no"] for batch in batches for row in batch})
    totals = [receipt.accepted + receipt.duplicates for receipt in Receipt.objects.all()]
    assert totals == [60] * 6


def test_without_the_protection_the_same_batch_counts_twice(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "DEDUPE", False)
    data = sheets.ndjson(sheets.orders(20))
    first, second = (accept_batch(platform, "order", data, "ndjson", "system:test") for _ in range(2))
    assert first.document != second.document and second.accepted == 20
    with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
        assert connection.execute('SELECT count(*) FROM "order"').fetchone() == (40,)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "CHENGXIN_DATA": str(folder), "CHENGXIN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}


def run(folder: Path, code: str) -> str:
    before = "import django; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", before + code], env=environment(folder), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


COUNT = """
from chengxin.facts import lake, queries
from chengxin.facts.models import Receipt, Segment
with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
    rows = connection.execute('SELECT count(*), count(DISTINCT fact) FROM "order"').fetchone()
print(rows, Receipt.objects.count(), Segment.objects.count())
"""


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data directory of its own, as several processes share it."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the processes share a SQLite file here; PostgreSQL runs the same code in the tests above")
    shutil.copytree(request.getfixturevalue("migrated"), tmp_path, dirs_exist_ok=True)
    run(tmp_path, "from chengxin.subjects.models import Platform; Platform.objects.create(code='shanhuo', name='山货集市')")
    return tmp_path


def send_together(folder: Path, files: list[tuple[Path, str]], times: int = 2) -> list[list[str]]:
    """Every file from a process of its own at the same moment; the documents each got."""
    command = [sys.executable, "-m", "tests.gates.replay_sender"]
    senders = [
        subprocess.Popen(
            [*command, str(path), format, str(times)],
            env=environment(folder), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for path, format in files
    ]  # fmt: skip
    answers = []
    for sender in senders:
        assert sender.stdin
        sender.stdin.write("go\n")
        sender.stdin.flush()
    for sender in senders:
        out, err = sender.communicate(timeout=120)
        assert sender.returncode == 0, err[-2000:]
        answers.append([json.loads(line)["document"] for line in out.splitlines()])
    return answers


def test_processes_that_send_the_same_batch_at_once_all_get_the_first_receipt(house: Path) -> None:
    rows = sheets.orders(3_000)
    files = []
    for number, (format, make) in enumerate([("ndjson", sheets.ndjson), ("parquet", sheets.parquet), ("ndjson", sheets.ndjson)]):
        path = house / f"{number}.{format}"
        path.write_bytes(make(random.Random(number).sample(rows, len(rows))))
        files.append((path, format))
    answers = send_together(house, files)
    assert len({document for answer in answers for document in answer}) == 1
    assert run(house, COUNT).strip() == "(3000, 3000) 1 1"


@pytest.mark.nightly  # by day in one process, above
def test_processes_that_send_overlapping_batches_at_once_keep_each_fact_once(house: Path) -> None:
    rows = sheets.orders(3_000)
    files = []
    for number in range(3):
        path = house / f"{number}.ndjson"
        path.write_bytes(sheets.ndjson(rows[number * 700 : number * 700 + 1_600]))
        files.append((path, "ndjson"))
    send_together(house, files)
    assert run(house, COUNT).strip() in ("(3000, 3000) 3 3", "(3000, 3000) 3 2")  # the middle one, when last, brings nothing new


@pytest.mark.nightly
def test_a_hundred_thousand_rows(platform: Platform) -> None:
    draw = random.Random(11)
    batches, first = [], 1
    while first < 100_000:
        size = draw.randint(50, 3_000)
        batches.append(sheets.orders(size, first=first))
        first += size
    sent, differences = replay(platform, batches, 12)
    print(f"replay: {sent} sendings of {len(batches)} batches, {first - 1} rows, {differences} differences")
    assert differences == 0 and facts_kept() == first - 1
