"""The demo's tour: steps that tick themselves, remembered per person, put away for good, and nothing of it outside the demo."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chengxin.supervision.tests import town
from chengxin.web import doors, tour
from chengxin.web.models import TourMark

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO, settings.SECOND_FACTOR = True, False


def reader(name: str = "") -> Client:
    made = Client()
    if name:
        user = town.person(name, "officer", department="SAMR").user
        assert user
        made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_step_ticks_itself_when_followed_and_is_remembered_for_the_person() -> None:
    first, second = reader("first"), reader("second")
    assert "试一试" in page(first, "/officer/") and page(first, "/officer/").count('class="done"') == 0
    answer = first.get("/tour/officer-clue/")
    assert (answer.status_code, answer["Location"]) == (302, "/officer/clues/")
    first.get("/tour/officer-clue/")
    assert page(first, "/officer/").count('class="done"') == 1 and TourMark.objects.count() == 1
    assert page(second, "/officer/").count('class="done"') == 0
    assert "试一试" not in page(first, "/officer/clues/"), "only on the first page"


def test_put_away_is_for_good_and_for_that_person() -> None:
    first, second = reader("first"), reader("second")
    assert first.post("/tour/officer/hide/")["Location"] == "/officer/"
    assert "试一试" not in page(first, "/officer/") and "试一试" in page(second, "/officer/")


def test_a_visitor_without_account_has_it_too() -> None:
    visitor = reader()
    assert "试一试" in page(visitor, "/")
    visitor.get("/tour/public-verify/")
    assert 'class="done"' in page(visitor, "/")
    visitor.post("/tour/public/hide/")
    assert "试一试" not in page(visitor, "/")


def test_there_is_none_outside_the_demo(settings: Any) -> None:
    settings.DEMO = False
    officer = reader("officer")
    officer.get("/tour/officer-clue/")
    assert "试一试" not in page(officer, "/officer/") and not TourMark.objects.exists()


def test_every_step_leads_somewhere_and_belongs_to_a_door() -> None:
    assert set(tour.table()) <= set(doors.table())
    steps = [one for each in tour.table().values() for one in each]
    assert len({one["step"] for one in steps}) == len(steps)
    assert all(set(one) <= {"step", "url", "zh", "en", "roles"} for one in steps), "a comma in an unquoted text"
    assert all(doors.address(one["url"]) and one["zh"] and one["en"] for one in steps)
    assert reader().get("/tour/no-such/").status_code == 404
