"""The tables can be trusted: paths, states, roles, pages and clocks exist, events are on the road, sentences are in both languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.urls import reverse
from django.utils import translation

from chengxin import workflow
from chengxin.accounts import access
from chengxin.consumers.models import Complaint
from chengxin.coordination.models import Task as PlanTask
from chengxin.jobs import outbox
from chengxin.jobs.target import path_of, resolve
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.notices import catalogue, queries, tasks
from chengxin.notices.catalogue import Matter, To, lookup

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def wrong_of(matter: Matter) -> list[str]:
    """What does not fit in one entry."""
    rows, wrong = matter.kind._default_manager.all(), []
    paths = [matter.due, matter.fresh, matter.owner, matter.not_by, matter.number, matter.clock_of, matter.since, matter.about.strip(".")]
    for path in [*paths, *(path for to in matter.to for path in (to.department, to.subject, to.platform))]:
        try:
            rows.values_list(lookup(path)) if path else None
        except FieldError:
            wrong.append(path)
    try:
        list(matter.waiting()[:1])
    except FieldError as error:
        wrong.append(str(error))
    wrong += [to.page for to in matter.to if to.page and not isinstance(getattr(matter.kind, to.page, None), property)]
    wrong += [id for id in (matter.clock, *matter.clocks.values()) if id and not law.at(clock.today()).clock(id)]
    return wrong


@pytest.mark.parametrize("code", catalogue.matters())
def test_every_matter_fits_its_room(code: str) -> None:
    matter = catalogue.matters()[code]
    assert wrong_of(matter) == []
    assert matter.kind in access.scoped_models(), "rows without an owner are nobody's"
    assert matter.zh and matter.en and all(to.department or to.subject or to.platform or to.named for to in matter.to)


def test_the_twin_a_wrong_entry_is_seen() -> None:
    wrong = Matter("x", "supervision.Clue", "线索", "Clue", {"state": "OPENED"}, "numbr", (To(department="dept", page="page"),), due="due")
    assert wrong_of(wrong) == ["due", "numbr", "dept", "page"]


WITH_STATES = [code for code, matter in catalogue.matters().items() if matter.workflow and ({"state", "state__in"} & set(matter.open))]


@pytest.mark.parametrize("code", WITH_STATES)
def test_the_states_of_a_matter_are_those_of_its_workflow_and_somebody_named_there_may_act(code: str) -> None:
    matter = catalogue.matters()[code]
    tables = [workflow.load(flow) for flow in matter.workflow.split()]
    given: Any = matter.open.get("state__in") or [matter.open["state"]]
    assert set(given) <= {state for table in tables for state in table.states}
    assert not [state for table in tables for state in given if state in table.states and table.states[state].final]
    told = {role for to in matter.to for role in (to.roles or ("platform_staff",))}
    for state in given:
        may = {role for role in told for table in tables if list(table.steps_from(state, {role}))}
        assert may, f"{code}: nobody of {sorted(told)} may do anything in {state}"


def test_every_event_of_the_table_is_on_the_road_and_every_told_one_is_in_the_table() -> None:
    on_road = {event for event, handlers in outbox.road().items() if path_of(tasks.tell) in handlers}
    assert on_road == set(catalogue.events())


@pytest.mark.parametrize("code", catalogue.sentences())
def test_every_event_fits_its_row_and_says_the_number_in_both_languages(code: str) -> None:
    told = catalogue.sentences()[code]
    event, model = resolve(told.event), apps.get_model(told.row["model"])
    assert {told.row["field"], *filter(None, [told.when])} <= set(event.__dataclass_fields__)
    model._default_manager.filter(**told.only).values_list(told.row.get("by", "pk"), lookup(told.number))
    for to in told.to:
        path = to.department or to.subject or to.platform
        assert path or to.everyone
        model._default_manager.values_list(lookup(path)) if path else None
        assert reverse(to.page_name) if to.page_name else isinstance(getattr(model, to.page), property)
    assert told.topic in catalogue.topics()
    assert "{number}" in told.zh and "{number}" in told.en


def groundless(matter: Matter) -> list[str]:
    """States in which a matter has a last day and nobody can say where it comes from."""
    if not matter.due or matter.clock or matter.clock_of or matter.clock_by or matter.provision or matter.why:
        return []
    given: Any = matter.open.get("state__in") or [matter.open.get("state")]
    return [str(state) for state in given if state not in matter.clocks]


@pytest.mark.parametrize("code", catalogue.matters())
def test_every_last_day_says_where_it_comes_from(code: str) -> None:
    matter = catalogue.matters()[code]
    assert groundless(matter) == []
    book = law.at(clock.today())
    ids = [id for id in (matter.clock, *matter.clocks.values()) if id]
    assert all(book.cited(book.clock(id).provision)["zh"].startswith("《") for id in ids)
    assert not matter.provision or book.cited(matter.provision)["zh"]
    assert not matter.clock_by or callable(resolve(matter.clock_by))
    assert not matter.why or (matter.why["zh"] and matter.why["en"])


def test_the_twin_a_day_from_nowhere_is_seen() -> None:
    assert groundless(Matter("x", "supervision.Clue", "线索", "Clue", {"state": "OPENED"}, "number", (), due="due_on")) == ["OPENED"]


def test_a_last_day_on_a_page_says_which_article_it_comes_from() -> None:
    """The same table that sorts what waits; a day that is another one, or of a state in which nothing runs, has none."""
    day = date(2026, 12, 1)
    received = Complaint(state="RECEIVED", due_on=day, received_at=datetime(2026, 11, 24, 9, tzinfo=clock.CITY))
    with translation.override("zh-hans"):
        assert queries.article_of(received, day) == "《市场监督管理投诉举报处理办法》第15条"
        assert queries.article_of(PlanTask(state="DOING", due_on=day), day) == "方案或者下达任务时确定的期限"
    assert queries.article_of(received, date(2026, 12, 2)) == ""
    assert queries.article_of(Complaint(state="CLOSED", due_on=day, received_at=received.received_at), day) == ""
