from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import ids, money


def test_ids_sort_by_birth_and_say_version_seven() -> None:
    made = [ids.new_id() for _ in range(50)]
    assert all(one.version == 7 for one in made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)


def test_the_gs1_check_digit_of_the_standard_example() -> None:
    assert ids.gtin_check("690123456789") == "2"


@given(st.integers(1, 99_999), st.dates(date(2017, 7, 3), date(2099, 12, 31)), st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_in_our_numbers_is_always_seen(sequence: int, day: date, place: int, shift: int) -> None:
    number = ids.our_number("CL", "230400", day, sequence)
    assert ids.is_our_number(number)
    digits = list(number)
    digits[2 + place] = str((int(digits[2 + place]) + shift) % 10)
    assert not ids.is_our_number("".join(digits))


def test_a_day_with_more_than_99_999_clues_is_refused_rather_than_cut() -> None:
    with pytest.raises(ValueError):
        ids.our_number("CL", "230400", date(2026, 11, 24), 100_000)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_yuan_and_fen_are_inverse(amount: Decimal) -> None:
    assert Decimal(money.yuan(money.parse_yuan(amount))) == amount


@pytest.mark.parametrize("text", ["12.345", "1,234", "¥5", "1e3", "", "NaN", "１２"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        money.parse_yuan(text)


def test_amounts_for_people_group_thousands() -> None:
    assert money.yuan_for_people(-123_456_789) == "-1,234,567.89"
