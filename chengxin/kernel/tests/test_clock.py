from datetime import date, datetime

import pytest

from chengxin.kernel import clock


def test_a_legal_day_is_the_city_s_day_not_utc_s() -> None:
    with clock.set_to(datetime(2026, 4, 15, 0, 30, tzinfo=clock.CITY)):
        assert clock.now().date() == date(2026, 4, 14)
        assert clock.today() == date(2026, 4, 15)


def test_it_refuses_to_be_set_without_a_zone() -> None:
    with pytest.raises(ValueError), clock.set_to(datetime(2026, 4, 15)):
        pass


def test_it_runs_again_after_the_block() -> None:
    with clock.set_to(datetime(2017, 7, 3, tzinfo=clock.CITY)):
        pass
    assert clock.today() > date(2026, 1, 1)
