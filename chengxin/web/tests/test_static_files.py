"""Every file a page may ask for is served by the application itself: nobody has to collect files or put a server in front."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client, override_settings

HERE = Path(__file__).resolve().parents[2]
FILES = sorted(str(path.relative_to(room)) for room in HERE.glob("*/static") for path in room.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def browser() -> Client:
    """WhiteNoise looks through all files when it starts; one start serves all tests."""
    return Client()


@pytest.mark.parametrize("name", FILES)
def test_every_static_file_of_every_room_is_served(browser, name):
    answer = browser.get(f"/static/{name}")
    assert answer.status_code == 200, name
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content])


def test_without_finders_they_would_be_missing():
    with override_settings(WHITENOISE_USE_FINDERS=False):
        assert Client().get("/static/accounts/accounts.css").status_code == 404
