"""What the insiders' channel takes, whom it lets see it, and what is left when a key is lost or a term is over."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from chengxin.accounts import access
from chengxin.audit.models import Leaf
from chengxin.insiders import actions, queries, reference, tasks
from chengxin.insiders.errors import ChannelClosed, NoKey, NotHandler, NothingWritten, NotOfDepartment, NotSealed, Taken, TooMuch
from chengxin.insiders.events import ReportWritten
from chengxin.insiders.models import Handler, HandlerKey, Mailbox, Message, WrittenReport
from chengxin.insiders.tests import people
from chengxin.insiders.tests.people import CHANNEL, SECRET, Reporter
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> people.Cast:
    return people.opened(people.cast())


def unsealed(who: people.Cast, name: str, message: Message) -> str:
    box = message.mailbox
    return str(reference.unseal(json.loads(message.sealed), who.keys[name], box.public, CHANNEL, box.tag)["text"])


def everything_stored() -> str:
    """Every value of every table, and the log."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)


def test_a_message_reaches_both_handlers_and_the_house_cannot_read_it(who):
    Reporter().writes()
    message = Message.objects.get()
    assert [unsealed(who, name, message) for name in ("first", "deputy")] == [SECRET, SECRET]
    assert SECRET not in everything_stored()


def test_the_twin_the_search_finds_what_stands_in_a_table(who):
    found = Reporter().writes()
    Mailbox.objects.filter(pk=found.pk).update(handled_by_name=SECRET)
    assert SECRET in everything_stored()


def test_nothing_of_a_code_is_kept_that_finds_or_opens_the_mailbox(who):
    reporter = Reporter()
    reporter.writes()
    stored = everything_stored()
    for secret in (reporter.code, reporter.code.replace("-", ""), reporter.known.lookup, reporter.known.key.hex()):
        assert secret not in stored


def test_the_reporter_reads_the_answer_with_the_code_alone_and_goes_on(who):
    reporter = Reporter()
    box = reporter.writes()
    actions.answer(who.first, box.number, people.answer_of(who, "first", box, "是哪一条产线？"))
    seen = queries.for_reporter(queries.by_lookup(reporter.known.lookup))
    own = reference.opened_by_code(seen["key"], seen["wrapped"], reporter.known)
    last = seen["messages"][-1]["sealed"]
    assert reference.unseal(last, own, seen["handlers"][last["from"]], CHANNEL, box.tag)["text"] == "是哪一条产线？"
    actions.take_reply(reporter.known.lookup, reporter.goes_on("二号线"))
    assert unsealed(who, "deputy", Message.objects.last()) == "二号线"


def test_a_wrong_code_a_foreign_one_and_none_get_the_same_page(who):
    Reporter().writes()
    browser = Client()
    answers = [browser.post("/insiders/open/", {"lookup": Reporter().known.lookup}) for _ in range(2)]
    assert {one.status_code for one in answers} == {404}
    assert answers[0].content == answers[1].content
    assert browser.post("/insiders/reply/", {"lookup": "0" * 32, "sealed": "{}"}).content == answers[0].content


def test_a_changed_message_does_not_open(who):
    Reporter().writes()
    message = Message.objects.get()
    body = json.loads(message.sealed)
    for part in ("body", "iv", "eph"):
        broken = {**body, part: body[part][:-2] + ("AA" if body[part][-2:] != "AA" else "BB")}
        with pytest.raises((InvalidTag, ValueError)):
            reference.unseal(broken, who.keys["first"], message.mailbox.public, CHANNEL, message.mailbox.tag)
    for channel, tag in (("COM", message.mailbox.tag), (CHANNEL, "0" * 32)):
        with pytest.raises(InvalidTag):
            reference.unseal(body, who.keys["first"], message.mailbox.public, channel, tag)


def test_a_message_from_another_key_than_it_says_does_not_open(who):
    """The house or a stranger can seal for the handlers, but not in the reporter's name."""
    box, other = Reporter().writes(), reference.new_pair()
    forged = reference.seal({"text": "撤回举报"}, other, [who.keys["first"].public], CHANNEL, box.tag)
    forged["from"] = box.key
    with pytest.raises(InvalidTag):
        reference.unseal(forged, who.keys["first"], box.public, CHANNEL, box.tag)


def test_only_sealed_messages_for_every_live_key_are_taken(who):
    reporter = Reporter()
    form = reporter.form()
    body = json.loads(form["sealed"])
    plain = (json.dumps({"text": SECRET}), "", "[]", json.dumps({**body, "body": SECRET}), json.dumps({**body, "from": "0" * 32}))
    given = (CHANNEL, reporter.known.lookup, reporter.known.tag, reporter.pair.id, reporter.pair.public, json.loads(form["wrapped"]))
    for wrong in plain:
        with pytest.raises(NotSealed):
            actions.take_first(*given, wrong)
    for_one = {**body, "to": dict(list(body["to"].items())[:1])}
    with pytest.raises(ChannelClosed):
        actions.take_first(*given, json.dumps(for_one))
    with pytest.raises(TooMuch):
        actions.take_first(*given, " " * (actions.MOST_BYTES + 1))
    assert not Mailbox.objects.exists()
    actions.take_first(*given, form["sealed"])
    with pytest.raises(Taken):
        actions.take_first(*given, form["sealed"])


def test_the_channel_is_open_with_two_keys_one_of_them_the_deputys():
    who = people.cast()
    assert queries.channels() == {}
    actions.name_handler(who.head, who.users["first"], CHANNEL, False)
    people.key_for(who.first)
    assert queries.channels() == {}
    actions.name_handler(who.head, who.users["colleague"], CHANNEL, False)
    people.key_for(who.colleague)
    assert queries.channels() == {}, "two handlers and no deputy"
    actions.name_handler(who.head, who.users["deputy"], CHANNEL, True)
    people.key_for(who.deputy)
    assert list(queries.channels()) == [CHANNEL]


def test_only_the_head_names_and_only_people_of_the_department(who):
    with pytest.raises(Forbidden):
        actions.name_handler(who.first, who.users["colleague"], CHANNEL, False)
    for name in ("elsewhere", "first"):
        with pytest.raises(NotOfDepartment):
            actions.name_handler(who.head, who.users[name], CHANNEL, False)
    with pytest.raises(NotHandler):
        people.key_for(who.colleague)


def test_nobody_but_the_handlers_sees_a_mailbox_not_even_the_head(who):
    box = Reporter().writes()
    for actor in (who.head, who.colleague, who.elsewhere):
        with pytest.raises(NotFound):
            access.get(actor, Mailbox, number=box.number)
    assert access.get(who.deputy, Mailbox, number=box.number) == box
    actions.end_handler(who.head, Handler.objects.get(user=who.users["deputy"]).pk)
    with pytest.raises(NotFound):
        access.get(who.deputy, Mailbox, number=box.number)


def test_a_replaced_key_still_opens_and_a_lost_one_is_said_to_both(who):
    reporter = Reporter()
    box = reporter.writes()
    people.key_for(who.first)
    assert queries.lost_messages(box) == []
    assert [one["id"] for one in queries.for_handler(box, who.first)["own"]] == list(
        HandlerKey.objects.filter(handler__user=who.first.user).values_list("key", flat=True)
    )
    HandlerKey.objects.filter(key=who.keys["first"].id).update(why="lost")
    assert queries.lost_messages(box) == [], "the deputy still reads it"
    actions.lose_key(who.deputy, CHANNEL)
    assert queries.lost_messages(box) == [Message.objects.get().message]
    assert queries.unread_by_loss(CHANNEL) == 1
    assert queries.for_reporter(box)["lost"]
    assert not queries.for_reporter(box)["open"], "one key is too few"
    with pytest.raises(ChannelClosed):
        actions.take_reply(reporter.known.lookup, reporter.goes_on("还在吗"))
    with pytest.raises(NoKey):
        actions.lose_key(who.deputy, CHANNEL)


def test_an_answer_is_by_the_own_live_key_and_for_the_reporter(who):
    box = Reporter().writes()
    with pytest.raises(NotSealed):
        actions.answer(who.first, box.number, people.answer_of(who, "deputy", box, "冒名"))
    not_for_them = reference.seal({"text": "?"}, who.keys["first"], [who.keys["deputy"].public], CHANNEL, box.tag)
    with pytest.raises(NotSealed):
        actions.answer(who.first, box.number, json.dumps(not_for_them))


def a_business() -> Subject:
    found = subjects.upsert_shop(samples.platform(), entries.parse(samples.row(1)), "system:test").shop.subject
    assert found is not None
    return found


def test_what_is_to_be_looked_into_is_what_the_handler_writes_and_nothing_else(who):
    box, business = Reporter().writes(), a_business()
    with pytest.raises(NothingWritten):
        actions.write_report(who.first, box.number, business.pk, "  ")
    with pytest.raises(NotFound):
        actions.write_report(who.colleague, box.number, business.pk, "查仓库")
    made = actions.write_report(who.first, box.number, business.pk, "查仓库标签")
    leaf = Leaf.objects.get(action="insiders.report.written")
    assert "查仓库标签" not in leaf.body
    assert str(who.first) in leaf.body
    handlers = import_string(settings.CHENGXIN_ROAD)["chengxin.insiders.events:ReportWritten"]
    assert handlers == ["chengxin.cases.tasks:register_source_of_insider"]
    event = ReportWritten(made.number, str(business.pk), CHANNEL)
    for _ in range(2):
        import_string(handlers[0].replace(":", "."))(event)
    source = apps.get_model("cases", "Case").objects.get(source_ref=f"insiders.report:{made.number}")
    assert (source.department, source.source) == (CHANNEL, "2")


def test_what_is_over_is_deleted_and_the_written_report_stays(who):
    reporter = Reporter()
    with clock.set_to(datetime(2026, 1, 10, 9, tzinfo=clock.CITY)):
        box, silent = reporter.writes(), Reporter().writes()
        made = actions.write_report(who.first, box.number, a_business().pk, "查仓库标签")
        actions.mark_handled(who.first, box.number)
    with clock.set_to(datetime(2026, 7, 10, 9, tzinfo=clock.CITY)):
        tasks.keep()
        assert Mailbox.objects.count() == 2, "six months are not over"
    with clock.set_to(datetime(2026, 7, 11, 9, tzinfo=clock.CITY)):
        tasks.keep()
    assert list(Mailbox.objects.all()) == [silent]
    assert not Message.objects.filter(mailbox_id=box.pk).exists()
    assert WrittenReport.objects.get(number=made.number).mailbox is None
    with pytest.raises(NotFound):
        queries.by_lookup(reporter.known.lookup)


def test_the_log_knows_who_and_why_and_the_digest_and_no_content(who):
    box = Reporter().writes()
    actions.note_opening(who.first, box, "核查内部人士来信")
    bodies = "\n".join(Leaf.objects.values_list("body", flat=True))
    for told in ("insiders.message.reporter", "sha256", "核查内部人士来信", str(who.first)):
        assert told in bodies
    assert SECRET not in bodies


def test_the_hashes_of_the_scripts_are_in_the_log_once(who):
    assert actions.publish_scripts()
    assert not actions.publish_scripts()
    leaf = json.loads(Leaf.objects.get(action="insiders.scripts.published").body)
    assert leaf["data"] == dict(queries.scripts())


@pytest.mark.one_database
def test_the_reporters_page_sets_no_cookie_but_the_forms_token_and_names_what_it_runs(who):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/insiders/")
    assert set(page.cookies) == {"csrftoken"}
    assert page["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    text = page.content.decode()
    assert all(digest in text for _, digest in queries.scripts())
    assert all(one["id"] in text for one in queries.receivers(CHANNEL))
    form = {**Reporter().form(), "csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text)[0]}
    sent = browser.post("/insiders/send/", form)
    assert sent.status_code == 200
    assert set(browser.cookies) == {"csrftoken"}
    assert not re.findall(r"<(?:textarea|input type=.file)[^>]* name=", text), "what is written has no name and is never posted"


@pytest.mark.one_database
def test_a_handler_states_a_purpose_before_the_mailbox_opens(who):
    box = Reporter().writes()
    browser = Client()
    browser.force_login(who.users["first"], backend="django.contrib.auth.backends.ModelBackend")
    assert box.public not in browser.get(box.page_url).content.decode()
    page = browser.get(box.page_url, headers={"X-Purpose": "test"})
    assert page.status_code == 200
    assert box.public in page.content.decode()
