"""Duties: checked by the law of the day, kept with evidence, expired by themselves, never summed up; self-reports by two people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.platforms import actions, checking, queries
from chengxin.platforms.checks import rules as rule_checks
from chengxin.platforms.errors import AlreadyDecided, NumberTaken, ReportWaiting, SamePerson
from chengxin.platforms.models import DutyCheck, RuleVersion, SelfReport
from chengxin.platforms.papers import File
from chengxin.platforms.tests.people import Town, row, taken, town
from chengxin.subjects.models import Shop
from chengxin.subjects.tests import samples
from chengxin.workflow import EvidenceMissing, StepNotYours

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 10, tzinfo=clock.CITY)
SAID = "设置了个性化推荐关闭按钮，截图见附件"
FILE = File("关闭按钮.txt", "截图说明".encode(), "text/plain")


@pytest.fixture
def cast():
    with clock.set_to(NOW):
        yield town()


def later(days: int):
    return clock.set_to(NOW + timedelta(days=days))


def colours(cast: Town) -> dict[str, str]:
    checking.run_checks([cast.platform], "system:test")
    return {line.duty.code: line.colour for line in queries.scorecard(cast.platform)}


def test_every_duty_in_force_has_a_check_or_a_self_report():
    assert len(law.at(date(2026, 12, 1)).duties()) == 43
    assert "D41" not in {one.code for one in law.at(date(2026, 11, 30)).duties()}
    for duty in law.at(date(2026, 12, 1)).duties():
        assert (duty.code in checking.checks()) == (duty.evidence != "self_report"), duty.code
        assert duty.period_days > 0


def test_a_result_is_stored_with_its_law_and_evidence_and_expires(cast: Town):
    assert colours(cast)["D01"] == "red"  # the shops were never verified
    kept = DutyCheck.objects.get(duty="D01")
    assert (kept.looked, kept.wrong, kept.provisions) == (2, 2, ["ecl.27", "order37.24"])
    assert kept.valid_until == date(2026, 11, 3)
    assert kept.links[0]["officer"].startswith("/officer/subjects/shops/?platform__code=pingtai")
    with later(1):
        assert {line.duty.code: line.colour for line in queries.scorecard(cast.platform)}["D01"] == "red"
    with later(2):
        assert {line.duty.code: line.colour for line in queries.scorecard(cast.platform)}["D01"] == "grey"


def test_results_cannot_be_changed(cast: Town):
    colours(cast)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        DutyCheck.objects.update(colour="green")


def test_publishing_and_reporting_follow_their_clocks(cast: Town):
    taken(cast, since=date(2026, 11, 3))
    assert (colours(cast)["D08"], colours(cast)["D07"]) == ("amber", "green")
    with later(2):
        assert colours(cast)["D08"] == "red"
    with later(4):
        assert colours(cast)["D07"] == "amber"
    with later(8):
        assert colours(cast)["D07"] == "red"


def test_a_measure_published_and_reported_in_time_is_green_for_good(cast: Town):
    taken(cast)
    given = {"report_no": "C1", "shop_id": cast.shop.shop_id, "behaviour": "B01", "facts": "虚构交易二百单", "measure_no": "M0001"}
    made = actions.report_clue(cast.staff, cast.platform, given)
    assert (made.department, made.late, made.due_on) == ("SAMR", False, date(2026, 11, 23))
    with later(200):
        assert (colours(cast)["D08"], colours(cast)["D07"]) == ("green", "green")


def test_shops_verified_and_overdue(cast: Town):
    due = {"verified_at": NOW, "next_due_on": date(2026, 11, 30)}
    Shop.objects.filter(platform=cast.platform).update(state="VERIFIED", **due)
    assert (colours(cast)["D01"], colours(cast)["D02"]) == ("green", "green")
    with later(27):
        assert colours(cast)["D02"] == "amber"
    with later(29):
        assert colours(cast)["D02"] == "red"


def rule(cast: Town, version: str, effective: date, published: date, **changes: object) -> RuleVersion:
    given = {"kind": "R2", "version": version, "title": "交易规则", "url": "https://pingtai.example/rules", "text": f"第一条 {version}"}
    return actions.add_rule_version(cast.staff, cast.platform, {**given, "effective_on": effective, "published_on": published, **changes})


@pytest.mark.parametrize(
    ("effective", "published", "major", "good"),
    [
        (date(2026, 1, 31), date(2026, 1, 24), True, True),  # before order 116 a major change had seven days, too
        (date(2026, 2, 1), date(2026, 1, 24), True, False),
        (date(2026, 2, 1), date(2026, 1, 17), True, True),
        (date(2026, 7, 15), date(2026, 7, 8), False, True),
        (date(2026, 7, 15), date(2026, 7, 9), False, False),
        (date(2026, 7, 15), date(2026, 7, 8), True, False),
    ],
)
def test_a_rule_change_is_told_by_the_days_of_its_law(cast: Town, effective, published, major, good):
    rule(cast, "1", date(2025, 1, 1), date(2025, 1, 1))
    comments = {"comments_from": published - timedelta(days=20), "comments_until": published - timedelta(days=5)}
    made = rule(cast, "2", effective, published, major=major, **comments)
    assert rule_checks.told_in_time(made) is good
    assert colours(cast)["D12"] == ("green" if good else "red")


def test_a_change_without_comments_is_red_and_unanswered_comments_too(cast: Town):
    rule(cast, "1", date(2025, 1, 1), date(2025, 1, 1))
    rule(cast, "2", date(2026, 8, 1), date(2026, 7, 1))
    assert colours(cast)["D12"] == "red"
    rule(cast, "3", date(2026, 10, 1), date(2026, 9, 10), comments_from=date(2026, 8, 1), comments_until=date(2026, 8, 20))
    assert colours(cast)["D14"] == "red"


def test_rule_versions_stay_as_they_were(cast: Town):
    made = rule(cast, "1", date(2025, 1, 1), date(2025, 1, 1))
    assert rule(cast, "1", date(2025, 1, 1), date(2025, 1, 1)).pk == made.pk
    with pytest.raises(NumberTaken):
        rule(cast, "1", date(2025, 1, 1), date(2025, 1, 1), text="另一条")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        RuleVersion.objects.update(text="另一条")
    assert colours(cast)["D13"] == "green"


def test_a_self_report_counts_when_an_officer_has_verified_it_and_for_its_term(cast: Town):
    assert colours(cast)["D24"] == "grey"
    made = actions.self_report(cast.staff, cast.platform, "D24", SAID, FILE)
    assert colours(cast)["D24"] == "amber"
    with pytest.raises(ReportWaiting):
        actions.self_report(cast.colleague, cast.platform, "D24", SAID, FILE)
    actions.verify_self_report(cast.officer, made.pk, "SAMR", "页面截图属实")
    assert colours(cast)["D24"] == "green"
    assert SelfReport.objects.get().valid_until == date(2027, 5, 1)
    with pytest.raises(AlreadyDecided):
        actions.refuse_self_report(cast.head, made.pk, "SAMR", "页面截图不实")
    with later(181):
        assert colours(cast)["D24"] == "grey"


def test_a_refused_self_report_is_red_and_needs_a_reason(cast: Town):
    made = actions.self_report(cast.staff, cast.platform, "D24", SAID, FILE)
    with pytest.raises(EvidenceMissing):
        actions.refuse_self_report(cast.officer, made.pk, "SAMR", "")
    with pytest.raises(StepNotYours):
        actions.refuse_self_report(cast.officer, made.pk, "POST", "截图与页面不符")
    actions.refuse_self_report(cast.officer, made.pk, "SAMR", "截图与页面不符")
    assert colours(cast)["D24"] == "red"


def test_nobody_verifies_the_own_report(cast: Town):
    made = actions.self_report(cast.staff, cast.platform, "D24", SAID, FILE)
    both = type(cast.officer)(
        id=cast.staff.id, name="两职", roles=cast.officer.roles, grants=cast.officer.grants, inherited=cast.officer.inherited
    )
    with pytest.raises(SamePerson):
        actions.verify_self_report(both, made.pk, "SAMR", "页面截图属实")
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReport.objects.update(verified_by=made.reported_by)


def test_no_self_report_where_a_program_can_check(cast: Town):
    with pytest.raises(NotFound):
        actions.self_report(cast.staff, cast.platform, "D08", SAID, FILE)


def test_the_overview_counts_colours_and_has_no_sum(cast: Town):
    colours(cast)
    (line,) = [one for one in queries.overview(cast.officer) if one["platform"] == cast.platform]
    assert sum(line[colour] for colour in ("green", "amber", "red", "grey")) == 42
    assert set(line) == {"platform", "green", "amber", "red", "grey", "waiting", "appeals"}


def test_what_is_due_comes_with_its_day(cast: Town):
    taken(cast, since=date(2026, 11, 3))
    assert [(one.due_on, one.colour) for one in queries.due(cast.staff)] == [
        (date(2026, 11, 3), "amber"),
        (date(2026, 11, 9), "green"),
    ]
    assert row(cast)["measure_no"] == "M0001"


def test_one_platform_alone_is_checked_beside_others(cast: Town):
    other = samples.platform("linju")
    samples.shop(other, samples.row(41, shop_id="LINJU1"))
    made = checking.run_checks([cast.platform], "system:test")
    assert {one.platform_id for one in made} == {cast.platform.pk}
    assert {one.platform_id for one in checking.run_checks([other], "system:test")} == {other.pk}
