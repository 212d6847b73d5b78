from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from chengxin.accounts import rates
from chengxin.accounts.errors import TooManyRequests
from chengxin.accounts.tests.test_clients import token_of


@pytest.fixture(autouse=True)
def slow(settings) -> None:
    settings.CLIENT_RATES = {"small": (2, 3), "normal": (20, 200), "large": (200, 2000)}
    rates._buckets.clear()


def test_the_bucket_empties_and_fills_at_the_class_rate(make_client):
    client = make_client("mall", rate="small").client
    for _ in range(3):
        rates.take(client, now=100.0)
    with pytest.raises(TooManyRequests) as refused:
        rates.take(client, now=100.0)
    assert refused.value.data == {"seconds": 1, "rate": 2}
    rates.take(client, now=100.5)
    with pytest.raises(TooManyRequests):
        rates.take(client, now=100.6)


def test_a_rest_fills_no_more_than_the_bucket_and_others_have_their_own(make_client):
    mine, other = make_client("mall", rate="small").client, make_client("bazaar", rate="small").client
    rates.take(mine, now=0.0)
    for _ in range(3):
        rates.take(mine, now=10_000.0)
    with pytest.raises(TooManyRequests):
        rates.take(mine, now=10_000.0)
    rates.take(other, now=10_000.0)


def test_the_api_says_when_to_come_back(make_client):
    _, token = token_of(make_client("mall", "receipts:read", rate="small"), "receipts:read")
    ask = {"headers": {"Authorization": f"Bearer {token}"}}
    answers = [Client().get(f"/api/v1/facts/receipts/{uuid4()}", **ask) for _ in range(4)]
    assert [one.status_code for one in answers[:3]] == [404] * 3
    assert answers[3].status_code == 429 and answers[3]["Retry-After"] == "1"
    assert answers[3].json()["code"] == "too_many_requests"
