"""The demo of this room goes through its acts and can be repeated."""

from __future__ import annotations

import pytest

from chengxin.campaigns import demo, stories
from chengxin.campaigns.models import Activity, Campaign, Completion, Story, Streamer
from chengxin.campaigns.tests import people
from chengxin.commitments.tests.people import desk

pytestmark = pytest.mark.django_db


def test_it_fills_every_page_once() -> None:
    cast = people.town()
    assert cast.shop.subject and cast.platform.subject
    people.on_file(cast.officer, cast.reviewer, cast.shop.subject)
    who = demo.Cast(cast.officer, cast.reviewer, cast.head, desk("COM")[0], cast.staff, [cast.merchant])
    for _again in range(2):
        demo.fill(who, cast.platform, [cast.shop.subject, cast.platform.subject])
    assert {one.kind for one in stories.public()} == {"GOOD", "BAD"}
    counts = [model.objects.count() for model in (Campaign, Story, Activity, Streamer, Completion)]
    assert counts == [2, 2, 2, 6, 4]
