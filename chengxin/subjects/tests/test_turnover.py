"""The watch over exempt sellers, summed over all shops on all platforms."""

from __future__ import annotations

from datetime import datetime

import pytest

from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.subjects import actions
from chengxin.subjects.models import Reminder, Shop, ShopTurnover
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(datetime(2026, 11, 24, 12, tzinfo=clock.CITY)):
        yield


def two_shops() -> tuple[Shop, Shop]:
    one = samples.shop(samples.platform("a"), samples.exempt_row(1))
    other = samples.shop(samples.platform("b"), samples.exempt_row(1, shop_id="T1"))
    return one, other


def test_sixty_and_fifty_thousand_on_two_platforms_raise_the_mark_on_both_shops() -> None:
    one, other = two_shops()
    assert actions.note_turnover([(one.token, 2026, 3, 6_000_000)]) == []
    marked = actions.note_turnover([(other.token, 2026, 5, 5_000_000)])
    assert {shop.pk for shop in marked} == {one.pk, other.pk}
    assert Shop.objects.filter(over_100k=True).count() == 2
    assert list(Reminder.objects.values_list("kind", "fen")) == [("over_100k", 11_000_000)] * 2
    assert Outbox.objects.filter(event__endswith="ExemptionExceeded").count() == 1


def test_exactly_the_limit_is_not_over_it_and_one_fen_more_is() -> None:
    one, _other = two_shops()
    assert actions.note_turnover([(one.token, 2026, 1, 10_000_000)]) == []
    assert len(actions.note_turnover([(one.token, 2026, 2, 1)])) == 2


def test_two_years_are_not_added_up() -> None:
    one, other = two_shops()
    assert actions.note_turnover([(one.token, 2025, 12, 6_000_000), (other.token, 2026, 1, 6_000_000)]) == []


def test_a_later_figure_for_a_month_replaces_the_earlier() -> None:
    one, _other = two_shops()
    for _ in range(3):
        actions.note_turnover([(one.token, 2026, 3, 6_000_000)])
    assert ShopTurnover.objects.get().fen == 6_000_000
    assert not Shop.objects.filter(over_100k=True).exists()


def test_a_registered_shop_is_not_watched_and_unknown_tokens_are_passed_over() -> None:
    shop = samples.shop(samples.platform(), samples.row())
    assert actions.note_turnover([(shop.token, 2026, 3, 90_000_000), (12345, 2026, 3, 1)]) == []
    assert not Shop.objects.filter(over_100k=True).exists()


def test_a_second_crossing_in_the_same_year_reminds_no_second_time() -> None:
    one, _other = two_shops()
    assert len(actions.note_turnover([(one.token, 2026, 3, 11_000_000)])) == 2
    assert actions.note_turnover([(one.token, 2026, 4, 11_000_000)]) == []
    assert Reminder.objects.count() == 2


def test_registering_takes_the_mark_away() -> None:
    one, _other = two_shops()
    actions.note_turnover([(one.token, 2026, 3, 11_000_000)])
    shop = samples.shop(one.platform, samples.row(1, shop_id=one.shop_id))
    assert (shop.registered, shop.over_100k, shop.exemption) == (True, False, "")


def test_over_the_limit_a_sporadic_seller_is_not_verified_again_as_exempt() -> None:
    from chengxin.subjects import errors

    one, _other = two_shops()
    actions.note_turnover([(one.token, 2026, 3, 11_000_000)])
    with pytest.raises(errors.ChecksFailed):
        actions.pass_identity(actions.start_check(one, samples.staff()), "id_service", samples.staff(), evidence_hash=samples.HASH)
