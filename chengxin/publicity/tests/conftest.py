"""The served application, counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections


class Counted:
    """The served application, and how often it was asked."""

    def __init__(self) -> None:
        self.app, self.asked = get_wsgi_application(), 0

    def __call__(self, environ: Any, start: Any) -> Any:
        self.asked += 1
        return self.app(environ, start)


@pytest.fixture
def served() -> Iterator[Counted]:
    """As Django's own test client does it: the connection that holds the test's transaction stays open between requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Counted()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
