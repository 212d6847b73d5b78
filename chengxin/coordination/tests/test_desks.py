"""Last days that move: what a department missed stays missed, and stays its own, whatever is done afterwards. Other edges too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chengxin.consumers.models import Assignment, Complaint, ConsumerStep, Filing
from chengxin.coordination.models import Plan, Task, TaskStep
from chengxin.coordination.tests import month, people
from chengxin.coordination.tests.october import NOVEMBER, figure, november  # noqa: F401 - the fixture
from chengxin.kernel import clock, ids
from chengxin.lists.models import RepairApplication
from chengxin.records.models import Objection
from chengxin.subjects.models import IdentityVerification, Platform, Shop
from chengxin.supervision.models import Clue, ClueStep

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OPENED, DUE = date(2026, 9, 10), date(2026, 10, 8)  # fifteen working days: the Mid-Autumn and National Day holidays lie between
EXTENDED = date(2026, 10, 28)


def last_minute(day: date) -> datetime:
    return people.at(day, 23) + timedelta(minutes=59)


def clue(*steps: tuple[str, datetime, dict[str, Any]], department: str = "SAMR") -> None:
    common = {"detector": "d", "behaviour": "B01", "title_zh": "线索", "title_en": "Clue", "severity": "low", "score": 0.5}
    days = {"opened_at": people.at(OPENED), "received_on": OPENED, "due_on": DUE, "since": people.at(OPENED), "until": people.at(OPENED)}
    place = Clue.objects.count()
    made = Clue.objects.create(
        number=f"CL{place}", key=f"k{place}", department=department, run_id=ids.new_id(), finding_id=ids.new_id(), **common, **days
    )
    for action, when, data in (("open", people.at(OPENED), {}), *steps):
        ClueStep.objects.create(clue=made, action=action, after="A", department="SAMR", actor="u", at=when, data=data)


@pytest.mark.parametrize(
    ("when", "counted"),
    [(last_minute(DUE), {"SAMR": (0, 0), "COM": (1, 1)}), (people.at(DUE + DAY, 0), {"SAMR": (0, 1), "COM": (1, 1)})],
)
def test_a_clue_handed_over_after_its_last_day_is_late_where_it_was(when, counted):
    clue(("hand_over", when, {"to_department": "COM"}), ("dismiss", people.at(date(2026, 10, 28)), {}), department="COM")
    assert figure("CLUES_ON_TIME") == {code: line for code, line in counted.items() if line[1]}


@pytest.mark.parametrize(("when", "counted"), [(last_minute(DUE), (0, 1)), (people.at(DUE + DAY, 0), (0, 2))])
def test_an_extension_after_the_last_day_takes_no_lateness_away(when, counted):
    clue(("grant_extension", when, {"due": EXTENDED.isoformat()}), ("dismiss", people.at(EXTENDED + DAY, 0), {}))
    assert figure("CLUES_ON_TIME") == {"SAMR": counted}


def complaint(*steps: tuple[str, date | None, datetime], later: tuple[str, datetime] | None = None) -> None:
    filing = Filing.objects.create(code_index="c", wants="money", channel="page", by="system:test", received_at=people.at(OPENED))
    about = {"respondent_name": "示例商贸有限公司", "category": "other", "product": "木耳", "place": "230499", "rule": "r"}
    made = Complaint.objects.create(
        filing=filing,
        number="TS1",
        text="文",
        request="求",
        received_at=people.at(OPENED),
        department=later[0] if later else "SAMR",
        **about,
    )
    for department, when in (("SAMR", people.at(OPENED)), *([later] if later else [])):
        leaf = 1_000_000 + Assignment.objects.count()
        Assignment.objects.create(
            of="complaint", matter=made.pk, department=department, reason="r", by="u", by_name="u", at=when, leaf=leaf
        )
    for place, (action, due, when) in enumerate(steps):
        given = {"before": "A", "after": "B", "actor": "u", "actor_name": "王", "leaf": 2_000_000 + place}
        ConsumerStep.objects.create(of="complaint", matter=made.pk, place=place, action=action, due_on=due, at=when, **given)


@pytest.mark.parametrize("action", ["pause", "withdraw"])
@pytest.mark.parametrize(("when", "counted"), [(last_minute(DUE), {}), (people.at(DUE + DAY, 0), {"SAMR": (0, 1)})])
def test_testing_or_a_withdrawal_after_the_last_day_takes_no_lateness_away(action, when, counted):
    complaint(("accept", DUE, people.at(OPENED)), (action, None, when))
    assert figure("COMPLAINTS_ON_TIME") == counted


@pytest.mark.parametrize(("when", "whose"), [(last_minute(DUE), "COM"), (people.at(DUE + DAY, 0), "SAMR")])
def test_a_complaint_counts_for_the_department_that_had_it_on_its_last_day(when, whose):
    complaint(("receive", DUE, people.at(OPENED)), ("transfer", DUE, when), later=("COM", when))
    assert figure("COMPLAINTS_ON_TIME") == {whose: (0, 1)}


def test_two_periods_that_end_on_the_same_day_are_two():
    complaint(("accept", DUE, people.at(OPENED)), ("end", DUE, people.at(DUE - 9 * DAY)), ("follow_up", None, people.at(DUE + DAY, 0)))
    assert figure("COMPLAINTS_ON_TIME") == {"SAMR": (1, 2)}  # mediated in time, told too late


def test_only_a_passed_verification_renews_a_shop_and_one_closed_later_still_counts():
    platform = Platform.objects.create(code="month", name="示例平台", status="active")
    common = {"state_since": clock.now(), "created_at": clock.now(), "created_by": "t", "updated_at": clock.now()}
    due = date(2026, 10, 20)
    closed = {1: None, 2: due, 3: due + DAY, 4: None}  # closed by its last day: out; a day later: counted
    for number, day in closed.items():
        shop = Shop.objects.create(platform=platform, shop_id=f"S{number}", token=number, closed_on=day, **common)
        said = {"shop": shop, "method": "register_match", "verifier": "v"}
        IdentityVerification.objects.create(**said, result="pass", verified_at=people.at(date(2026, 4, 20)), next_due_on=due)
        if number in (1, 4):
            result = {"result": "fail"} if number == 1 else {"result": "pass", "next_due_on": date(2027, 4, 20)}
            IdentityVerification.objects.create(**said, **result, verified_at=last_minute(due))
    assert figure("SHOP_REVERIFIED") == {"COM": (1, 3)}


def test_a_decision_that_the_law_does_not_publish_or_gives_other_days_is_none_of_double_publicity():
    subject = month._subject(701)
    decided = date(2026, 9, 28)  # the seventh working day after it is 13 October
    month._record("JL1", subject, "SAMR", decided, "ORDINARY", date(2026, 10, 13))
    month._record("JL2", subject, "SAMR", decided, "ORDINARY", date(2026, 10, 14))
    month._record("JL3", subject, "SAMR", decided, "WARNING")
    found = month._record("JL4", subject, "SAMR", decided, "INSPECTION", date(2026, 10, 20), item="INSPECTION")
    assert found.item == "INSPECTION" and figure("PUBLISHED_ON_TIME") == {"SAMR": (1, 2)}


def test_an_objection_taken_back_is_no_decision():
    record = month._record("JL1", month._subject(701), "SAMR", OPENED, "ORDINARY", OPENED)
    raised = {
        "statement": "不属实",
        "raised_by": "c",
        "raised_by_name": "丙",
        "raised_at": people.at(OPENED),
        "clock": "X",
        "workflow": "w",
    }
    said = {"record": record, "department": "SAMR", "due_on": DUE, **raised}
    for when in (last_minute(DUE), people.at(DUE + DAY, 0)):
        Objection.objects.create(**said, state="DROPPED", decided_at=when)
    Objection.objects.create(**said, state="REJECTED", answer="答复", decided_by="b", decided_at=last_minute(DUE))
    assert figure("OBJECTIONS_ON_TIME") == {"SAMR": (1, 2)}
    assert figure("OBJECTIONS_UPHELD") == {"SAMR": (0, 1)}


def test_a_repair_that_is_not_accepted_in_time_is_dealt_with():
    record = month._record("JL1", month._subject(701), "SAMR", OPENED, "ORDINARY", OPENED)
    people_ = {"applied_by": "c", "applied_by_name": "丙", "accepted_by": "a", "accepted_by_name": "甲"}
    given = {
        "record": record,
        "subject": record.subject,
        "department": "SAMR",
        "statement": "s",
        "promised": True,
        "clock": "REPAIR_ACCEPT",
    }
    for place, day in enumerate((DUE, DUE + DAY)):
        days = {"applied_on": DUE - 2 * DAY, "accepted_on": day, "due_on": DUE}
        RepairApplication.objects.create(number=f"RA{place}", state="NOT_ACCEPTED", reason="缺材料", **days, **given, **people_)
    assert figure("REPAIRS_ON_TIME") == {"SAMR": (1, 2)}


def test_a_task_counts_as_it_stood_at_the_end_of_its_last_day():
    text = {"title": "t", "issued_on": OPENED, "text": "t", "sha256": "0" * 64, "rows": []} | {"made_by": "a", "made_by_name": "甲"}
    plan = Plan.objects.create(number="P1", made_at=clock.now(), **text)
    ways = (
        [("report", last_minute(DUE)), ("send_back", people.at(DUE + DAY, 0))],
        [("report", people.at(DUE, 8)), ("send_back", people.at(DUE))],
    )
    for number, steps in enumerate(ways):
        named = {"assigned_by": "a", "assigned_by_name": "甲", "assigned_at": clock.now(), "evidence_asked": "e"}
        task = Task.objects.create(number=f"T{number}", plan=plan, measure="M19", title="t", lead="COM", due_on=DUE, **named)
        for place, (action, when) in enumerate([*steps, ("report", people.at(EXTENDED))]):
            step = {"before": "A", "after": "B", "actor": "user:u", "actor_name": "u", "leaf": 1}
            TaskStep.objects.create(task=task, place=place, of="task", action=action, at=when, **step)
    assert figure("TASKS_ON_TIME") == {"COM": (1, 2)}
