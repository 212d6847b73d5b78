"""The law files hold together: everything that is cited exists, everything has both languages, dates do not overlap."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chengxin.law import shelf as reading
from chengxin.law.entries import Dated
from chengxin.law.errors import LawDataBroken
from chengxin.law.shelf import shelf
from chengxin.law.terms import UNITS

SHELF = shelf()
KINDS = {"deadline", "wait", "keep", "term", "limitation"}


def cited() -> Iterator[tuple[str, str]]:
    """(who cites, provision id)."""
    for rules in SHELF.clocks.values():
        for rule in rules:
            yield from ((f"clock {rule.id}", provision) for provision in (*rule.provisions, *([rule.rolls] if rule.rolls else [])))
    for behaviour in (one for versions in SHELF.behaviours.values() for one in versions):
        yield from ((behaviour.code, provision) for provision in behaviour.basis)
    for duty in (one for versions in SHELF.duties.values() for one in versions):
        yield from ((duty.code, provision) for provision in (*duty.provisions, *duty.penalty_provisions))
    for term in (one for versions in SHELF.publicity.values() for one in versions):
        yield from ((term.code, provision) for provision in term.provisions)
    for value in (one for versions in SHELF.values.values() for one in versions):
        yield from ((value.name, value.provision) for _ in [0] if value.provision)
    for link in SHELF.references:
        yield from (("reference", provision) for provision in (link.cited, link.now) if provision)


def test_every_cited_provision_exists() -> None:
    assert sorted(f"{who}: {provision}" for who, provision in cited() if provision not in SHELF.provisions) == []


def test_a_clock_rests_on_a_provision_in_force_when_it_begins() -> None:
    early = []
    for rules in SHELF.clocks.values():
        for rule in rules:
            assert rule.valid_from
            if not any(version.holds(rule.valid_from) for name in rule.provisions for version in SHELF.provisions[name]):
                early.append(f"{rule.id} {rule.valid_from}")
    assert early == []


def test_every_clock_is_of_a_known_unit_kind_and_source() -> None:
    for rules in SHELF.clocks.values():
        for rule in rules:
            assert rule.unit in UNITS
            assert rule.kind in KINDS
            assert rule.source
            assert (rule.n is None) == (rule.unit == "window")
            assert set(rule.pauses) <= set(SHELF.pauses)
            assert not rule.rolls or rule.unit in ("day", "month", "year")


@pytest.mark.parametrize("name", ["clocks", "provisions", "behaviours", "duties", "publicity", "values", "departments", "instruments"])
def test_versions_of_one_entry_do_not_overlap(name: str) -> None:
    for id, versions in getattr(SHELF, name).items():
        if name == "clocks" and id.endswith("_OLD"):
            continue
        for before, after in pairwise(sorted(versions, key=lambda one: one.valid_from or date.min)):
            assert before.valid_to and after.valid_from and before.valid_to < after.valid_from, id


def test_clocks_without_an_end_follow_without_a_gap() -> None:
    for rules in SHELF.clocks.values():
        for before, after in pairwise(rules):
            assert after.valid_from == before.valid_to + timedelta(days=1)


def both_languages(entry: Any) -> bool:
    pairs = [entry] if hasattr(entry, "zh") else []
    return all(one.zh and one.en for one in pairs)


@pytest.mark.parametrize("name", ["clocks", "provisions", "behaviours", "duties", "publicity", "values", "departments", "instruments"])
def test_every_entry_has_both_languages(name: str) -> None:
    entries: list[Dated] = [one for versions in getattr(SHELF, name).values() for one in versions]
    assert entries
    assert all(both_languages(entry) for entry in entries)


def test_conduct_has_departments_and_case_needs() -> None:
    for behaviour in (one for versions in SHELF.behaviours.values() for one in versions):
        assert set(behaviour.departments) <= set(SHELF.departments), behaviour.code
        assert behaviour.police in ("never", "if_serious", "first")
        assert all(need["zh"] and need["en"] for need in behaviour.case_needs)
        assert set(behaviour.seed) <= set(SHELF.codes["measure"]["items"])


def test_duties_name_known_clocks_and_publicity_known_terms() -> None:
    for duty in (one for versions in SHELF.duties.values() for one in versions):
        assert set(duty.clocks) <= set(SHELF.clocks), duty.code
    for term in (one for versions in SHELF.publicity.values() for one in versions):
        assert {term.min_clock, term.max_clock} - {None} <= set(SHELF.clocks), term.code
        assert term.level is None or term.level in SHELF.codes["dishonesty_level"]["items"]


def test_what_is_not_seen_says_so() -> None:
    allowed = {"seen", "partial", "memory", "ours"}
    for name in ("instruments", "provisions", "values"):
        assert {one.evidence for versions in getattr(SHELF, name).values() for one in versions} <= allowed
    assert all(value.note for versions in SHELF.values.values() for value in versions if value.evidence == "ours")


def test_successors_exist() -> None:
    for versions in SHELF.departments.values():
        assert versions[0].successor is None or versions[0].successor in SHELF.departments


def test_a_key_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice.yaml").write_text("a: 1\nb: 2\na: 3\n", encoding="utf-8")
    monkeypatch.setattr(reading, "HOME", tmp_path)
    with pytest.raises(LawDataBroken):
        reading.read("twice.yaml")


def test_a_wrong_key_names_the_file_and_the_entry() -> None:
    with pytest.raises(LawDataBroken) as refusal:
        list(reading._instruments({"x": {"zh": "甲", "en": "A", "nummer": "1"}}))
    assert refusal.value.data["file"] == "instruments.yaml"
    with pytest.raises(LawDataBroken):
        list(reading._provisions({"nolaw.1": {"zh": "甲", "en": "A"}}, {}))
