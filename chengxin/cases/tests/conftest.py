"""Papers are set once a form: most tests look at what a case does, not at the letters of its papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chengxin.cases.tests import people
from chengxin.documents import paper
from chengxin.kernel import clock

SET: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    with clock.set_to(people.START):
        yield


@pytest.fixture
def cast() -> people.Town:
    return people.town()


@pytest.fixture(autouse=True)
def set_once(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    real = paper.pdf
    if "real_papers" in request.keywords:
        return

    def pdf(form: Any, *rest: Any) -> bytes:
        if form.id not in SET:
            SET[form.id] = real(form, *rest)
        return SET[form.id]

    monkeypatch.setattr(paper, "pdf", pdf)
