"""Which complaints stand together: templates do, people with the same trouble do not."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin.consumers.triage import grouping, measuring
from chengxin.consumers.triage.grouping import Columns, groups
from chengxin.consumers.triage.labelled import GENUINE, TEMPLATES, Labelled, labelled
from chengxin.consumers.triage.queries import parts

pytestmark = pytest.mark.one_database

TEMPLATE = TEMPLATES[0]


def columns(texts: list[str], business: list[str] | None = None, phone: list[str] | None = None, at: list[int] | None = None) -> Columns:
    n = len(texts)
    return Columns(texts, business or [""] * n, phone or [""] * n, [""] * n, np.array(at or range(n), np.int64))


def filled(n: int) -> list[str]:
    return [TEMPLATE.format(day=f"{1 + i % 12}月{1 + i}日", goods="蜂蜜", n=i, order=f"E{i:09d}", sum=i * 7) for i in range(n)]


@pytest.fixture(scope="module")
def given() -> Labelled:
    return labelled(800, 200)


def test_on_the_labelled_set_templates_are_found_no_genuine_one_is_joined_and_half_the_acts_fall_away(given: Labelled) -> None:
    got = measuring.figures(given, groups(given.columns))
    assert got.precision > 0.999 and got.recall > 0.98
    assert got.joined == 0
    assert got.saved >= 0.5


def test_the_twin_with_loose_words_genuine_ones_are_joined(given: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "NEAR", 0.2)
    monkeypatch.setattr(grouping, "FAIR", 0.1)
    assert measuring.figures(given, groups(given.columns)).joined > 0


def test_the_same_complaints_in_another_order_make_the_same_groups(given: Labelled) -> None:
    order = np.random.default_rng(3).permutation(len(given.label))
    here = given.columns
    turned = Columns(
        *([values[place] for place in order] for values in (here.text, here.business, here.phone, here.address)), here.at[order]
    )
    before = {frozenset(one.places) for one in groups(here)}
    assert {frozenset(int(order[place]) for place in one.places) for one in groups(turned)} == before


def test_numbers_and_days_make_no_difference_and_two_are_no_group() -> None:
    assert [len(one.places) for one in groups(columns(filled(5)))] == [5]
    assert groups(columns(filled(2))) == []


def test_the_same_business_or_telephone_alone_joins_nobody(given: Labelled) -> None:
    own = [text for text, label in zip(given.columns.text, given.label, strict=True) if label == GENUINE][:40]
    assert groups(columns(own, ["S1"] * 40, ["P1"] * 40)) == []


OWN = (
    "鱼缸运到家底下就渗水找谁都推",
    "颜色跟直播间里看到的差了十万八千里",
    "客服张口骂人还把我拉进了黑名单",
    "少寄一袋大米问了仓库说早发走啦",
)


def test_fairly_alike_words_join_only_with_the_same_business_or_contact() -> None:
    """Half of the template, then own words."""
    own = [text[: len(text) * 53 // 100] + tail for text, tail in zip(filled(4), OWN, strict=True)]
    assert groups(columns(own)) == []
    assert [len(one.places) for one in groups(columns(own, ["S1"] * 4))] == [4]
    assert [len(one.places) for one in groups(columns(own, phone=["P1"] * 4))] == [4]


def test_the_reason_is_shown_in_numbers() -> None:
    day = 86_400
    found = groups(columns(filled(4), ["S1", "S1", "S2", "S1"], ["P1", "P1", "", "P2"], [0, day, 2 * day, 9 * day]))[0]
    assert (found.businesses, found.contacts, found.wave, found.places) == (2, 2, 3, (0, 1, 2, 3))


def test_no_word_of_a_complaint_is_hidden_behind_the_common_ones() -> None:
    pattern, text = filled(1)[0], filled(1)[0].replace("蜂蜜", "羊绒衫") + "另外他们威胁我。"
    pieces = list(parts(pattern, text))
    assert "".join(piece for piece, _ in pieces) == text
    assert "".join(piece for piece, own in pieces if own).endswith("另外他们威胁我。")
