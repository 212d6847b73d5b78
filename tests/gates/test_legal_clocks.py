"""Every legal period the day before, on and after its last day: holidays, make-up days, the leap day, changed law, each with a twin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from chengxin.kernel.errors import ChengxinError
from chengxin.law import law, terms, workdays
from chengxin.law.shelf import shelf

CASES = Path(law.__file__).with_name("cases")
DAY = timedelta(days=1)


def cases() -> list[dict[str, Any]]:
    found = [case for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]]
    assert found, "no cases: the gate would show nothing"
    return found


def answer(case: dict[str, Any]) -> Any:
    """What the law says for a case: a day, an instant, or the code of the refusal."""
    event = case["event"]
    if isinstance(event, str):
        instant = datetime.fromisoformat(event)
        return law.at(instant.date()).due_at(case["clock"], instant)
    paused = [law.Pause(**pause) for pause in case.get("paused", [])]
    try:
        return law.at(case.get("rule_day", event)).due(case["clock"], event, paused, case.get("extended", False))
    except ChengxinError as refusal:
        return refusal.code


def expected(case: dict[str, Any]) -> Any:
    due = case.get("due", case.get("refused"))
    return datetime.fromisoformat(due) if isinstance(due, str) and "T" in due else due


def wrong(some: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{case['name']} ({case['event']}): {answer(case)}, not {expected(case)}" for case in some if answer(case) != expected(case)]


def in_versions(case: dict[str, Any]) -> tuple[str, date]:
    """(main id, first day) of the version a case speaks of."""
    rule = law.at(case.get("rule_day", case["event"])).clock(case["clock"])
    assert rule.valid_from is not None
    return rule.id, rule.valid_from


# -- the gate ------------------------------------------------------------------------------------------------------------------


def test_every_case_falls_due_on_its_day() -> None:
    assert not wrong(cases())


def test_the_colour_is_right_the_day_before_on_and_after_the_last_day() -> None:
    for case in cases():
        if "colours" not in case:
            continue
        due = case["due"]
        seen = [law.clock_colour(due, due + step * DAY) for step in (-1, 0, 1)]
        assert seen == case["colours"], case["name"]
        if "green" in case:
            assert law.clock_colour(due, case["green"]) == "green", case["name"]
            assert law.clock_colour(due, case["green"] + DAY) == "amber", case["name"]


def test_every_version_of_every_clock_has_a_case() -> None:
    shown = {in_versions(case) for case in cases() if "refused" not in case and not isinstance(case["event"], str)}
    shown |= {
        (case["clock"], law.at(datetime.fromisoformat(case["event"]).date()).clock(case["clock"]).valid_from)
        for case in cases()
        if isinstance(case["event"], str)
    }
    every = {(rule.id, rule.valid_from) for rules in shelf().clocks.values() for rule in rules}
    assert every == shown


def test_every_clock_meets_spring_festival_and_national_day() -> None:
    names = set(shelf().clocks) - {alias for rules in shelf().clocks.values() for rule in rules for alias in rule.aliases}
    for tag in ("spring_festival", "national_day"):
        shown = {case["clock"] for case in cases() if tag in case["tags"]}
        assert names <= shown, f"{tag}: {sorted(names - shown)}"


def test_every_alias_is_asked_by_its_own_name() -> None:
    aliases = {alias for rules in shelf().clocks.values() for rule in rules for alias in rule.aliases}
    assert aliases == {case["clock"] for case in cases() if "alias" in case["tags"]}


def test_the_figure_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tags = Counter(tag for case in cases() for tag in case["tags"])
    with capsys.disabled():
        print(f"\nlegal clocks: {len(cases())} cases, {len(shelf().clocks)} ids, {dict(tags)}")


# -- the twins: the same cases must fail when a protection is off -----------------------------------------------------------------


def test_without_makeup_days_every_makeup_case_of_working_days_is_wrong() -> None:
    touched = [case for case in cases() if "makeup" in case["tags"]]
    with workdays.without_makeup_days():
        failing = {message.split(":")[0] for message in wrong(touched)}
    for case in touched:
        rule = law.at(case.get("rule_day", case["event"])).clock(case["clock"])
        if rule.unit in ("workday", "workday_before") or rule.rolls:
            assert any(case["name"] in name for name in failing), f"{case['name']} does not notice make-up days"


def test_counting_the_event_day_makes_every_counted_case_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(terms.ENDS, "day", lambda rule, event, n: event + timedelta(days=n - 1))
    monkeypatch.setitem(terms.ENDS, "workday", lambda rule, event, n: workdays.add(event, n - 1))
    plain = [case for case in cases() if case.get("tags") == ["plain"] and "due" in case and not isinstance(case["event"], str)]
    counted = [case for case in plain if law.at(case["event"]).clock(case["clock"]).unit in ("day", "workday")]
    assert counted
    assert len(wrong(counted)) == len(counted)


def test_without_moving_past_days_off_the_moved_cases_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = [case for case in cases() if isinstance(case.get("due"), date) and "roll" in case["tags"]]
    assert moved
    monkeypatch.setattr(workdays, "next_or_same", lambda day: day)
    assert len(wrong(moved)) == len(moved)


def test_with_only_the_newest_law_the_changed_cases_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [case for case in cases() if "dated_change" in case["tags"]]
    newest = law.at(date(2026, 11, 24))
    monkeypatch.setattr(law, "at", lambda day: newest)
    assert len(wrong(changed)) >= len(changed) // 2
