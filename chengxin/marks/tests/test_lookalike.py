"""The cases of look-alike names and hosts, and what holds for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chengxin.marks.lookalike import Known, within_one

pytestmark = pytest.mark.one_database
CASES = yaml.load((Path(__file__).parent / "lookalike_cases.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
NAMES, HOSTS = Known.of(CASES["names"]["known"], []), Known.of([], CASES["hosts"]["known"])


@pytest.mark.parametrize("case", CASES["names"]["cases"], ids=lambda case: case["asked"])
def test_a_name_looks_like(case: dict) -> None:
    assert {one.of: one.how for one in NAMES.name(case["asked"])} == case["like"]


@pytest.mark.parametrize("case", CASES["hosts"]["cases"], ids=lambda case: case["asked"] or "nothing")
def test_a_host_looks_like(case: dict) -> None:
    assert {one.of: one.how for one in HOSTS.host(case["asked"])} == case["like"]


def edits(left: str, right: str) -> int:
    """Optimal string alignment distance, the slow and plain way."""
    rows = [[i + j if not i * j else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left[i - 1] != right[j - 1]))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_within_one_is_a_distance_of_at_most_one(left: str, right: str) -> None:
    assert within_one(left, right) == (edits(left, right) <= 1)


@given(st.text(max_size=40))
def test_any_text_may_be_asked(text: str) -> None:
    assert isinstance(NAMES.name(text), list)
    assert isinstance(HOSTS.host(text), list)


def test_one_look_up_among_many_finds_the_one() -> None:
    known = Known.of((f"示例{chr(0x4E00 + number)}小店" for number in range(5000)), [])
    assert [one.of for one in known.name(f"示列{chr(0x4E00 + 4711)}小店")] == [f"示例{chr(0x4E00 + 4711)}小店"]
