"""ARCHITECTURE.md shows the house that stands: its table is the import contract, and each function is in the file that it links."""

from __future__ import annotations

import configparser
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.one_database


def layers() -> list[list[str]]:
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:road"]["layers"].strip().splitlines()
    return [[name.strip() for name in line.split("|")] for line in lines]


def rooms(page: str) -> list[str]:
    """The rooms of the table in its order; a part of a room counts as its room."""
    table = page.split("| Room | What it holds |")[1].split("\n\n")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.M)
    return [name.split("/")[0] for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def misplaced(page: str) -> list[str]:
    """What is in the contract alone, in the table alone, or below a layer that is above it."""
    floor = {name: number for number, layer in enumerate(layers()) for name in layer}
    there = rooms(page)
    wrong = sorted(set(floor) ^ set(there))
    return wrong + [lower for upper, lower in pairwise(there) if floor.get(lower, 0) < floor.get(upper, 0)]


def unknown_functions(page: str) -> list[str]:
    """Names linked to a file that does not define them."""
    named = re.findall(r"\[`(\w+)`\]\((chengxin/[^)]+\.py)\)", page)
    assert len(named) > 20
    return [name for name, path in named if not re.search(rf"^(?:def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8"), re.M)]


def test_the_table_of_rooms_is_the_picture_of_the_import_contract() -> None:
    assert misplaced(PAGE) == []


@pytest.mark.parametrize("room", ["lists", "kernel"])
def test_a_room_that_is_missing_or_invented_is_seen(room: str) -> None:
    assert misplaced(PAGE.replace(f"| `{room}` |", "| `attic` |"))[:2] == sorted(["attic", room])


def test_every_function_it_names_is_in_the_file_it_links() -> None:
    assert unknown_functions(PAGE) == []
    assert unknown_functions(PAGE.replace("[`accept_batch`]", "[`accept_all`]")) == ["accept_all"]


def test_the_list_of_decisions_names_each_page_once_in_order() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"^- \[\d{4}\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.M)
    assert listed == sorted(page.name for page in folder.glob("0*.md"))
