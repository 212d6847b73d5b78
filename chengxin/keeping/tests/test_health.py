"""What is fine and what is not: each check turns when its matter does; the public hears one word; numbers only for who may read them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from chengxin.audit import actions as audit
from chengxin.detection.models import Run
from chengxin.jobs import actions as jobs
from chengxin.jobs.models import Job, Outbox, Tick, Worker
from chengxin.keeping import disk, health, measuring, metrics
from chengxin.keeping.models import Backup
from chengxin.kernel import clock, encryption

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def ago(**span: float) -> Any:
    return clock.now() - timedelta(**span)


def line(code: str) -> health.Line:
    return next(one for one in health.lines() if one.code == code)


@pytest.fixture(autouse=True)
def a_key() -> None:
    """The house has signed something before: the age of its key is told."""
    encryption.public_key_hex("log")


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda path: (500 * 2**30, 1000 * 2**30))


def test_every_check_speaks_and_has_a_title_in_both_languages(roomy: None) -> None:
    found = health.lines()
    assert [one.code for one in found] == list(health.TITLES)
    assert all(set(one.said) == {"zh", "en"} and one.title for one in found)


@pytest.mark.parametrize(
    ("free", "all", "state"),
    [(500, 1000, "fine"), (40, 1000, "warn"), (9, 1000, "bad"), (30, 100, "fine"), (2, 20, "warn"), (0.5, 20, "bad")],
)
def test_a_disk_is_told_before_it_is_full(free: float, all: float, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda path: (int(free * 2**30), int(all * 2**30)))
    assert health.space().state == state


def test_a_disk_that_fills_within_weeks_is_told_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda path: (300 * 2**30, 1000 * 2**30))
    for days, size in ((20, 100), (0, 300)):
        Backup.objects.create(state="done", finished_at=ago(days=days), bytes=size * 2**30)
    assert measuring.days_left() == pytest.approx(30, abs=0.1)
    assert health.space().state == "warn"


def test_a_silent_worker_is_told() -> None:
    assert health.worker().state == "bad"
    jobs.show_life("host:1:2:3")
    assert health.worker().state == "fine"
    Worker.objects.update(seen_at=ago(minutes=5))
    assert health.worker().state == "warn"
    Worker.objects.update(seen_at=ago(days=2))
    jobs.show_life("host:4:5:6")
    assert Worker.objects.count() == 1


def test_work_that_waits_is_told() -> None:
    Job.objects.create(target="x:y", title_zh="x", title_en="x", owner="system:gate", run_at=ago(hours=3))
    Job.objects.create(target="x:z", title_zh="x", title_en="x", owner="system:gate", run_at=clock.now() + timedelta(days=1))
    Outbox.objects.create(event="x", payload="{}", emitted_at=ago(minutes=10))
    assert (health.queue().state, health.outbox().state, health.given_up().state) == ("bad", "warn", "fine")
    Job.objects.update(state=Job.State.FAILED)
    assert (health.queue().state, health.given_up().state) == ("fine", "warn")


def test_a_cron_entry_that_was_not_asked_for_is_told() -> None:
    assert health.cron().state == "fine"
    Tick.objects.create(name="audit.head", at=ago(days=1))
    assert measuring.cron_late() > 0
    with clock.set_to(clock.now().replace(minute=19, second=59)):  # every ten minutes: almost ten late
        assert health.cron().state == "warn"
    Tick.objects.update(at=clock.now())
    assert health.cron().state == "fine"


def test_the_age_and_the_failure_of_backups_are_told(settings: Any, tmp_path: Path) -> None:
    assert health.backup().state == "warn"
    settings.BACKUP = str(tmp_path)
    assert health.backup().state == "bad"
    good = Backup.objects.create(state="done", started_at=ago(hours=2), finished_at=ago(hours=1))
    assert health.backup().state == "fine"
    Backup.objects.create(state="failed", finished_at=clock.now(), error="没有空间")
    assert health.backup().state == "bad"
    assert "没有空间" in health.backup().text
    Backup.objects.filter(state="failed").delete()
    good.verified_at, good.fault = clock.now(), "changed"
    good.save()
    assert health.backup().state == "bad"
    Backup.objects.update(fault="", finished_at=ago(hours=40))
    assert health.backup().state == "warn"


def test_a_failed_self_check_is_told() -> None:
    made = Job.objects.create(
        target=measuring.CHECK, title_zh="x", title_en="x", owner="system:cron", state="done", finished_at=ago(hours=5)
    )
    assert health.self_check().state == "fine"
    made.pk = None
    Job.objects.create(target=measuring.CHECK, title_zh="x", title_en="x", owner="system:cron", state="failed", finished_at=clock.now())
    assert health.self_check().state == "bad"


def test_a_clock_that_stands_before_the_log_is_told() -> None:
    from django.db import transaction

    with transaction.atomic():
        audit.record("keeping.backup.made", actor="system:gate", object="keeping.backup:1", data={})
    assert health.time().state == "fine"
    with clock.set_to(ago(hours=1)):
        assert health.time().state == "bad"


def test_detectors_that_stopped_are_told() -> None:
    Run.objects.create(
        detectors={},
        parameters={},
        since=ago(days=9),
        until=ago(days=1),
        snapshot=[],
        state="done",
        started_at=ago(days=1),
        finished_at=ago(hours=20),
    )
    assert health.detectors().state == "fine"
    Run.objects.create(
        detectors={}, parameters={}, since=ago(days=9), until=ago(days=1), snapshot=[], state="stopped", started_at=ago(hours=1)
    )
    assert health.detectors().state == "warn"


def test_a_check_that_breaks_is_a_finding_and_the_others_still_speak(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken() -> float:
        raise RuntimeError

    monkeypatch.setattr(measuring, "cron_late", broken)
    with caplog.at_level(logging.CRITICAL):
        assert (line("cron").state, line("keys").state) == ("bad", "fine")


def test_the_public_hears_one_word(monkeypatch: pytest.MonkeyPatch, roomy: None) -> None:
    answered = Client().get("/health/")
    assert (answered.status_code, answered.json()) == (200, {"status": "ok"})
    monkeypatch.setattr(disk, "room", lambda path: (1, 20 * 2**30))
    answered = Client().get("/health/")
    assert (answered.status_code, answered.json()) == (503, {"status": "down"})
    monkeypatch.undo()
    monkeypatch.setattr(measuring, "migrated", lambda: False)
    assert Client().get("/health/").status_code == 503


def test_numbers_are_for_this_machine_or_for_the_token(settings: Any) -> None:
    browser = Client()
    assert browser.get("/metrics").status_code == 200
    assert browser.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert browser.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert browser.get("/metrics").status_code == 404
    assert browser.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    shown = browser.get("/metrics", headers={"Authorization": "Bearer a long token"}, REMOTE_ADDR="192.0.2.7")
    assert shown.status_code == 200


@pytest.fixture
def scraped(settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.BACKUP = str(tmp_path)
    jobs.show_life("secret-host:1:2:3")
    Backup.objects.create(state="done", started_at=timezone.now(), finished_at=timezone.now(), bytes=5)
    Run.objects.create(
        detectors={},
        parameters={},
        since=ago(days=9),
        until=ago(days=1),
        snapshot=[],
        state="done",
        started_at=ago(days=1),
        finished_at=ago(hours=20),
    )
    Job.objects.create(target=measuring.CHECK, title_zh="x", title_en="x", owner="system:cron", state="done", finished_at=ago(hours=5))
    yield metrics.text()


def test_the_text_is_prometheus_and_every_metric_has_a_value(scraped: str) -> None:
    sample = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?[0-9.e+]+')
    named = set()
    for one in scraped.splitlines():
        if not one.startswith("#"):
            match = sample.fullmatch(one)
            assert match, one
            named.add(match[1])
    assert named == set(metrics.catalogue())
    assert "secret-host" not in scraped


def test_the_documents_and_the_alerts_name_the_metrics_that_there_are() -> None:
    page = (ROOT / "docs/operate/monitoring.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(chengxin_\w+)`", page, re.M)) == set(metrics.catalogue())
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8"))
    asked = {name for group in rules["groups"] for rule in group["rules"] for name in re.findall(r"chengxin_\w+", rule["expr"])}
    assert asked
    assert asked <= set(metrics.catalogue())
    checks = {code for group in rules["groups"] for rule in group["rules"] for code in re.findall(r'check="(\w+)"', rule["expr"])}
    assert checks <= set(health.TITLES)
    assert {f"`{code}`" for code in health.TITLES} <= set(re.findall(r"`\w+`", page))


def test_what_is_not_fine_comes_first_and_says_what_to_do() -> None:
    assert set(health.remedies()) == set(health.TITLES)
    said = {"zh": "x", "en": "x"}
    found = health.worst_first(
        [health.Line("database", "fine", said), health.Line("backup", "warn", said), health.Line("worker", "bad", said)]
    )
    assert [one.code for one in found] == ["worker", "backup", "database"]
    assert [bool(one.next) for one in found] == [True, True, False]
