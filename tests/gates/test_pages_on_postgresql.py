"""Every page and API answer of the house is opened once on PostgreSQL, so that the tests of the rooms' pages need only one database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import override_settings

from chengxin.kernel import clock
from tests.gates import bodies, cells, listings, matrix
from tests.gates.test_access_matrix import pytestmark as _of_the_matrix  # noqa: F401 - the import registers every room's samples

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker) -> Iterator[matrix.City]:
    with django_db_blocker.unblock(), override_settings(SECOND_FACTOR=False), clock.set_to(clock.now()), transaction.atomic():
        city = matrix.build_city()
        city.fill([*matrix.SAMPLES.values(), *listings.LISTINGS.values(), *bodies.ASKED])
        yield city
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the access matrix opens them all")
def test_every_page_and_answer_opens(city: matrix.City) -> None:
    result = cells.Result()
    for route in matrix.collect():
        role = next((one for one in route.askers if route.may_use(one) and one != matrix.ANONYMOUS), None)
        if route.method != "GET" or role is None:
            continue
        known = city.sample(route.name)
        answer = cells.ask(city.browser(role), route, known.own_of(role) if known else route.nobodys())
        result.expect(answer.status < 500, f"{route} as {role}: {answer}")
    assert result.cells > 250
    assert not result.wrong, "\n".join(result.wrong)
