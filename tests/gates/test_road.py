"""Every event is emitted somewhere and received by somebody on the road; every sentence of events.yaml is told."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chengxin import road
from chengxin.notices import catalogue

HOUSE = Path(road.__file__).parent
SHARED = {"chengxin.kernel.events"}  # what an event is


def declared() -> set[str]:
    """The events that rooms declare."""
    found = set()
    for path in HOUSE.glob("**/events.py"):
        module = ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
        if module not in SHARED and "models" not in path.parts and "actions" not in path.parts:
            found |= {f"{module}:{one.name}" for one in ast.parse(path.read_text()).body if isinstance(one, ast.ClassDef)}
    return found


def emitted(names: set[str]) -> set[str]:
    """The classes that some room hands to the outbox, by name."""
    found: set[str] = set()
    for path in HOUSE.glob("**/*.py"):
        text = "" if "tests" in path.parts else path.read_text()
        if "emit(" not in text:
            continue
        calls = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call)]
        found |= {one.func.id for one in calls if isinstance(one.func, ast.Name)} & names
    return found


def faults(events: set[str], roads: dict[str, list[str]], sentences: set[str]) -> list[str]:
    """What does not fit, a line each."""
    out = emitted({one.partition(":")[2] for one in events})
    lines = [f"{one}: nobody receives it" for one in sorted(events) if not roads.get(one)]
    lines += [f"{one}: nobody emits it" for one in sorted(events) if one.partition(":")[2] not in out]
    lines += [f"{one}: there is no such event" for one in sorted(set(roads) - events)]
    told = {one for one, handlers in roads.items() if road.TELL in handlers}
    return lines + [f"{one}: TELL and events.yaml do not fit" for one in sorted(told ^ sentences)]


@pytest.mark.one_database
def test_every_event_is_emitted_and_received() -> None:
    assert faults(declared(), road.ROAD, set(catalogue.events())) == []


@pytest.mark.one_database
def test_the_twin_an_event_that_nobody_receives_or_emits_is_red() -> None:
    events, sentences = declared(), set(catalogue.events())
    without = {one: handlers for one, handlers in road.ROAD.items() if not one.endswith("CaseClosed")}
    assert any("CaseClosed: nobody receives" in line for line in faults(events, without, sentences))
    assert any("Invented: nobody emits" in line for line in faults({*events, "chengxin.cases.events:Invented"}, road.ROAD, sentences))
    assert any("CaseClosed: TELL" in line for line in faults(events, without, sentences))
