"""What the identifier checks catch, for every character and place; and what they refuse, with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import ids
from chengxin.subjects import errors, identifiers
from chengxin.subjects.identifiers import USCC_ALPHABET

STANDARD = "91350100M000100Y43"  # the worked example of GB 32100-2015
DIGITS = "0123456789"

bodies = st.builds(
    lambda head, division, tail: head + division + tail,
    st.text(USCC_ALPHABET, min_size=2, max_size=2),
    st.text(DIGITS, min_size=6, max_size=6),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
)
codes = bodies.map(lambda body: body + identifiers.uscc_check_character(body))


def refused(text: str) -> bool:
    try:
        identifiers.uscc(text)
    except errors.IdentifierRefused:
        return True
    return False


def test_the_standards_own_example_passes() -> None:
    assert identifiers.uscc(STANDARD) == STANDARD


@given(codes)
def test_every_division_and_every_registering_department_is_accepted(code: str) -> None:
    assert identifiers.uscc(code) == code


@given(codes)
def test_it_catches_every_one_character_error_at_every_place(code: str) -> None:
    for place in range(18):
        for letter in set(USCC_ALPHABET) - {code[place]}:
            assert refused(code[:place] + letter + code[place + 1 :])


@given(codes)
def test_it_catches_every_swap_of_two_different_neighbours(code: str) -> None:
    for place in range(17):
        if code[place] != code[place + 1]:
            assert refused(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def test_no_adjacent_swap_of_any_two_characters_escapes_the_weights() -> None:
    weights = [pow(3, place, 31) for place in range(17)] + [1]
    escaped = [
        (place, a, b)
        for place in range(17)
        for a in range(31)
        for b in range(31)
        if a != b and (weights[place] * a + weights[place + 1] * b - weights[place] * b - weights[place + 1] * a) % 31 == 0
    ]
    assert escaped == []


def test_without_the_check_character_a_one_character_error_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = STANDARD[:10] + "1" + STANDARD[11:]
    assert refused(wrong)
    monkeypatch.setattr(identifiers, "uscc_check_character", lambda body: wrong[17])
    assert not refused(wrong)


def test_full_width_lower_case_and_spaces_are_normalised() -> None:
    assert identifiers.uscc("９１３５ 0100-m000100y43") == STANDARD


@pytest.mark.parametrize(("letter", "likely"), [("I", "1"), ("O", "0"), ("Z", "2"), ("S", "5"), ("V", "U")])
def test_a_letter_that_is_never_used_is_named_with_what_it_probably_is(letter: str, likely: str) -> None:
    with pytest.raises(errors.UsccLetter) as refusal:
        identifiers.uscc(STANDARD[:9] + letter + STANDARD[10:])
    assert refusal.value.data["position"] == 10
    assert likely in refusal.value.said(refusal.value.next, "en")
    assert letter in refusal.value.said(refusal.value.why, "zh")


def test_a_wrong_check_character_is_refused_with_the_expected_one_in_both_languages() -> None:
    with pytest.raises(errors.UsccCheck) as refusal:
        identifiers.uscc(STANDARD[:17] + "4")
    assert "“3”" in refusal.value.said(refusal.value.why, "zh")
    assert "“3”" in refusal.value.said(refusal.value.why, "en")
    assert refusal.value.said(refusal.value.next, "zh")


def test_an_old_fifteen_digit_number_is_only_a_secondary_number() -> None:
    with pytest.raises(errors.OldNumberAsPrimary):
        identifiers.uscc("230400100012345")
    assert identifiers.old_registration_number("2304 0010 0012 345") == "230400100012345"


@pytest.mark.parametrize("text", ["", "9135", STANDARD + "1"])
def test_a_wrong_length_is_named(text: str) -> None:
    with pytest.raises(errors.UsccLength):
        identifiers.uscc(text)


def test_a_letter_in_the_division_is_named() -> None:
    with pytest.raises(errors.UsccDivision):
        identifiers.uscc("91A50100M000100Y43")


def test_an_odd_organisation_code_inside_is_only_a_doubt() -> None:
    body = "91350100M000100Y5"
    code = body + identifiers.uscc_check_character(body)
    assert identifiers.uscc(code) == code
    assert [doubt.code for doubt in identifiers.uscc_doubts(code)] == ["organisation_check"]
    assert identifiers.uscc_doubts(STANDARD) == []


def test_the_resident_id_example_passes_and_lower_case_x_too() -> None:
    assert identifiers.resident_id("11010519491231002x") == "11010519491231002X"


def test_every_one_digit_error_and_neighbour_swap_of_a_resident_id_is_caught() -> None:
    number = "11010519491231002X"
    for place in range(17):
        for digit in set(DIGITS) - {number[place]}:
            with pytest.raises(errors.IdRefused):
                identifiers.resident_id(number[:place] + digit + number[place + 1 :])
        if number[place] != number[place + 1]:
            with pytest.raises(errors.IdRefused):
                identifiers.resident_id(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


def with_id_check(body: str) -> str:
    return body + identifiers.resident_id_check_character(body)


def test_an_impossible_day_and_an_unknown_division_are_refused_by_name() -> None:
    with pytest.raises(errors.IdDate):
        identifiers.resident_id(with_id_check("11010519490231002"))
    with pytest.raises(errors.IdDate):
        identifiers.resident_id(with_id_check("11010529990101002"))
    with pytest.raises(errors.IdDivision):
        identifiers.resident_id(with_id_check("99010519491231002"))


def test_residence_permits_of_hong_kong_macao_and_taiwan_pass() -> None:
    assert identifiers.resident_id(with_id_check("81000019900101123"))


def test_an_error_text_never_repeats_the_whole_resident_id() -> None:
    with pytest.raises(errors.IdCheck) as refusal:
        identifiers.resident_id("110105194912310021")
    assert "110105194912310021" not in str(refusal.value) + str(refusal.value.data)


@pytest.mark.parametrize("body", ["690123456789", "6901234", "12345678901", "1690123456789"])
def test_gtins_of_all_four_lengths_pass_and_every_one_digit_error_is_caught(body: str) -> None:
    number = body + ids.gtin_check(body)
    assert identifiers.gtin(number) == number
    for place in range(len(number)):
        for digit in set(DIGITS) - {number[place]}:
            with pytest.raises(errors.GtinCheck):
                identifiers.gtin(number[:place] + digit + number[place + 1 :])


def test_the_gtin_swaps_that_escape_are_exactly_those_of_digits_five_apart() -> None:
    escaped = {(a, b) for a in range(10) for b in range(10) if a != b and (3 * a + b - 3 * b - a) % 10 == 0}
    assert escaped == {(a, (a + 5) % 10) for a in range(10)}


def test_gtin_lengths_and_letters_are_named() -> None:
    with pytest.raises(errors.GtinLength):
        identifiers.gtin("123")
    with pytest.raises(errors.GtinCharacter):
        identifiers.gtin("69012345678X2")


def demo_numbers() -> list[tuple[str, str]]:
    body, gtin = "92230499MA0000001", "952123456789"
    return [
        ("uscc", body + identifiers.uscc_check_character(body)),
        ("resident_id", with_id_check("23049918870101001")),
        ("gtin", gtin + ids.gtin_check(gtin)),
        ("phone", "10012345678"),
        ("web_address", "https://shop.example/s/1"),
    ]


@pytest.mark.parametrize(("check", "number"), demo_numbers())
def test_demo_numbers_pass_in_a_demo_and_nowhere_else(check: str, number: str, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    assert getattr(identifiers, check)(number) == number
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(errors.DemoIdentifier):
        getattr(identifiers, check)(number)


@pytest.mark.parametrize("text", ["13912345678", "0468-3345678", "400-123-4567", "+86 139 1234 5678"])
def test_numbers_that_can_be_called_pass(text: str) -> None:
    assert identifiers.phone(text).isdigit()


@pytest.mark.parametrize("text", ["12345", "19", "电话", "2391234567"])
def test_numbers_that_cannot_be_called_are_refused(text: str) -> None:
    with pytest.raises(errors.PhoneRefused):
        identifiers.phone(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "ftp://a.cn", "http://", "店铺", "http://[::1"])
def test_addresses_that_are_not_web_addresses_are_refused(text: str) -> None:
    with pytest.raises(errors.WebAddressRefused):
        identifiers.web_address(text)


def test_a_shop_is_found_by_its_address_however_it_is_written() -> None:
    keys = {identifiers.url_key(text) for text in ("https://www.Shop.cn/s/1/", "shop.cn/s/1", "http://shop.cn/s/1?utm_source=x&spm=a")}
    assert keys == {"shop.cn/s/1"}
    assert identifiers.url_key("shop.cn/i?id=2&a=1") == "shop.cn/i?a=1&id=2"
