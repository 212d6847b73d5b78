"""Each indicator of the rooms equals a second computation in plain Python over rows made for it, at the edges too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chengxin.campaigns.models import Campaign, CampaignStep, Completion, Revocation, Streamer
from chengxin.coordination import catalogue, sheets
from chengxin.coordination.tests import month
from chengxin.coordination.tests.october import NOVEMBER, figure, november  # noqa: F401 - the fixture
from chengxin.exchange.models import ExchangeRow
from chengxin.inspection import catalogue as inspections
from chengxin.inspection.models import Assessment, Correction, Plan, Task
from chengxin.kernel import clock, ids
from chengxin.subjects.models import Platform, Subject

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def noon(day: date, minute: int = 720) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.CITY) + timedelta(minutes=minute)


def shared(subject: Subject, fact: str, version: int, due: date, sent: datetime | None, **more: Any) -> None:
    given = {
        "number": f"{fact}-{version}",
        "kind": "penalty",
        "map_version": "1",
        "fact": fact,
        "source": "R",
        "content": {},
        "digest": "0",
    }
    rest = {"version": version, "department": "SAMR", "subject": subject, "event_on": due, "due_on": due, "sent_at": sent}
    ExchangeRow.objects.create(**{**given, **rest, "made_at": noon(due - timedelta(days=7)), **more})


def test_rows_and_corrections_are_counted_by_their_last_day() -> None:
    subject = month._subject(701)
    end = 24 * 60 - 1
    shared(subject, "F1", 1, FIRST, noon(FIRST, end))  # the last minute
    shared(subject, "F2", 1, LAST, noon(LAST + timedelta(days=1), 0))  # the first of the next day
    shared(subject, "F3", 1, LAST, None)
    shared(subject, "F4", 1, LAST + timedelta(days=1), None)  # of the next month
    shared(subject, "F5", 1, LAST, None, state="REPLACED")  # a newer one took its place in time
    shared(subject, "F5", 2, LAST, noon(LAST))
    shared(subject, "F6", 1, FIRST, None, state="REPLACED")  # too late: it was due and not sent
    shared(subject, "F6", 2, LAST, noon(LAST), made_at=noon(FIRST + timedelta(days=2)))
    assert figure("SHARED_ON_TIME") == {"SAMR": (3, 6)}
    shared(subject, "F1", 2, LAST, noon(LAST), again=True)
    shared(subject, "F2", 2, LAST, noon(LAST + timedelta(days=2)), again=True, act="withdraw", made_at=noon(LAST + timedelta(days=1), 5))
    assert figure("CORRECTIONS_ON_TIME") == {"SAMR": (1, 2)} and figure("SHARED_ON_TIME") == {"SAMR": (3, 6)}


def test_campaigns_count_when_their_report_came_before_the_periods_end() -> None:
    for place, (department, ends, ended, state, closed) in enumerate(
        [
            ("SAMR", LAST, None, "CLOSED", noon(LAST, 24 * 60 - 1)),
            ("SAMR", LAST, None, "CLOSED", noon(LAST + timedelta(days=1), 0)),  # closed a minute too late
            ("SAMR", LAST + timedelta(days=9), FIRST, "ENDED", None),  # ended early, not closed
            ("COM", FIRST, None, "RUNNING", None),
            ("COM", FIRST, None, "DRAFTED", None),  # never approved
            ("COM", LAST + timedelta(days=1), None, "RUNNING", None),
        ]
    ):
        by = {"drafted_by": "user:1", "drafted_by_name": "甲", "approved_by": "user:2", "approved_by_name": "乙"}
        rest = {"behaviours": ["B01"], "basis": "方案", "starts_on": FIRST - timedelta(days=9), "report": ids.new_id()}
        made = Campaign.objects.create(
            number=f"ZX{place}", title="行动", department=department, ends_on=ends, ended_on=ended, state=state, **by, **rest
        )
        if closed:
            step = {
                "of": "campaign",
                "place": 0,
                "action": "close",
                "before": "RUNNING",
                "after": "CLOSED",
                "actor": "user:1",
                "actor_name": "甲",
            }
            CampaignStep.objects.create(matter=made.pk, at=closed, leaf=place, **step)
    assert figure("CAMPAIGNS_CLOSED") == {"SAMR": (1, 3), "COM": (0, 1)}


def test_streamers_count_by_the_training_that_stood_at_the_periods_end() -> None:
    """2028, when the first year of the law is over: trained within a year before the end, or new within it."""
    platform = Platform.objects.create(code="live", name="示例平台", status="active")
    end = date(2028, 10, 31)

    def streamer(name: str, since: date, trained: date | None, until: date | None = None) -> Streamer:
        rest = {"since": since, "until": until, "due_on": end, "account_index": name, "code_index": name}
        made = Streamer.objects.create(platform=platform, account=name, **rest)
        if trained:
            Completion.objects.create(source="platform", course="年度培训", streamer=made, on=trained, by="u", at=noon(trained), leaf=0)
        return made

    old = date(2024, 1, 1)
    streamer("s1", old, date(2027, 11, 1))
    streamer("s2", old, date(2027, 10, 30))  # ran out the day before the end
    streamer("s3", date(2028, 5, 1), None)
    streamer("s4", old, None)
    streamer("s5", old, date(2028, 1, 1), until=date(2028, 9, 1))  # has left
    revoked = streamer("s6", old, date(2028, 5, 1)).completions.get()
    Revocation.objects.create(completion=revoked, reason="未实际举办", by="user:1", by_name="甲", at=noon(date(2028, 6, 1)), leaf=0)
    found = sheets.compute_one(catalogue.indicators()["STREAMERS_TRAINED"], sheets.period_of("2028-10"))
    assert sum(n for n, _d in found.values()) == 2 and sum(d for _n, d in found.values()) == 5


def test_subjects_of_a_class_are_counted_by_visits_of_the_twelve_months_before() -> None:
    by = {"proposed_by": "user:1", "proposed_by_name": "甲", "proposed_at": noon(FIRST)}

    def assessed(number: int, risk_class: str, visited: date | None) -> Assessment:
        subject = month._subject(number)
        if visited:
            Task.objects.create(number=f"JC{number}", plan=plan, subject=subject, department="SAMR", due_on=visited, ended_on=visited)
        rest = {"points": 0, "reasons": [], "model": "1", "made_at": noon(FIRST)}
        return Assessment.objects.create(subject=subject, kind="1", month=FIRST, risk_class=risk_class, **rest)

    plan = Plan.objects.create(number="JP1", kind=Plan.Kind.LOT, title="抽查", items=[], due_on=LAST, **by)
    assessed(711, "D", LAST)
    assessed(712, "D", date(2025, 10, 31))  # a day too long ago
    assessed(713, "D", None)
    corrected = assessed(714, "C", LAST)
    decided = {"state": "APPROVED", "decided_by": "user:2", "decided_at": noon(LAST)}
    Correction.objects.create(assessment=corrected, risk_class="D", reason="r", department="SAMR", **by, **decided)
    assert list(figure("INSPECTED_D").values()) == [(2, 4)] and figure("INSPECTED_C") == {}


@pytest.mark.one_database
def test_the_targets_of_the_classes_are_the_table_of_rates() -> None:
    for code, row in inspections.shipped_rates().items():
        one = catalogue.indicators()[f"INSPECTED_{code}"]
        assert one.target == 10 * ((row["most"] if one.better == "less" else row["least"]) or 0)
