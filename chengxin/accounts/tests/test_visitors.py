"""Anonymous forms have a limit per address and route, whichever room they are in; an address is not kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client, RequestFactory

from chengxin.accounts import visitors
from chengxin.kernel import clock

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def few(settings) -> None:
    settings.VISITOR_RATES = {"": (0.1, 3), "api:check_mark": (0.1, 2)}
    visitors._buckets.clear()


def asked(address: str, now: float, what: str = "a:form"):
    return visitors.limited(RequestFactory().post("/", REMOTE_ADDR=address), what, now)


@pytest.mark.django_db
def test_a_form_is_refused_when_the_bucket_is_empty_and_taken_again_after_the_time_it_says():
    assert [asked("192.0.2.1", 0.0) for _ in range(3)] == [None] * 3
    refused = asked("192.0.2.1", 0.0)
    assert refused is not None and refused.status_code == 429 and refused["Retry-After"] == "10"
    assert "操作过于频繁" in refused.content.decode() and "过几分钟再试" in refused.content.decode()
    assert asked("192.0.2.2", 0.0) is None and asked("192.0.2.1", 0.0, "b:form") is None
    assert asked("192.0.2.1", 10.0) is None


def test_a_household_is_one_visitor_and_no_address_is_kept():
    for place in range(3):
        assert asked(f"2001:db8:0:1::{place}", 0.0) is None
    assert visitors._take("a:form", "2001:db8:0:1::9", 0.0) == 10
    assert visitors._take("a:form", "2001:db8:0:2::9", 0.0) == 0
    assert len(visitors._buckets) == 2 and all(len(key) == 16 for key in visitors._buckets)
    assert visitors._hashed("a:form", "2001:db8:0:1::9") == visitors._hashed("a:form", "2001:db8:0:1::1")


def test_another_day_has_another_key():
    with clock.set_to(datetime(2026, 11, 29, 10, tzinfo=clock.CITY)):
        first = visitors._hashed("a:form", "192.0.2.1")
    with clock.set_to(datetime(2026, 11, 30, 10, tzinfo=clock.CITY)):
        assert visitors._hashed("a:form", "192.0.2.1") != first


@pytest.mark.django_db
def test_every_open_form_of_the_house_is_limited_and_reading_is_not():
    browser = Client()
    answers = [browser.post("/marks/report/", {"where": ""}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    assert browser.get("/marks/report/").status_code == 200
    machine = [Client().post("/api/v1/marks/check", {"mark": "x", "host": "y"}, "application/json") for _ in range(3)]
    assert machine[2].status_code == 429 and machine[2].json()["code"] == "too_many"
