"""The demo's batches: every kind of row, once."""

from __future__ import annotations

import pytest

from chengxin.consumers.exchange import demo, dialects, queries
from chengxin.consumers.exchange.models import Batch
from chengxin.consumers.tests import people
from chengxin.consumers.tests.conftest import blank_papers  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_demo_shows_every_kind_of_difference_and_again_changes_nothing() -> None:
    cast = people.town()
    demo.fill([cast.shop], cast.officer)
    n = Batch.objects.count()
    demo.fill([cast.shop], cast.officer)
    assert Batch.objects.count() == n == 3
    board = queries.board(dialects.peers()["s12315"])
    assert (board["arrived"], board["to_mend"], board["conflicts"]) == (8, 1, 1) and (board["dropped"], board["not_taken"]) == (1, 2)
    assert {one.kind for one in queries.differences("s12315")} == set(queries.DIFFERENCES)
