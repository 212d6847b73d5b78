"""The demo city's exchange is made once, and has something to show on every page."""

import pytest

from chengxin.exchange import demo
from chengxin.exchange.models import CatalogueEntry, Difference, ExchangeBatch, ExchangeRow, InboundRow, ShareRequest
from chengxin.exchange.tests import people
from chengxin.records.tests.people import put, town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_demo_fills_every_page_once():
    cast = town()
    for number in (1, 2, 3):
        put(cast, document_number=f"示市监处罚〔2026〕{number}号")
    commerce = people.person("commerce", "officer", "COM")
    for _again in range(2):
        demo.fill(cast.officer, cast.reviewer, commerce, [cast.subject])
    assert sorted(ExchangeBatch.objects.values_list("kind", "state")) == [("licence", "VALIDATED"), ("penalty", "ACKED")]
    assert ExchangeRow.objects.filter(state="ACCEPTED").count() == 3
    assert Difference.objects.get().kind == "LOST"
    assert sorted(InboundRow.objects.values_list("state", flat=True)) == ["MATCHED", "UNMATCHED"]
    assert (CatalogueEntry.objects.get().state, ShareRequest.objects.get().state) == ("LISTED", "FILED")
