"""The demo's cases: by the same people and steps as anywhere, and once."""

from __future__ import annotations

import pytest

from chengxin.cases import demo, queries
from chengxin.cases.models import Case
from chengxin.cases.tests.people import Town
from chengxin.records.models import Record

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_cases_in_many_states_once(cast: Town):
    people = demo.Cast(cast.first, cast.second, cast.reviewer, cast.head)
    for _ in range(2):
        demo.open_cases([cast.subject], people)
    states = list(Case.objects.order_by("number").values_list("state", flat=True))
    ended = ["INVESTIGATION_ENDED", "NOTICED", "SERVED", "PERFORMED"]
    assert states == ["SOURCE_REGISTERED", "CHECKED", "SOURCE_REGISTERED", "INVESTIGATING", *ended]
    waits = [step.action for case in Case.objects.order_by("number") for step in queries.waits_for(case)]
    led = ["end_investigation", "review", "answer_argument", "publish_double", "close"]
    assert waits == ["finish_check", "file_case", "finish_check", *led], "what leads on, not what might be done besides"
    assert set(Record.objects.values_list("amount_fen", flat=True)) == {3_000_000}
