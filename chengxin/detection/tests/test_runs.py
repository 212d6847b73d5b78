"""The product's own run: a kill costs nothing but the detector at work, a run gone mad opens nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chengxin import city
from chengxin.city.sizes import Recipe
from chengxin.detection import actions, running, search
from chengxin.detection.errors import RunWentMad
from chengxin.detection.models import FoundRow, Run
from chengxin.detection.parts import Parts
from chengxin.detectors import Finding
from chengxin.facts.actions import accept_batch
from chengxin.jobs.models import Outbox
from chengxin.subjects.actions import register_platform

ACTOR = "system:test"
NAMES = ["empty_parcel", "price_fraud"]


class Killed(BaseException):
    """Ends a run as a kill does: nothing of it cleans up but the system, which frees its lock."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    city.write(folder, recipe=Recipe(events=12_000, seed=3, prevalence=0.2, levels=(0, 1), days=60, chunks=1))
    return folder


@pytest.fixture
def lake(db: None, reports: Path) -> None:
    """What the two detectors look at, reported."""
    for path in city.batches(reports):
        register_platform(path.parent.name, path.parent.name, ACTOR)
        if path.stem in ("order", "price", "parcel", "scan", "listing"):
            accept_batch(path.parent.name, path.stem, path, "parquet", ACTOR)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The detectors that were really run; `ran.append("kill <name>")` before a run kills it there."""
    seen: list[str] = []
    look = search.look

    def watched(connection: Any, detector: Any, *given: Any) -> list[Finding]:
        if f"kill {detector.name}" in seen:
            raise Killed
        seen.append(detector.name)
        return look(connection, detector, *given)

    monkeypatch.setattr(search, "look", watched)
    return seen


def kill(ran: list[str], at: str) -> Run:
    ran.append(f"kill {at}")
    with pytest.raises(Killed):
        actions.run(NAMES, actions.window_of(), ACTOR)
    ran.clear()
    return Run.objects.get(state=Run.State.RUNNING)


def test_a_killed_run_goes_on_with_the_same_result(lake: None, ran: list[str]) -> None:
    undisturbed = actions.run(NAMES, actions.window_of(), ACTOR)
    dead = kill(ran, "price_fraud")
    again = actions.run(NAMES, actions.window_of(), ACTOR)
    assert again.id == dead.id and again.state == Run.State.DONE
    assert ran == ["price_fraud"]  # the other had finished before
    assert again.findings_root == undisturbed.findings_root and again.found.count() == undisturbed.found.count() > 0
    assert not running.folder(again).exists() and not Run.objects.filter(state=Run.State.RUNNING).exists()


def test_without_what_was_kept_it_would_begin_anew(lake: None, ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parts, "kept", lambda self, detector: None)
    kill(ran, "price_fraud")
    actions.run(NAMES, actions.window_of(), ACTOR)
    assert ran == NAMES


def test_a_killed_run_whose_facts_have_changed_is_closed(lake: None, ran: list[str], reports: Path) -> None:
    dead = kill(ran, "price_fraud")
    rows = next(path for path in city.batches(reports) if path.stem == "price")
    accept_batch(rows.parent.name, "price", _one_more(rows), "ndjson", ACTOR)
    new = actions.run(NAMES, actions.window_of(), ACTOR)
    dead.refresh_from_db()
    assert new.id != dead.id and new.state == Run.State.DONE and ran == NAMES
    assert dead.state == Run.State.FAILED and dead.note_zh and dead.note_en and dead.finished_at and not dead.found.exists()


def test_a_run_that_is_alive_is_left_alone(lake: None, ran: list[str]) -> None:
    alive = kill(ran, "price_fraud")
    held = running._lock(alive)
    assert held is not None
    try:
        new = actions.run(NAMES, actions.window_of(), ACTOR)
        alive.refresh_from_db()
        assert new.id != alive.id and alive.state == Run.State.RUNNING
    finally:
        os.close(held)


def test_a_run_gone_mad_stops_and_opens_nothing(lake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = [replace(one, limits={"shops_share": 0.0001, "shops_floor": 0}) for one in search.choose(["price_fraud"])]
    monkeypatch.setattr(search, "choose", lambda names: limited)
    told = Outbox.objects.count()
    with pytest.raises(RunWentMad):
        actions.run(["price_fraud"], actions.window_of(), ACTOR)
    stopped = Run.objects.get()
    assert stopped.state == Run.State.STOPPED and "price_fraud" in stopped.note_zh and not FoundRow.objects.exists()
    assert Outbox.objects.count() == told  # nobody hears of findings, so no clue can come of them


def _one_more(path: Path) -> bytes:
    row = {"shop_id": "S-NEW", "sku": "K-NEW", "observed_at": "2026-06-20T10:00:00+08:00", "shown": "5.00"}
    return json.dumps(row).encode()
