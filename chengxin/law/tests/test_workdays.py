from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.kernel import clock
from chengxin.law import workdays
from chengxin.law.errors import CalendarMissing, LawDataBroken


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 14), True),  # Saturday, made up
        (date(2026, 2, 16), False),  # Monday, Spring Festival
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 9, 20), True),  # Sunday, made up
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 10, 11), False),
        (date(2020, 1, 31), False),  # the extension of 2020
        (date(2020, 2, 3), True),
        (date(2019, 5, 2), False),  # the changed Labour Day of 2019
        (date(2019, 5, 5), True),
    ],
)
def test_days_of_the_notices(day: date, working: bool) -> None:
    assert workdays.is_workday(day) is working


def test_the_table_holds_every_year_from_2018_and_the_next_one() -> None:
    assert list(workdays.table()) == list(range(2018, 2028))
    assert {year: one.status for year, one in workdays.table().items() if one.status != "published"} == {2027: "provisional"}
    assert all(one.notice for one in workdays.table().values() if one.status == "published")


def test_adding_and_subtracting_are_inverse_on_working_days() -> None:
    day = date(2026, 2, 13)
    for n in range(1, 40):
        assert workdays.add(workdays.add(day, n), -n) == day
    assert workdays.add(date(2026, 2, 15), 0) == date(2026, 2, 15)


def test_counting_includes_both_ends() -> None:
    assert workdays.count(date(2026, 2, 13), date(2026, 2, 24)) == 3
    assert workdays.count(date(2026, 2, 24), date(2026, 2, 13)) == 0


def test_a_year_before_the_table_is_refused_and_a_later_one_counts_weekdays() -> None:
    with pytest.raises(CalendarMissing):
        workdays.is_workday(date(2017, 12, 29))
    assert workdays.is_workday(date(2018, 1, 2)) is True
    assert workdays.status(2030) == "missing"
    assert workdays.is_workday(date(2030, 10, 1)) is True  # a Tuesday; nobody knows that year's notice
    assert workdays.is_workday(date(2030, 10, 5)) is False


def test_holidays_have_names_in_both_languages() -> None:
    assert workdays.holiday(date(2026, 2, 17)) == "春节"
    assert workdays.holiday(date(2026, 10, 1), "en") == "National Day"
    assert workdays.holiday(date(2026, 7, 1)) is None
    assert workdays.holiday(date(2031, 1, 1)) is None


def test_the_administrator_is_warned_of_a_provisional_or_missing_next_year() -> None:
    assert workdays.warnings(date(2026, 10, 31)) == []
    assert "2027" in workdays.warnings(date(2026, 11, 24))[0]["zh"]
    both = workdays.warnings(date(2027, 11, 1))
    assert ["暂定" in both[0]["zh"], "缺少" in both[1]["zh"]] == [True, True]
    assert workdays.warnings(date(2025, 12, 31)) == []


def test_a_make_up_day_on_a_weekday_or_in_the_wrong_year_is_refused() -> None:
    row = {"status": "published", "notice": "x", "days_off": [], "makeup": [date(2026, 2, 13)]}
    with pytest.raises(LawDataBroken):
        workdays._read_year(2026, row)
    with pytest.raises(LawDataBroken):
        workdays._read_year(2026, {**row, "makeup": [date(2025, 2, 15)]})


def test_a_city_enters_a_new_notice_in_its_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "law").mkdir()
    off = "[{from: 2027-02-05, to: 2027-02-12, zh: 春节, en: Spring Festival}]"
    notice = f"years: {{2027: {{status: published, notice: x, days_off: {off}, makeup: [2027-02-14]}}}}"
    (tmp_path / "law" / "workdays.yaml").write_text(notice, encoding="utf-8")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    workdays.table.cache_clear()
    try:
        assert workdays.status(2027) == "published"
        assert workdays.is_workday(date(2027, 2, 14)) is True
        assert workdays.warnings(date(2026, 11, 24)) == []
    finally:
        monkeypatch.undo()
        workdays.table.cache_clear()


def test_this_year_has_a_calendar() -> None:
    """Red from 1 January of a year whose notice was never entered."""
    assert workdays.status(clock.today().year) == "published"
