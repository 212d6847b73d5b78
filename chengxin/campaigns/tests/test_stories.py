"""Typical cases: only of what is public, redacted, approved by another, down the moment their ground ends, at every exit."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client

from chengxin import workflow
from chengxin.accounts import actor as actors
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import install_grant
from chengxin.campaigns import actions, channels, occasions, stories
from chengxin.campaigns import tasks as nightly
from chengxin.campaigns.errors import ContentWrong, NoConsent, NotClean, NotPublic, SamePerson
from chengxin.campaigns.models import Story
from chengxin.campaigns.tests import people
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.records.queries import line
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> people.Town:
    return people.town()


@pytest.fixture
def firm(cast: people.Town) -> Subject:
    """The merchant's subject, as a firm with a legal representative."""
    found = cast.shop.subject
    assert found
    return found


@pytest.fixture
def record(cast: people.Town, firm: Subject) -> Record:
    return people.on_file(cast.officer, cast.reviewer, firm)


def exits(story: Story) -> list[int]:
    """The status of every public page of a story, and 200 or 404 for feed, list and interface by whether it is in them."""
    anybody = Client()
    pages = [anybody.get(f"{story.public_url}{rest}").status_code for rest in ("", "poster.pdf", "poster.svg", "text/")]
    for page in ("/stories/", "/stories/feed/", "/api/v1/public/stories"):
        pages.append(200 if story.number in anybody.get(page).content.decode() else 404)
    return pages


def withdraw(cast: people.Town, record: Record) -> None:
    proposal = records.propose_withdrawal(cast.officer, record.pk, "决定被撤销", "示市监撤〔2026〕1号")
    records.confirm(cast.reviewer, proposal.pk)


def test_a_bad_example_is_filled_from_its_record_and_public_at_every_exit(cast: people.Town, record: Record) -> None:
    made = people.published_bad(cast, record)
    assert people.SUMMARY in made.text and record.document_number in made.text
    assert exits(made) == [200] * 7


def test_it_is_down_at_every_exit_the_moment_its_record_is_withdrawn_before_any_job_has_run(cast: people.Town, record: Record) -> None:
    made = people.published_bad(cast, record)
    withdraw(cast, record)
    assert Story.objects.get().state == "PUBLISHED"  # no job has run: the pages ask the file itself
    assert exits(made) == [404] * 7
    nightly.keep_day()
    found = Story.objects.get()
    assert (found.state, found.down_why) == ("TAKEN_DOWN", stories.ENDED)


def test_it_is_down_the_day_after_the_last_day_of_publicity_and_not_before(cast: people.Town, record: Record) -> None:
    made = people.published_bad(cast, record)
    until = line(record).publicity.until
    assert until
    last = clock.now() + timedelta(days=(until - clock.today()).days)
    with clock.set_to(last):
        assert stories.find_public(made.number) == made
        assert until.isoformat() in channels.plain_text(made)
    with clock.set_to(last + timedelta(days=1)):
        assert stories.public() == [] and exits(made) == [404] * 7


def test_nothing_that_is_not_public_can_become_a_bad_example(cast: people.Town, record: Record) -> None:
    withdraw(cast, record)
    with pytest.raises(NotPublic):
        actions.draft_bad(cast.officer, "SAMR", record.number, "刷单三百单")


def test_a_record_that_ends_while_the_story_is_written_stops_it(cast: people.Town, record: Record) -> None:
    made = actions.draft_bad(cast.officer, "SAMR", record.number, "刷单三百单")
    people.redacted(cast, made)
    withdraw(cast, record)
    with pytest.raises(NotPublic):
        actions.approve_story(cast.reviewer, made.number)


def test_redaction_masks_the_persons_and_strikes_numbers_and_words_and_nothing_is_left(
    cast: people.Town, record: Record, firm: Subject
) -> None:
    Subject.objects.filter(pk=firm.pk).update(legal_rep="欧阳建国")
    made = actions.draft_bad(cast.officer, "SAMR", record.number, "刷单三百单")
    text = "经营者欧阳建国（电话13800138000，身份证23040219800101123X）伙同李小明刷单，邮箱a@b.example。"
    actions.rewrite(cast.officer, made.number, "刷单三百单", text)
    actions.check_facts(cast.officer, made.number)
    found = actions.redact(cast.officer, made.number, ["李小明"])
    assert found.text == "经营者欧阳**（电话■■■，身份证■■■）伙同■■■刷单，邮箱■■■。"
    assert stories.left(found.text, found.subject) == []
    actions.send_back(cast.reviewer, made.number, "标题须修改")
    actions.rewrite(cast.officer, made.number, "刷单：欧阳建国", text)  # a title is not redacted by itself: it is refused
    actions.check_facts(cast.officer, made.number)
    with pytest.raises(NotClean):
        actions.redact(cast.officer, made.number, ["李小明"])


def test_the_author_does_not_approve_and_a_step_is_taken_once(cast: people.Town, record: Record) -> None:
    made = actions.draft_bad(cast.officer, "SAMR", record.number, "刷单三百单")
    with pytest.raises(ContentWrong):  # one story of a record
        actions.draft_bad(cast.officer, "SAMR", record.number, "又一个案例")
    actions.rewrite(cast.reviewer, made.number, "刷单三百单", "由审核人员改写的正文")
    people.redacted(cast, made)
    with pytest.raises(SamePerson):  # who rewrote it last is its author
        actions.approve_story(cast.reviewer, made.number)
    with pytest.raises(workflow.StepNotYours):
        actions.approve_story(cast.officer, made.number)
    assert actions.approve_story(cast.head, made.number).state == "APPROVED"
    with pytest.raises(workflow.StepNotAllowed):
        actions.approve_story(cast.head, made.number)


def good(cast: people.Town, firm: Subject) -> Story:
    made = actions.draft_good(cast.officer, "SAMR", firm.pk, "十年零投诉的粮油店", "坚持先行赔付，十年没有未解决的投诉。")
    people.redacted(cast, made)
    return actions.approve_story(cast.reviewer, made.number)


def test_a_good_example_needs_consent_and_comes_down_with_it(cast: people.Town, firm: Subject) -> None:
    made = good(cast, firm)
    with pytest.raises(NoConsent):
        actions.publish_story(cast.officer, made.number)
    with pytest.raises(NotFound):  # not asked yet: the subject does not see a draft about it
        actions.answer_consent(cast.merchant, made.number, True)
    actions.ask_consent(cast.officer, made.number)
    with pytest.raises(NotFound):
        actions.answer_consent(cast.officer, made.number, True)
    browser = Client()
    browser.force_login(cast.users["merchant"], backend="django.contrib.auth.backends.ModelBackend")
    assert made.my_url in browser.get("/merchant/courses/").content.decode()
    assert browser.post(made.my_url, {"act": "give"}).status_code == 302
    made = actions.publish_story(cast.officer, made.number)
    assert exits(made) == [200] * 7
    assert browser.post(made.my_url, {"act": "withdraw"}).status_code == 302
    assert exits(made) == [404] * 7
    assert Story.objects.get().state == "TAKEN_DOWN"


def test_a_good_example_is_down_while_its_subject_has_an_unfavourable_record(cast: people.Town, firm: Subject) -> None:
    made = good(cast, firm)
    actions.ask_consent(cast.officer, made.number)
    actions.answer_consent(cast.merchant, made.number, True)
    actions.publish_story(cast.officer, made.number)
    record = people.on_file(cast.officer, cast.reviewer, firm)
    assert stories.public() == []
    with pytest.raises(ContentWrong):
        actions.draft_good(cast.officer, "SAMR", firm.pk, "同一家店的案例", "坚持先行赔付，十年没有未解决的投诉。")
    assert line(record).public_today


def test_another_department_and_another_subject_do_not_reach_a_story(cast: people.Town, firm: Subject) -> None:
    made = good(cast, firm)
    actions.ask_consent(cast.officer, made.number)
    install_grant(cast.users["elsewhere"], "merchant", Scope(subject=cast.platform.subject_id))
    with pytest.raises(NotFound):
        actions.answer_consent(actors.of_user(cast.users["elsewhere"]), made.number, True)
    with pytest.raises(NotFound):
        actions.approve_story(cast.elsewhere, made.number)


def test_the_desk_leads_through_a_story_and_the_feed_is_atom(cast: people.Town, record: Record) -> None:
    officer, reviewer = Client(), Client()
    for who, browser in (("officer", officer), ("reviewer", reviewer)):
        browser.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    given = {"department": "SAMR", "record": record.number, "title": "刷单三百单"}
    assert officer.post("/officer/stories/bad/", given).status_code == 302
    made = Story.objects.get()
    for browser, act in ((officer, {"act": "check"}), (officer, {"act": "redact", "s-words": ""}), (reviewer, {"act": "approve"})):
        assert f'value="{act["act"]}"' in browser.get(made.page_url).content.decode()
        assert browser.post(made.page_url, act).status_code == 302
    assert officer.post(made.page_url, {"act": "publish"}).status_code == 302
    feed = ElementTree.fromstring(Client().get("/stories/feed/").content)
    assert [one.findtext(f"{{{channels.ATOM}}}title") for one in feed.iter(f"{{{channels.ATOM}}}entry")] == ["失信典型：刷单三百单"]
    assert Client().get(f"{made.public_url}poster.exe").status_code == 404
    assert officer.get("/officer/stories/").status_code == 200


@pytest.mark.one_database
def test_the_calendar_moves_the_spring_festival_as_the_notice_says() -> None:
    known = occasions.occasions()
    assert [str(known["spring_festival"].on(year)) for year in (2024, 2025, 2026)] == ["2024-02-10", "2025-01-28", "2026-02-15"]
    assert str(known["credit_day"].on(2026)) == "2026-06-14"


def test_an_activity_is_planned_for_an_occasion_and_its_result_is_public(cast: people.Town) -> None:
    given = {"occasion": "credit_day", "title": "信用记录关爱日宣传", "members": ["COM"], "on": clock.today(), "place": "人民广场"}
    made = actions.plan_activity(cast.officer, "SAMR", {**given, "plan": "发放资料，现场答疑"})
    with pytest.raises(ContentWrong):
        actions.plan_activity(cast.officer, "SAMR", {**given, "occasion": "none", "plan": "发放资料，现场答疑"})
    actions.end_activity(cast.officer, made.number, "发放资料三千份", True)
    with pytest.raises(workflow.StepNotAllowed):
        actions.end_activity(cast.officer, made.number, "再次登记结果", True)
    assert "发放资料三千份" in Client().get("/courses/calendar/").content.decode()
