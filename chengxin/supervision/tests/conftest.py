"""A stopped clock and a town for the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengxin.kernel import clock
from chengxin.supervision.tests import town


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    with clock.set_to(town.NOW):
        yield
