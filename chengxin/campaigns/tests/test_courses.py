"""Courses: passed or not, a certificate that checks, the yearly clock of streamers, and what a platform may read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.campaigns import actions, courses, lists, queries
from chengxin.campaigns.actions.courses import due_after
from chengxin.campaigns.errors import ContentWrong, NotPassed
from chengxin.campaigns.models import Completion, Streamer
from chengxin.campaigns.tests import people
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law.shelf import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> people.Town:
    return people.town()


def right(course: courses.Course) -> list[int]:
    return [one.right for one in course.questions]


@pytest.mark.one_database
def test_every_course_can_be_passed_and_rests_on_provisions_that_exist() -> None:
    for one in courses.courses().values():
        assert 0 < one.needed <= len(one.questions) and {"merchant", "streamer"} >= set(one.audience)
        assert all(0 <= question.right < len(question.answers) for question in one.questions)
        assert all(provision in shelf().provisions for page in one.pages for provision in page.provisions), one.code


@pytest.mark.one_database
def test_the_next_training_is_due_a_year_after_the_last_and_the_first_counts_from_the_law() -> None:
    assert due_after(date(2026, 7, 15)) == date(2027, 7, 15)
    assert due_after(date(2024, 1, 1)) == date(2027, 2, 1)


def test_a_business_passes_a_course_once_and_gets_a_certificate_that_anybody_can_check(cast: people.Town) -> None:
    course, subject = courses.course("honest_trade"), cast.shop.subject
    wrong = [(one + 1) % 2 for one in right(course)]
    with pytest.raises(NotPassed):
        actions.take_quiz(cast.merchant, course, wrong, subject=subject)
    with pytest.raises(NotFound):
        actions.take_quiz(cast.staff, course, right(course), subject=subject)
    made = actions.take_quiz(cast.merchant, course, right(course), subject=subject)
    assert actions.take_quiz(cast.merchant, course, right(course), subject=subject) == made
    assert made.paper_number in Client().get(lists.certificate_url(made.code)).content.decode()


def test_a_streamer_takes_the_public_course_by_the_platforms_code_and_the_clock_starts_anew(cast: people.Town) -> None:
    with clock.set_to(clock.now() - timedelta(days=300)):
        streamer, code = actions.name_streamer(cast.staff, cast.platform, "live-0001", date(2026, 1, 10))
    assert actions.name_streamer(cast.staff, cast.platform, "live-0001", date(2026, 1, 10))[1] == ""  # shown once
    course = courses.course("live_selling")
    answers = {f"q{place}": str(one) for place, one in enumerate(right(course))}
    anybody = Client()
    assert anybody.post("/courses/live_selling/", answers).status_code == 200
    assert not Completion.objects.exists()  # without a code nothing is kept
    assert anybody.post("/courses/live_selling/", {**answers, "code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    page = anybody.post("/courses/live_selling/", {**answers, "code": code.lower()}).content.decode()
    made = Completion.objects.get()
    assert made.code in page
    streamer.refresh_from_db()
    assert (streamer.trained_on, streamer.due_on) == (clock.today(), due_after(clock.today()))


def test_overdue_is_who_works_and_was_not_trained_in_time_and_a_reported_training_ends_it(cast: people.Town) -> None:
    late = clock.now() + timedelta(days=400)
    actions.name_streamer(cast.staff, cast.platform, "live-0001", clock.today())
    actions.name_streamer(cast.staff, cast.platform, "live-0002", clock.today() - timedelta(days=9), clock.today())  # has left
    assert queries.overdue(cast.staff).count() == 0
    with clock.set_to(late):
        assert [one.account for one in queries.overdue(cast.officer)] == ["live-0001"]
        with pytest.raises(NotFound):
            actions.report_training(cast.staff, cast.platform, "live-0009", "年度合规培训", clock.today(), "PX-2026-1")
        with pytest.raises(ContentWrong):
            actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", clock.today() + timedelta(days=1), "PX-2026-1")
        made = actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", clock.today(), "PX-2026-1")
        assert actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", clock.today(), "PX-2026-1") == made
        assert queries.overdue(cast.officer).count() == 0


def test_a_platform_reads_the_completions_of_its_own_shops_and_streamers_alone(cast: people.Town) -> None:
    from chengxin.accounts.access import Actor

    course = courses.course("honest_trade")
    actions.take_quiz(cast.merchant, course, right(course), subject=cast.shop.subject)
    actions.name_streamer(cast.staff, cast.platform, "live-0001", clock.today())
    actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", clock.today(), "PX-2026-1")
    assert {one.source for one in queries.completions(cast.staff)} == {"course", "platform"}
    other = Actor(id="user:9", name="别家", roles=frozenset({"platform_staff"}), platforms=frozenset({"other"}))
    assert queries.completions(other).count() == 0
    assert queries.access.all(other, Streamer).count() == 0


def test_the_platforms_pages_and_the_merchants_page(cast: people.Town) -> None:
    staff, merchant, officer = Client(), Client(), Client()
    for who, browser in (("staff", staff), ("merchant", merchant), ("officer", officer)):
        browser.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    today = clock.today().isoformat()
    page = staff.post("/platform/courses/new/", {"account": "live-0001", "since": today})
    assert page.status_code == 200 and "live-0001" in page.content.decode()
    training = {"account": "live-0001", "title": "年度合规培训", "on": today, "proof": "PX-2026-1"}
    assert staff.post("/platform/courses/training/", training).status_code == 302
    assert "live-0001" in staff.get("/platform/courses/").content.decode()
    assert "年度合规培训" in staff.get("/platform/courses/completions/").content.decode()
    assert "live-0001" not in officer.get("/officer/campaigns/courses/").content.decode()  # the last four signs only
    course = courses.course("honest_trade")
    answers = {f"q{place}": str(one) for place, one in enumerate(right(course))}
    assert merchant.post("/merchant/courses/honest_trade/", {**answers, "subject": str(cast.shop.subject_id)}).status_code == 302
    assert Completion.objects.filter(subject=cast.shop.subject_id).get().code in merchant.get("/merchant/courses/").content.decode()
    assert merchant.get("/merchant/courses/none/").status_code == 404
