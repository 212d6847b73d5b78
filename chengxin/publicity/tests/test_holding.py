"""What a named human holds back is on no page of any room that shows it; in force it stays."""

from __future__ import annotations

from datetime import datetime

import pytest

from chengxin.inspection import actions as visits
from chengxin.inspection import queries as inspections
from chengxin.inspection.models import Task
from chengxin.inspection.tests.test_visits import cast, signed  # noqa: F401 - a fixture
from chengxin.kernel import clock, showing
from chengxin.lists import queries as lists
from chengxin.lists.tests import cast as casts
from chengxin.lists.tests.conftest import quick_papers, quick_secrets  # noqa: F401 - fixtures
from chengxin.lists.tests.test_red_and_platform import red_listed
from chengxin.publicity import reviews

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> casts.Cast:
    return casts.cast()


def shown(client, entry) -> list[str]:
    """The addresses that show an entry: the page by its subject's name, the API by its number."""
    words = {"/lists/": entry.subject.name, "/api/v1/public/lists": entry.number}
    return [path for path, word in words.items() if word in client.get(path).content.decode()]


def test_a_held_listing_is_on_no_public_page_and_still_found_by_screening(client, who):
    entry = casts.published(who)
    assert shown(client, entry) == ["/lists/", "/api/v1/public/lists"]
    reviews.hold(who.officer, "lists", entry.number, "疑涉商业秘密")
    assert shown(client, entry) == []
    assert [one.number for one in lists.public()] == [entry.number]


def test_a_held_entry_of_a_red_list_is_gone_too(client, who):
    entry = red_listed(who)
    with clock.set_to(datetime.combine(entry.listed_on, datetime.min.time(), clock.CITY)):
        assert shown(client, entry)
        reviews.hold(who.commerce_head, "red_lists", entry.number, "核实中")
        assert shown(client, entry) == []


def test_the_twin_when_nobody_is_asked_it_is_shown(client, who, monkeypatch):
    entry = casts.published(who)
    reviews.hold(who.officer, "lists", entry.number, "疑涉商业秘密")
    monkeypatch.setattr(showing, "_asked", [])
    assert shown(client, entry)


def test_the_result_of_an_inspection_goes_with_the_record_it_became(cast):  # noqa: F811
    task, _ = signed(cast, "no")
    visits.publish(cast["reviewer"], task.number)
    [result] = inspections.public_results()
    reviews.hold(cast["reviewer"], "records", result["line"].record.number, "疑涉商业秘密")
    assert inspections.public_results() == [] and Task.objects.filter(pk=task.pk).exists()
