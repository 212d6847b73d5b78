"""The demo's lists: made by the steps that everybody takes, and once."""

from __future__ import annotations

import pytest

from chengxin.lists import demo, queries
from chengxin.lists.models import ListEntry, PlatformListEntry, RedEntry
from chengxin.lists.tests import cast as c
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples


@pytest.mark.django_db
def test_the_demo_shows_each_kind_once():
    who = c.cast()
    other = samples.shop(who.platform, samples.row(5, **samples.verified())).subject
    people = {
        "officer": who.officer, "reviewer": who.reviewer, "head": who.head, "upper": who.upper, "commerce": who.commerce,
        "last_merchant": who.merchant, "staff": who.staff,
    }  # fmt: skip
    for _ in range(2):
        demo.put_on_lists([Subject.objects.get(pk=other.pk), who.subject], people)
    assert sorted(ListEntry.objects.values_list("state", flat=True)) == ["NOTICED", "PUBLISHED"]
    assert [one.subject for one in queries.public()] == [who.subject]
    assert RedEntry.objects.get().state == "OUT"  # the subject is on the official list by then
    assert PlatformListEntry.objects.count() == 1
