"""The demo city's records go through the same doors; telling them twice changes nothing."""

from __future__ import annotations

import pytest

from chengxin.records import demo, queries
from chengxin.records.models import Objection, Proposal, Record
from chengxin.records.tests import people
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_demo_citys_pages_are_not_empty():
    cast = people.town()
    values = {name: getattr(cast.subject, name) for name in ("created_at", "updated_at", "created_by", "division")}
    more = [Subject.objects.create(kind="1", name=f"示例商行{n}", uscc=samples.uscc(n, "91"), **values) for n in (81, 82)]
    for _ in range(2):
        demo.put_on_file([cast.subject, *more], cast.officer, cast.reviewer, cast.merchant)
    assert (Record.objects.count(), Proposal.objects.filter(state="WAITING").count(), Objection.objects.count()) == (5, 1, 1)
    assert [one.disputed for one in queries.public_of(cast.subject)] == [False, True]
    assert queries.public_of(more[1]) == []  # a warning alone is not published
