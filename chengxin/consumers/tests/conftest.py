"""Papers are filled and checked, and blank: a page of PDF costs half a second. One test of the room makes them whole."""

from __future__ import annotations

import pytest

from chengxin.documents import paper
from chengxin.documents.tests.people import BLANK


@pytest.fixture(autouse=True)
def blank_papers(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """But for who asks for `whole_papers`."""
    if "whole_papers" not in request.fixturenames:
        monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)


@pytest.fixture
def whole_papers() -> None:
    """Asked for by the test that looks at them."""
