from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.facts import kernels, oddities
from chengxin.facts.buffers import as_strings, strings
from chengxin.facts.kinds import kind
from chengxin.facts.oddities import Odd

ORDER = kind("order")
CITY = timezone(timedelta(hours=8))


def read(kernel, values):
    return tuple(array.tolist() for array in kernel(*strings(pa.array(values, pa.string()))))


def second(reader, column, value):
    try:
        return reader(ORDER.by_name[column], value)
    except Odd:
        return None


moments = st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1))
zones = st.sampled_from([UTC, CITY, timezone(timedelta(hours=-5, minutes=-30)), timezone(timedelta(hours=14))])


@given(moments, zones)
def test_times_are_read_as_python_reads_them(moment: datetime, zone: timezone) -> None:
    text = moment.replace(tzinfo=zone).isoformat()
    (number,), (fine,) = read(kernels.read_times, [text])
    assert fine and oddities.EPOCH + timedelta(microseconds=number) == moment.replace(tzinfo=zone)


@given(moments)
def test_a_time_without_a_zone_is_city_time(moment: datetime) -> None:
    for text in (moment.isoformat(), moment.isoformat(sep=" ")):
        (number,), (fine,) = read(kernels.read_times, [text])
        assert fine and oddities.EPOCH + timedelta(microseconds=number) == moment.replace(tzinfo=CITY)


@given(st.text(alphabet="0123456789-: T+Z.", max_size=34))
def test_no_text_is_a_time_for_the_loop_and_another_for_the_second_look(text: str) -> None:
    (number,), (fine,) = read(kernels.read_times, [text])
    if text and fine:
        assert second(oddities.moment, "ordered_at", text) == number


@given(st.text(alphabet="0123456789.-+, ", max_size=20))
def test_no_text_is_an_amount_for_the_loop_and_another_for_the_second_look(text: str) -> None:
    (number,), (fine,) = read(kernels.read_money, [text])
    if text and fine:
        assert Decimal(text) * 100 == number


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_whole_numbers_are_read(number: int) -> None:
    assert read(kernels.read_ints, [str(number)]) == ([number], [True])


def test_leap_days_exist_only_in_leap_years() -> None:
    assert read(kernels.read_times, ["2024-02-29", "2026-02-29", "2100-02-29", "2000-02-29", "2026-04-31"])[1] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_gtin_check_digits() -> None:
    offsets, data = strings(pa.array(["9520123456788", "9520123456780", "96385074", "12", "952012345678A"]))
    import numpy as np

    fine = kernels.digit_strings(offsets, data, np.array([8, 12, 13, 14]))
    assert (fine & kernels.gtin_checks(offsets, data, fine)).tolist() == [True, False, True, False, False]


def test_addresses_of_four_numbers() -> None:
    offsets, data = strings(pa.array(["192.0.2.1", "256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "0.0.0.0"]))
    assert kernels.ipv4_strings(offsets, data).tolist() == [True, False, False, False, False, True]


def test_bytes_under_a_null_are_not_read() -> None:
    validity = pa.py_buffer(bytes([0b101]))
    offsets = pa.py_buffer(pa.array([0, 1, 4, 5], pa.int32()).buffers()[1])
    odd = pa.Array.from_buffers(pa.string(), 3, [validity, offsets, pa.py_buffer(b"1abc2")])
    assert odd.to_pylist() == ["1", None, "2"]
    assert kernels.read_ints(*strings(as_strings(odd)))[0].tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "255.249.199.0", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "::FFFF:1", " 9.9.9.9 "]
)
def test_an_address_is_read_as_the_standard_library_reads_it(text):
    try:
        expected = str(ipaddress.ip_address(text.strip()))
    except ValueError:
        with pytest.raises(Odd):
            oddities.ip(ORDER.by_name["ip"], text)
    else:
        assert oddities.ip(ORDER.by_name["ip"], text) == expected
