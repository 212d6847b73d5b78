"""Setting the type of a paper takes a tenth of a second, hashing a secret as long: a paper is set only where a test asks for `printed`."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.documents import paper
from chengxin.documents.tests.people import BLANK


@pytest.fixture
def printed() -> None:
    """Papers are really set in this test."""


@pytest.fixture(autouse=True)
def quick_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "printed" not in request.fixturenames:
        monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)


@pytest.fixture(autouse=True)
def quick_secrets(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
