"""Seeded cases: an honest platform brings every one back, a platform that leaves some out does not, nobody can change them afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from chengxin.accounts.access import system
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.audit.canonical import canonical
from chengxin.audit.models import Leaf
from chengxin.detection.errors import AlreadyRevealed, CasesFail, PeriodTooShort
from chengxin.detection.local import cases, making, package, seeding
from chengxin.detection.local.home import Home
from chengxin.detection.local.models import SeededSet
from chengxin.detection.local.tests.sent import arrive
from chengxin.detection.models import FoundRow
from chengxin.subjects.actions import register_platform
from chengxin.subjects.models import Platform, Shop

SINCE, UNTIL = date(2026, 10, 1), date(2026, 11, 1)
BY = system("test")


@pytest.fixture
def platform(db: None) -> Platform:
    register_platform("shanhuo", "山货集市", "system:test")
    return Platform.objects.get(code="shanhuo")


def run_at(folder: Path, files: dict[str, list[dict[str, Any]]]) -> bytes:
    """What a platform with these files would send."""
    own = folder / "own"
    own.mkdir(parents=True)
    for kind, rows in files.items():
        (own / f"{kind}.ndjson").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    home = Home(folder, "shanhuo", "", "", "", "")
    run, _ = making.run(home, making.Asked(own, SINCE, UNTIL, sorted(cases.SEEDED)))
    return (run / "package.json").read_bytes()


def desk() -> Client:
    """An officer's browser."""
    load_departments()
    officer = User.objects.create_user("lin", "-", display_name="lin")
    install_grant(officer, "officer", Scope(department="SAMR"))
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def without(body: bytes, lost: set[str]) -> bytes:
    """The package of a platform that keeps back what it found about these shops."""
    told = json.loads(body)
    told["findings"] = [one for one in told["findings"] if lost.isdisjoint(one["shops"])]
    return canonical({**told, "root": package.findings_root(told["findings"])}).encode()


def test_cases_are_promised_before_and_an_honest_platform_brings_back_every_one(platform: Platform, tmp_path: Path, settings: Any):
    made = seeding.draw(BY, platform, SINCE, UNTIL, 6)
    promised = Leaf.objects.get(action="detection.seeded.drawn").body
    assert made.commitment in promised
    assert not any(shop in promised for shop in seeding.plan_of(made).cases)
    assert seeding.result(made).verdict == "waiting"
    assert json.loads(made.plan)["files"] == seeding.files_of(seeding.plan_of(made)), "what is handed out is what was promised"

    body = run_at(tmp_path, cases.rows(seeding.plan_of(made)))
    kept = arrive(platform, body)
    result = seeding.result(made)
    assert (result.verdict, result.found, result.missing, result.false) == ("whole", 6, [], [])
    assert not FoundRow.objects.exists(), "no clue comes of a case"
    assert not Shop.objects.filter(platform=platform).exists(), "nor does the register learn of its shops"
    assert "seeded" not in kept.document

    settings.SECOND_FACTOR = False
    lost = {sorted(seeding.plan_of(made).cases)[0]}
    arrive(platform, without(body, lost))
    result = seeding.result(made)
    assert (result.verdict, {shop for shop, _ in result.missing}) == ("missing", lost)
    page = desk().get(made.get_absolute_url()).content.decode()
    assert "有案例未检出" in page
    assert "5 / 6" in page
    assert lost.pop() in page
    arrive(platform, without(body, set(seeding.plan_of(made).cases)))
    assert seeding.result(made).verdict == "none"

    seeding.reveal(BY, made)
    told = json.loads(Leaf.objects.get(action="detection.seeded.revealed").body)["data"]
    assert seeding.commitment(told["plan"]) == made.commitment
    with pytest.raises(AlreadyRevealed):
        seeding.reveal(BY, made)
    arrive(platform, body.replace(b'"made_at":"20', b'"made_at":"21'))
    assert seeding.result(SeededSet.objects.get()).verdict == "none", "a package after the reveal does not count"


@pytest.mark.one_database
def test_honest_platforms_are_never_accused_whatever_the_seed_and_whatever_else_their_files_hold(tmp_path: Path):
    """The rows of several sets lie in one platform's files, each the others' background; the city's check is exact for each of them."""
    plans = [cases.draw(seed, "shanhuo", SINCE, UNTIL, 4, ["A1001"]) for seed in (1, 2**127 + 5, 3)]
    together: dict[str, list[dict[str, Any]]] = {}
    for plan in plans:
        for kind, rows in cases.rows(plan).items():
            together.setdefault(kind, []).extend(rows)
    told = json.loads(run_at(tmp_path, together))
    named = {(shop, one["detector"]) for one in told["findings"] for shop in one["shops"]}
    assert named == {pair for plan in plans for pair in plan.cases.items()}


@pytest.mark.one_database
def test_a_platform_that_keeps_back_five_per_cent_blindly_is_caught_with_more_than_nineteen_in_twenty(tmp_path: Path):
    """Simulated on the plan of a real size: shops are left out before the run, without regard to what they are."""
    plan = cases.draw(9, "shanhuo", SINCE, UNTIL, 59, [])
    shops = np.array([*plan.cases, *plan.honest, *(f"own{n}" for n in range(2_000))])
    rng = np.random.default_rng(75)
    caught = [not set(shops[rng.random(len(shops)) < 0.05]).isdisjoint(plan.cases) for _ in range(4_000)]
    assert abs(np.mean(caught) - 0.9515) < 0.011


@pytest.mark.one_database
def test_shops_have_the_platforms_own_form_and_no_number_that_it_uses():
    known = [f"MX-{n:06d}" for n in range(1000)]
    plan = cases.draw(4, "shanhuo", SINCE, UNTIL, 5, known)
    shops = [*plan.cases, *plan.honest]
    assert all(len(shop) == 9 and shop.startswith("MX-") for shop in shops)
    assert set(shops).isdisjoint(known)
    assert len(shops) == len(set(shops)) == 45
    assert cases.archive(cases.rows(plan)) == cases.archive(cases.rows(plan))


@pytest.mark.one_database
def test_what_the_citys_own_detectors_would_not_find_is_not_handed_out():
    plan = cases.draw(5, "shanhuo", SINCE, UNTIL, 3, [])
    with pytest.raises(CasesFail):
        seeding.check(replace(plan, cases=dict.fromkeys(plan.cases, "unlicensed")))


def test_a_short_period_has_no_room(platform: Platform):
    with pytest.raises(PeriodTooShort):
        seeding.draw(BY, platform, SINCE, date(2026, 10, 10), 5)
