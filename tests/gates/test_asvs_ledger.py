"""OWASP ASVS 5.0.0, levels 1 and 2: every requirement stands in the ledger once, and what is said to show it exists."""

from __future__ import annotations

from typing import Any

import pytest

from tests import ledgers

pytestmark = pytest.mark.one_database
GOOD = {"n": "1.1.1", "l": "2", "says": "Input is decoded once.", "test": ["tests/gates/test_tamper.py::test_every_tampering_is_found"]}


def test_every_requirement_is_there_once_and_shown() -> None:
    entries, levels = ledgers.load("asvs"), ledgers.asvs_numbers()
    assert (len(levels), sum(level == 1 for level in levels.values())) == (253, 70)  # the standard's own counts
    assert ledgers.faults(entries, levels) == []
    assert [entry["n"] for entry in entries if int(entry["l"]) != levels[entry["n"]]] == []
    left = [entry["n"] for entry in entries if "open" in entry]
    counted = {way: sum(way in entry for entry in entries) for way in ledgers.WAYS}
    print(f"ASVS 5.0.0 L1+L2: {len(entries)} requirements, open {len(left)} {left}; {counted}")


def test_the_page_is_made_from_the_ledger() -> None:
    assert (ledgers.OPERATE / "asvs.md").read_text(encoding="utf-8") == ledgers.page_of("asvs"), "run python -m tests.ledgers"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"test": ["tests/gates/test_tamper.py::test_that_nobody_wrote"]}, "no such test"),
        ({"test": []}, "nothing shows it"),
        ({"test": [""]}, "nothing shows it"),
        ({"says": ""}, "says nothing"),
        ({"n": "1.1.9"}, "is no requirement"),
        ({"page": ["docs/operate/security.md#no-such-chapter"]}, "no such page"),
        ({"page": ["docs/operate/none.md"]}, "no such page"),
        ({"decision": ["docs/operate/security.md"]}, "no dated decision"),
        ({"operator": ["sleep well"]}, "no task"),
        ({"open": ["later"]}, "is open, and yet is met"),
        ({"tset": ["x"]}, "unknown key"),
    ],
)
def test_the_twin_a_ledger_with_a_fault_is_red(changed: dict[str, Any], fault: str) -> None:
    assert ledgers.faults([GOOD], ["1.1.1"]) == []
    assert any(fault in one for one in ledgers.faults([{**GOOD, **changed}], ["1.1.1"]))


def test_the_twin_a_number_missing_or_twice_is_red() -> None:
    assert ledgers.faults([], ["1.1.1"]) == ["1.1.1: is missing"]
    assert ledgers.faults([GOOD, GOOD], ["1.1.1"]) == ["1.1.1: stands here 2 times"]


def test_an_open_one_is_counted_and_no_fault() -> None:
    assert ledgers.faults([{"n": "1.1.1", "l": "2", "says": "Input is decoded once.", "open": ["nobody has built it"]}], ["1.1.1"]) == []
