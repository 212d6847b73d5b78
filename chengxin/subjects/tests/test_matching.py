"""Names are compared part by part with reasons; one other character in a brand is another firm; the index keeps step with the register."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chengxin.subjects.matching import characters, compare, parse
from chengxin.subjects.matching.comparing import scoring
from chengxin.subjects.matching.index import Index
from chengxin.subjects.matching.words import vocabulary

pytestmark = pytest.mark.one_database
CASES = Path(__file__).parents[3] / "bench" / "names" / "cases.yaml"
FIRM = "鹤岗市金鼎食品有限公司"
pieces = st.sampled_from(
    [
        "鹤岗市",
        "鹤岗",
        "哈尔滨市",
        "工农区",
        "（",
        "）",
        "金鼎",
        "金",
        "鼎",
        "鹏",
        "食品",
        "建材",
        "有限公司",
        "店",
        "第一",
        "3",
        "旗舰店",
        "分公司",
        "jinding",
        "Co., Ltd.",
        " ",
    ]
)
names = st.lists(pieces, max_size=7).map("".join)


def test_every_strong_case_is_right() -> None:
    cases = [case for case in yaml.safe_load(CASES.read_text(encoding="utf-8")) if case.get("strong")]
    wrong = [(case, compare(case["a"], case["b"]).verdict) for case in cases]
    assert len(cases) >= 120
    assert [(case, verdict) for case, verdict in wrong if verdict not in case["then"].split("|")] == []


@hypothesis_settings(max_examples=60, deadline=None)
@given(names, names)
def test_the_order_of_two_names_does_not_matter(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert characters.normal(characters.normal(text)) == characters.normal(text)


@hypothesis_settings(max_examples=40, deadline=None)
@given(names.filter(str.strip))
def test_a_name_is_the_same_as_itself(name: str) -> None:
    parsed = parse(name)
    assert not parsed.text or compare(name, name).verdict == "same"


def test_a_name_is_read_as_the_law_orders_its_parts() -> None:
    name = parse("鶴崗市金鼎食品有限責任公司工農分公司")
    assert (name.place_text, name.brand, name.trade, name.form_text, name.branch) == (
        "鹤岗市",
        "金鼎",
        "食品",
        "有限责任公司",
        "工农分公司",
    )


def test_every_reason_says_itself_in_both_languages() -> None:
    match = compare(FIRM, "金顶食品旗舰店")
    assert match.verdict == "maybe"
    assert "字号一字同音：鼎 与 顶" in {one.text()["zh"] for one in match.reasons} or "字号一字同音：顶 与 鼎" in {
        one.text()["zh"] for one in match.reasons
    }
    for part in scoring()["parts"].values():
        assert all(level["zh"] and level["en"] for level in part["levels"].values())


def test_a_slip_is_a_question_and_another_character_is_another_firm() -> None:
    assert compare(FIRM, "鹤岗市金顶食品有限公司").verdict == "maybe"
    assert compare(FIRM, "鹤岗市金鹏食品有限公司").verdict == "different"


def test_an_index_finds_what_comparing_all_finds() -> None:
    firms = [
        FIRM,
        "哈尔滨市金鼎食品有限公司",
        "鹤岗市金鹏食品有限公司",
        "鹤岗市鑫源物流有限公司",
        "鹤岗市金鼎食品有限公司工农分公司",
        "鹤岗市鑫源建材店",
    ]
    index = Index(firms)
    for asked in (FIRM, "鹤岗金顶食品有限公司", "hegang jinding shipin youxian gongsi", "鑫原物流", "鹤岗市全鼎食品有限公司", "没有这家"):
        by_comparing = {row for row, firm in enumerate(firms) if compare(asked, firm).found}
        assert {one.row for one in index.find(asked)} == by_comparing


def test_two_that_fit_equally_are_a_question() -> None:
    index = Index(["鹤岗市工农区鑫源超市", "鹤岗市兴安区鑫源超市"])
    assert [one.match.verdict for one in index.find("鹤岗市鑫源超市")] == ["maybe", "maybe"]


def test_no_numeral_counts_as_a_slip() -> None:
    assert not [char for char in "一二三四五六七八九十" if characters.look_alikes(char)]


def test_the_vocabulary_knows_every_division_of_the_city() -> None:
    from chengxin.kernel import clock
    from chengxin.law import law

    places = set(vocabulary().places)
    assert {one.zh for one in law.at(clock.today()).divisions(level="county")} <= places
