"""GB/T 22239-2019, level 3, 8.1.4: every item stands in the ledger once, and what is said to show it exists."""

from __future__ import annotations

import re

import pytest

from tests import ledgers

pytestmark = pytest.mark.one_database


def test_every_item_is_there_once_and_shown() -> None:
    entries, numbers = ledgers.load("dengbao"), ledgers.dengbao_numbers()
    assert len(numbers) == 34
    assert ledgers.faults(entries, numbers) == []
    left = [entry["n"] for entry in entries if "open" in entry]
    alone = [entry["n"] for entry in entries if "operator" in entry and "test" not in entry]
    print(f"GB/T 22239-2019 8.1.4: {len(entries)} items, open {len(left)} {left}; the operator's alone: {len(alone)} {alone}")


def test_it_is_said_in_chinese() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]", entry["says"]) for entry in ledgers.load("dengbao"))


def test_the_page_is_made_from_the_ledger() -> None:
    assert (ledgers.OPERATE / "dengbao.md").read_text(encoding="utf-8") == ledgers.page_of("dengbao"), "run python -m tests.ledgers"


def test_the_twin_a_missing_item_and_a_test_that_is_gone_are_red() -> None:
    entries = ledgers.load("dengbao")
    assert ledgers.faults(entries[1:], ledgers.dengbao_numbers()) == ["8.1.4.1 a: is missing"]
    entries[0] = {**entries[0], "test": ["tests/test_none.py::test_none"]}
    assert ledgers.faults(entries, ledgers.dengbao_numbers()) == ["8.1.4.1 a: no such test tests/test_none.py::test_none"]
