"""A small log to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from chengxin.audit import actions, outside, tree

Write = Callable[[int], None]


@pytest.fixture
def write(db: None) -> Iterator[Write]:
    """Add this many leaves, a transaction each."""
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)

    def some(count: int) -> None:
        for number in range(count):
            with transaction.atomic():
                actions.record("audit.test.written", actor="system:test", object=f"audit.test:{number}", data={"n": number, "字": "诚信"})

    yield some
    outside.path().unlink(missing_ok=True)
