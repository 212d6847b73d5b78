from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import language, search

CHINESE = st.text(alphabet="鹤岗市向阳区示例超市刷单炒信", min_size=2, max_size=12)


def test_a_two_character_word_inside_a_longer_name_is_found() -> None:
    assert set(search.query("刷单")) <= set(search.bigrams("打击刷单炒信").split())


@given(CHINESE, CHINESE, CHINESE)
def test_every_substring_of_two_or_more_characters_is_found(before: str, word: str, after: str) -> None:
    assert set(search.query(word)) <= set(search.bigrams(before + word + after).split())


def test_full_width_and_capitals_are_the_same_as_plain() -> None:
    assert search.bigrams("ＡＢＣ１２３") == search.bigrams("abc123") == "abc123"


def test_nothing_to_search_for_is_said_as_nothing() -> None:
    assert search.query("——！") == []


def test_text_comes_in_the_reader_s_language_and_in_chinese_when_it_is_missing() -> None:
    pair = {"zh": "线索", "en": "Clue"}
    with translation.override("en"):
        assert language.pick(pair) == "Clue"
        assert language.pick({"zh": "线索", "en": ""}) == "线索"
    with translation.override("zh-hans"):
        assert language.pick(pair) == "线索"


def test_remarks_are_parted_as_the_readers_language_parts_them():
    with translation.override("zh-hans"):
        assert language.together(["甲", "乙"]) == "甲；乙"
    with translation.override("en"):
        assert language.together(["a", "b"]) == "a; b"
