"""Every page and API answer of the house is opened once on PostgreSQL, so that the tests of the rooms' pages need only one database."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.gates import cells, matrix
from tests.gates.test_access_matrix import city  # noqa: F401 - the fixture, and with it every room's samples

pytestmark = pytest.mark.django_db
NOT_OFFERED = 501  # what EPCIS asks of who leaves out an optional part


@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the access matrix opens them all")
def test_every_page_and_answer_opens(city: matrix.City) -> None:  # noqa: F811
    result = cells.Result()
    for route in matrix.collect():
        role = next((one for one in route.askers if route.may_use(one) and one != matrix.ANONYMOUS), None)
        if route.method != "GET" or role is None:
            continue
        known = city.sample(route.name)
        answer = cells.ask(city.browser(role), route, known.own_of(role) if known else route.nobodys())
        whole = answer.status < 500 or answer.status == NOT_OFFERED
        result.expect(whole, f"{route} as {role}: {answer}")
    assert result.cells > 250
    assert not result.wrong, "\n".join(result.wrong)
