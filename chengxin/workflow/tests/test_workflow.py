from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin import workflow
from chengxin.kernel import clock
from chengxin.law.errors import ClockNeedsTime
from chengxin.workflow.reading import read
from chengxin.workflow.table import ROLES

TABLE = read("workflow/repair", Path(__file__).with_name("repair.workflow.yaml"))
DAY = date(2026, 11, 24)


def test_the_officer_sees_only_his_own_steps() -> None:
    assert [step.action for step in TABLE.steps_from("APPLIED", ["officer"])] == ["accept", "refuse"]
    assert [step.action for step in TABLE.steps_from("APPLIED", ["merchant"])] == []
    assert [step.action for step in TABLE.steps_from("GRANTED")] == []


def test_a_step_gives_state_clock_and_last_day() -> None:
    outcome = workflow.take(TABLE, "APPLIED", "accept", ["officer"], {"duty_done": "file 7"}, DAY)
    assert (outcome.state, outcome.clock, outcome.due, outcome.stopped) == (
        "ACCEPTED",
        "REPAIR_DECIDE",
        date(2026, 12, 3),
        ("REPAIR_ACCEPT",),
    )


def test_an_extended_clock_counts_from_the_first_day() -> None:
    given = {"accepted_on": date(2026, 9, 18), "reason": "案情复杂"}
    assert workflow.take(TABLE, "ACCEPTED", "extend", ["head"], given, DAY).due == date(2026, 10, 19)


def test_a_step_produces_its_document() -> None:
    given = {"review": "同意", "level": "GENERAL"}
    outcome = workflow.take(TABLE, "EXTENDED", "decide", ["head"], given, DAY)
    assert (outcome.state, outcome.document, outcome.due) == ("GRANTED", "decision", None)


def test_hours_need_an_instant_and_give_one() -> None:
    at = datetime(2026, 9, 30, 17, tzinfo=clock.CITY)
    outcome = workflow.take(TABLE, "APPLIED", "transfer", ["system"], {}, at)
    assert (outcome.due, outcome.due_at) == (date(2026, 10, 1), datetime(2026, 10, 1, 9, tzinfo=UTC))
    with pytest.raises(ClockNeedsTime):
        workflow.take(TABLE, "APPLIED", "transfer", ["system"], {}, DAY)


def test_an_instant_counts_from_its_day_in_the_city() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert workflow.take(TABLE, "APPLIED", "accept", ["officer"], {"duty_done": 1}, late).due == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("state", "action", "roles", "given", "error", "status"),
    [
        ("APPLIED", "burn", ["officer"], {}, workflow.StepUnknown, 404),
        ("APPLIED", "decide", ["head"], {}, workflow.StepNotAllowed, 409),
        ("GRANTED", "refuse", ["head"], {"reason": "x"}, workflow.StepNotAllowed, 409),
        ("APPLIED", "accept", ["head"], {"duty_done": 1}, workflow.StepNotYours, 403),
        ("APPLIED", "accept", [], {"duty_done": 1}, workflow.StepNotYours, 403),
        ("APPLIED", "accept", ["officer"], {}, workflow.EvidenceMissing, 422),
        ("APPLIED", "refuse", ["officer"], {"reason": "  "}, workflow.EvidenceMissing, 422),
        ("NOWHERE", "accept", ["officer"], {"duty_done": 1}, workflow.StateUnknown, 500),
    ],
)
def test_refusals(state: str, action: str, roles: list[str], given: dict[str, object], error: type[Exception], status: int) -> None:
    with pytest.raises(error) as refusal:
        workflow.take(TABLE, state, action, roles, given, DAY)
    assert type(refusal.value) is error
    problem = refusal.value.problem("zh")  # type: ignore[attr-defined]
    assert problem["status"] == status
    assert "{" not in problem["title"] + problem["detail"] + problem["next"]


def test_missing_things_are_named() -> None:
    with pytest.raises(workflow.EvidenceMissing) as refusal:
        workflow.take(TABLE, "ACCEPTED", "extend", ["head"], {}, DAY)
    assert refusal.value.data["missing"] == ["accepted_on", "reason"]
    assert refusal.value.problem("zh")["detail"] == "缺少：受理日期、理由。"
    assert refusal.value.problem("en")["detail"] == "Missing: day of acceptance, Reason."


def test_zero_and_no_are_answers() -> None:
    workflow.take(TABLE, "APPLIED", "accept", ["officer"], {"duty_done": False}, DAY)
    workflow.take(TABLE, "APPLIED", "accept", ["officer"], {"duty_done": 0}, DAY)


def test_pages_and_api_derive_from_the_same_fields() -> None:
    step = TABLE.step("decide")
    assert step
    assert [field.name for field in workflow.form_fields(step)] == ["review", "level", "way", "fine_paid"]
    schema = workflow.json_schema(step, DAY)
    assert schema["required"] == ["review", "level"]
    assert schema["properties"]["level"]["enum"] == ["MINOR", "GENERAL", "SERIOUS"]
    assert schema["properties"]["way"]["enum"] == ["paper", "online"]
    assert schema["additionalProperties"] is False


def test_every_workflow_of_the_rooms_loads() -> None:
    """Reading refuses a broken table, so this is the check of all of them."""
    names = [one.name for one in workflow.every()]
    assert names == sorted(names)
    assert all(workflow.load(name).initial for name in names)


@pytest.mark.parametrize("name", ["no/such", "../etc/passwd"])
def test_an_unknown_workflow_is_refused(name: str) -> None:
    with pytest.raises(workflow.WorkflowUnknown):
        workflow.load(name)


# -- random walks --------------------------------------------------------------------------------------------------------------

EVERYTHING = {"duty_done": 1, "review": 1, "level": "MINOR", "reason": "x", "accepted_on": date(2026, 9, 18)}
INSTANT = datetime(2026, 11, 24, 9, tzinfo=clock.CITY)
ACTIONS = sorted({step.action for step in TABLE.steps})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sets(st.sampled_from(sorted(ROLES)), max_size=3)), max_size=8))
def test_a_random_walk_never_reaches_an_undeclared_state_and_a_foreign_role_is_always_refused(walk: list[tuple[str, set[str]]]) -> None:
    state = TABLE.initial
    for action, roles in walk:
        declared = [step for step in TABLE.steps if step.action == action and state in step.from_states]
        mine = [step for step in declared if roles & set(step.roles)]
        try:
            outcome = workflow.take(TABLE, state, action, roles, EVERYTHING, INSTANT)
        except workflow.StepNotAllowed:
            assert not mine
        else:
            assert mine
            assert outcome.state in TABLE.states
            state = outcome.state


def test_the_walk_would_notice_a_missing_check_of_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with every role allowed everything, a merchant accepts his own application."""
    monkeypatch.setattr("chengxin.workflow.workflow._step", lambda table, state, action, roles: table.steps_from(state)[0])
    assert workflow.take(TABLE, "APPLIED", "accept", ["merchant"], EVERYTHING, INSTANT).state == "ACCEPTED"
