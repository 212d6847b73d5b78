"""A certificate that is revoked says so, its holder is told, and the clock of a streamer goes back; plans are changed and withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from chengxin.audit import rows
from chengxin.campaigns import actions, courses, lists, queries
from chengxin.campaigns.actions.courses import due_after
from chengxin.campaigns.errors import AlreadyRevoked, ContentWrong
from chengxin.campaigns.models import Activity, CampaignStep, Completion, Revocation
from chengxin.campaigns.tests import people
from chengxin.commitments.tests.people import desk
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
WHY = "核查发现由他人代为作答"


@pytest.fixture
def cast() -> people.Town:
    return people.town()


def passed(cast: people.Town) -> Completion:
    course = courses.course("honest_trade")
    return actions.take_quiz(cast.merchant, course, [one.right for one in course.questions], subject=cast.shop.subject)


def test_a_revoked_certificate_says_so_to_anybody_and_can_be_earned_again(cast: people.Town) -> None:
    made = passed(cast)
    officer, teacher = desk("COM")  # whose seal stands on certificates
    for actor in (cast.reviewer, cast.merchant, officer):  # another department, its holder, one who may not
        with pytest.raises(NotFound):
            actions.revoke(actor, made.pk, WHY)
    actions.revoke(teacher, made.pk, WHY)
    with pytest.raises(AlreadyRevoked):
        actions.revoke(teacher, made.pk, WHY)
    page = Client().get(lists.certificate_url(made.code)).content.decode()
    assert "被撤销" in page and WHY not in page
    merchant = Client()
    merchant.force_login(cast.users["merchant"], backend=BACKEND)
    assert WHY in merchant.get("/merchant/courses/").content.decode()
    again = passed(cast)
    assert again != made and passed(cast) == again
    assert {hasattr(one, "revocation") for one in queries.completions(cast.merchant)} == {True, False}
    assert not rows.check_rows()


def test_the_database_keeps_a_revocation(cast: people.Town) -> None:
    made = actions.revoke(desk("COM")[1], passed(cast).pk, WHY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revocation.objects.filter(pk=made.pk).update(reason="改写")


def test_a_streamers_clock_goes_back_to_the_last_training_that_counts(cast: people.Town) -> None:
    today = clock.today()
    streamer, _code = actions.name_streamer(cast.staff, cast.platform, "live-0001", today - timedelta(days=900))
    first = actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", today - timedelta(days=400), "PX-1")
    last = actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", today, "PX-2")
    _officer, teacher = desk("COM")
    actions.revoke(teacher, last.pk, WHY)
    streamer.refresh_from_db()
    assert (streamer.trained_on, streamer.due_on) == (first.on, due_after(first.on))
    actions.revoke(teacher, first.pk, WHY)
    streamer.refresh_from_db()
    assert (streamer.trained_on, streamer.due_on) == (None, due_after(streamer.since))
    with pytest.raises(ContentWrong):  # the same report does not bring it back
        actions.report_training(cast.staff, cast.platform, "live-0001", "年度合规培训", today, "PX-2")


def test_a_plan_is_changed_with_its_history_and_withdrawn_from_the_public_calendar(cast: people.Town) -> None:
    given = {"occasion": "credit_day", "title": "信用关爱日", "on": clock.today(), "place": "", "members": ["POST"], "plan": "现场答疑两场"}
    made = actions.plan_activity(cast.officer, "SAMR", given)
    with pytest.raises(ContentWrong):
        actions.change_activity(cast.officer, made.number, given, "没有改动的更改")
    officer = Client()
    officer.force_login(cast.users["officer"], backend=BACKEND)
    url = f"/officer/activities/{made.number}/"
    assert 'value="信用关爱日"' in officer.get(f"{url}change/").content.decode()
    moved = {**given, "plan": "现场答疑三场", "place": "示例广场", "reason": "场地调整"}
    assert officer.post(f"{url}change/", moved).status_code == 302
    made.refresh_from_db()
    step = CampaignStep.objects.get(matter=made.pk, action="change")
    assert made.place == "示例广场" and step.data["plan"] == {"from": "现场答疑两场", "to": "现场答疑三场"} and step.reason == "场地调整"
    assert "信用关爱日" in Client().get("/courses/calendar/").content.decode()
    assert officer.post(url, {"act": "withdraw", "w-text": "与另一活动重复"}).status_code == 302
    assert "信用关爱日" not in Client().get("/courses/calendar/").content.decode()
    assert "与另一活动重复" in officer.get(url).content.decode()
    assert Activity.objects.get(pk=made.pk).state == "WITHDRAWN" and officer.get(url).content.decode().count(f"{url}change/") == 0


def test_the_officers_pages_of_certificates(cast: people.Town) -> None:
    made = passed(cast)
    officer = Client()
    officer.force_login(cast.users["officer"], backend=BACKEND)
    listed = officer.get("/officer/campaigns/certificates/", {"q": made.code}).content.decode()
    assert made.page_url in listed
    assert officer.get("/officer/campaigns/certificates/?revoked=yes").content.decode().count(made.page_url) == 0
    assert officer.post(made.page_url, {"text": WHY}).status_code in (404, 422)  # another department's seal
    assert not Revocation.objects.exists()
