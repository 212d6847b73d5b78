"""Subscriptions: sent, signed, in order, again after a failure, by schedule, stopped by a lost right, told when broken, resumed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from chengxin.accounts import clients
from chengxin.accounts.actor import of_client
from chengxin.accounts.beginning import INSTALLER
from chengxin.evidence import fetching
from chengxin.jobs.models import Job, Outbox
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.traceability import actions, asking, pushing, schedules, subscribing, tasks
from chengxin.traceability.errors import NotAllowed, SubscribeNotPermitted, WrongControls
from chengxin.traceability.models import NamedQuery, Push, Subscription, TraceEvent
from chengxin.traceability.tests.people import FARM, FUNGUS, officer, platform, seen
from chengxin.traceability.tests.receiver import receiver  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
TOKEN = "13df38d8275b13f05704629e5f1cf3d45d6132d5"
START = datetime(2026, 9, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def machine(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = clients.create_client("mall-a", "trace", ["trace:write", "trace:read"], by=INSTALLER)
    return of_client(made.client, frozenset({"trace:read"}))


@pytest.fixture
def at():
    """The clock, moved by hand."""
    with clock.set_to(START):
        yield clock.set_to


def subscribed(machine, url, query=None, name="all", **controls):
    kept = NamedQuery.objects.filter(name=name).first() or actions.keep_query(machine, name, query or {"EQ_action": ["OBSERVE"]})
    given = {"dest": url, "signatureToken": TOKEN, **({} if "schedule" in controls else {"stream": True}), **controls}
    return subscribing.subscribe(machine, kept, subscribing.read(json.dumps(given).encode(), ""))


def captured(*names, by=None, **changes):
    actions.capture([seen(eventID=f"urn:x:{name}", **changes) for name in names], by or platform())


def ids(*names):
    return [f"urn:x:{name}" for name in names]


def fresh(one):
    return Subscription.objects.get(pk=one.pk)


def test_new_events_go_out_signed_after_the_capture_has_committed(machine, receiver, at):  # noqa: F811
    captured("old")
    one = subscribed(machine, receiver.url)
    captured("a", "b")
    assert receiver.got == [] and Job.objects.filter(target=tasks.PUSH).count() == 1
    assert tasks.push() == "1 messages"
    captured("c")
    assert tasks.push() == "1 messages" and tasks.push() == "0 messages"
    assert receiver.taken == ids("a", "b", "c")
    first = receiver.got[0]
    results = first.said["epcisBody"]["queryResults"]
    assert first.said["type"] == "EPCISQueryDocument" and (results["queryName"], results["subscriptionID"]) == ("all", one.number)
    signature = base64.b64encode(hmac.new(TOKEN.encode(), first.body, hashlib.sha256).digest()).decode()
    assert first.headers["Gs1-Signature" if "Gs1-Signature" in first.headers else "GS1-Signature"] == signature
    assert (first.headers["Content-Type"], first.headers["Chengxin-Sequence"]) == ("application/json", "1")
    assert fresh(one).notified_at == START


def test_the_twin_another_token_signs_otherwise(machine, receiver, at):  # noqa: F811
    subscribed(machine, receiver.url, signatureToken="another")
    captured("a")
    pushing.push()
    assert receiver.got[0].headers["GS1-Signature"] != pushing.sign(TOKEN, receiver.got[0].body)
    assert receiver.got[0].headers["GS1-Signature"] == pushing.sign("another", receiver.got[0].body)


def test_without_a_token_nothing_is_signed_and_a_token_is_not_kept_in_plain_text(machine, receiver, at):  # noqa: F811
    from django.db import connection

    subscribed(machine, receiver.url, signatureToken=None)
    subscribed(machine, receiver.url)
    captured("a")
    pushing.push()
    assert ["GS1-Signature" in one.headers for one in receiver.got] == [False, True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM traceability_subscription")
        assert all(TOKEN not in row[0] for row in cursor.fetchall())


def test_a_receiver_that_fails_gets_the_same_again_later_and_nothing_overtakes(machine, receiver, at):  # noqa: F811
    subscribed(machine, receiver.url, {"EQ_action": ["OBSERVE"], "perPage": [2]})
    captured("a", "b", "c")
    receiver.answers = [500]
    assert pushing.push() == 0 and pushing.push() == 0
    captured("d")
    assert pushing.due_soon() == START + timedelta(seconds=5)
    tasks.push()
    assert Job.objects.filter(target=tasks.PUSH, run_at=START + timedelta(seconds=5)).count() == 1
    with at(START + timedelta(seconds=6)):
        assert pushing.push() == 3
    assert [one.events for one in receiver.got] == [ids("a", "b"), ids("a", "b"), ids("c"), ids("d")]
    assert receiver.got[0].headers["Chengxin-Sequence"] == receiver.got[1].headers["Chengxin-Sequence"] == "1"


def test_after_the_limit_it_is_broken_its_people_are_told_and_resume_it_without_loss(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    receiver.answers = [503] * 99
    limit = law.at(clock.today()).value("exchange_retries")["hook_attempts"]
    for hour in range(limit + 3):
        with at(START + timedelta(hours=hour)):
            pushing.push()
    assert (len(receiver.got), fresh(one).state, fresh(one).why) == (limit, "BROKEN", "receiver")
    assert Outbox.objects.filter(event__endswith=":SubscriptionBroken").count() == 1
    captured("b")
    receiver.answers = []
    assert pushing.push() == 0
    subscribing.resume(machine, one.number)
    assert pushing.push() == 2
    assert receiver.taken == ids("a", "b") and fresh(one).state == "ACTIVE"


def test_paused_it_sends_nothing_and_resumed_what_came_meanwhile(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    subscribing.pause(machine, one.number)
    assert pushing.push() == 0
    subscribing.resume(machine, one.number)
    captured("b")
    assert pushing.push() == 1 and receiver.taken == ids("a", "b")


def test_a_schedule_says_when_and_an_empty_result_goes_out_only_when_wanted(machine, receiver, at):  # noqa: F811
    schedule = {"hour": "1", "minute": "5"}
    subscribed(machine, receiver.url, schedule=schedule)
    empty = subscribed(machine, receiver.url, schedule=schedule, reportIfEmpty=True)
    captured("a")
    assert pushing.push() == 0
    night = datetime(2026, 9, 3, 1, 5, tzinfo=clock.CITY)
    with at(night):
        assert pushing.push() == 2
    with at(night + timedelta(hours=2)):
        assert pushing.push() == 0
    with at(night + timedelta(days=1)):
        assert pushing.push() == 1
    assert [one.events for one in receiver.got] == [ids("a"), ids("a"), []]
    assert receiver.got[2].said["epcisBody"]["queryResults"]["subscriptionID"] == empty.number
    assert fresh(empty).min_record_time == night + timedelta(days=1)


def test_what_was_recorded_since_a_time_goes_out_first(machine, receiver, at):  # noqa: F811
    captured("a")
    with at(START + timedelta(hours=1)):
        captured("b")
    with at(START + timedelta(hours=2)):
        subscribed(machine, receiver.url, initialRecordTime=(START + timedelta(minutes=30)).isoformat())
        assert pushing.push() == 1 and receiver.taken == ids("b")


def test_only_what_the_subscriber_may_see_when_it_is_sent(machine, receiver, at):  # noqa: F811
    other = platform("mall-b")
    name = actions.name_party(officer(), "platform", "mall-a", FARM)
    subscribed(machine, receiver.url)
    captured("named", by=other, sourceList=[{"type": "owning_party", "source": FARM}])
    captured("not-mine", by=other, quantityList=[{"epcClass": FUNGUS + "X"}])
    pushing.push()
    assert receiver.taken == ids("named")
    captured("named-2", by=other, sourceList=[{"type": "owning_party", "source": FARM}], quantityList=[{"epcClass": FUNGUS + "Y"}])
    receiver.answers = [500]
    pushing.push()
    name.delete()  # whose the number is was taken back between two attempts
    with at(START + timedelta(minutes=1)):
        pushing.push()
    assert receiver.taken == ids("named") and Push.objects.filter(state="WAITING").count() == 0


def test_without_the_token_that_its_term_took_away_it_is_not_resumed(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    Subscription.objects.filter(pk=one.pk).update(state="BROKEN", why="receiver", token="")
    with pytest.raises(NotAllowed):
        subscribing.resume(machine, one.number)


def test_a_client_that_may_not_read_any_more_is_sent_nothing(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    clients.retire_client(machine.client, by=INSTALLER, why="a test")
    assert pushing.push() == 0 and receiver.got == []
    assert (fresh(one).state, fresh(one).why) == ("BROKEN", "right")
    with pytest.raises(NotAllowed):
        subscribing.resume(machine, one.number)


def test_the_twin_with_the_rights_not_asked_it_would_be_sent(machine, receiver, at, monkeypatch):  # noqa: F811
    subscribed(machine, receiver.url)
    captured("a")
    clients.retire_client(machine.client, by=INSTALLER, why="a test")
    monkeypatch.setattr(pushing, "reader_of", lambda one: machine)
    assert pushing.push() == 1 and receiver.taken == ids("a")


def test_too_much_for_the_receiver_goes_in_parts(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    receiver.before = lambda events: 413 if len(events) > 2 else None
    captured(*"abcdefgh")
    pushing.push()
    assert receiver.taken == ids(*"abcdefgh")
    assert [len(got.events) for got in receiver.got] == [8, 4, 2, 3, 1, 2, 3, 1, 2] and fresh(one).batch == 3


def test_a_query_that_finds_too_many_says_so_and_goes_on(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url, {"EQ_action": ["OBSERVE"], "maxEventCount": [2]}, schedule={"minute": "0/5"})
    captured("a", "b", "c")
    with at(START + timedelta(minutes=5)):
        assert pushing.push() == 1
    captured("d")
    with at(START + timedelta(minutes=10)):
        assert pushing.push() == 1
    assert [got.events for got in receiver.got] == [["epcisException:QueryTooLargeException"], ids("d")]
    assert receiver.got[0].said["status"] == 413 and fresh(one).state == "ACTIVE"


def test_a_query_that_cannot_be_executed_says_so_and_loses_nothing(machine, receiver, at, monkeypatch):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    with monkeypatch.context() as broken:
        broken.setattr(asking, "read", lambda *given: 1 / 0)
        pushing.push()
    assert [got.events for got in receiver.got] == [["epcisException:ImplementationException"]]
    assert (fresh(one).state, fresh(one).why) == ("BROKEN", "query")
    subscribing.resume(machine, one.number)
    pushing.push()
    assert receiver.got[-1].events == ids("a")


def test_an_error_that_comes_when_the_message_is_written_loses_nothing_either(machine, receiver, at, monkeypatch):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    with monkeypatch.context() as broken:
        broken.setattr(pushing, "_document", lambda *given: 1 / 0)
        pushing.push()
    assert (receiver.got[0].events, fresh(one).why) == (["epcisException:ImplementationException"], "query")
    subscribing.resume(machine, one.number)
    pushing.push()
    assert receiver.got[-1].events == ids("a")


def test_a_second_worker_leaves_what_the_first_is_sending(machine, receiver, at):  # noqa: F811
    one = subscribed(machine, receiver.url)
    captured("a")
    nested = []
    receiver.before = lambda events: None
    Subscription.objects.filter(pk=one.pk).update(busy_until=START + timedelta(seconds=60))
    nested.append(pushing.push())
    with at(START + timedelta(seconds=61)):  # the first was killed
        nested.append(pushing.push())
    assert nested == [0, 1] and receiver.taken == ids("a")


def test_forgetting_the_query_ends_its_subscriptions(machine, receiver, at):  # noqa: F811
    subscribed(machine, receiver.url)
    captured("a")
    actions.drop_query(machine, NamedQuery.objects.get())
    assert pushing.push() == 0 and not Subscription.objects.exists() and TraceEvent.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"stream": None},
        {"stream": False},
        {"stream": True, "schedule": {"hour": "1"}},
        {"schedule": {}},
        {"schedule": {"hour": "24"}},
        {"schedule": {"week": "1"}},
        {"schedule": {"dayOfMonth": "31", "month": "2"}},
        {"stream": True, "reportIfEmpty": True},
        {"stream": True, "dest": None},
        {"stream": True, "initialRecordTime": "2026-09-01T00:00:00"},
        {"stream": True, "more": 1},
    ],
)
def test_controls_that_say_nothing_clear_are_refused(given):
    said = {"dest": "https://a.example/", "signatureToken": "x", **given}
    with pytest.raises(WrongControls):
        subscribing.read(json.dumps({name: value for name, value in said.items() if value is not None}).encode(), "")


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "ftp://a/", "x"])
def test_nothing_is_sent_into_a_private_network(machine, url):
    with pytest.raises(WrongControls):
        subscribed(machine, url)


def test_a_query_with_an_order_of_its_own_is_only_polled(machine):
    with pytest.raises(SubscribeNotPermitted):
        subscribed(machine, "https://93.184.216.34/", {"orderBy": ["eventTime"], "eventCountLimit": [3]})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"hour": "1", "minute": "5"}, "2026-09-03T01:05:00"),
        ({"hour": "13"}, "2026-09-02T13:00:00"),
        ({"second": "0/30"}, "2026-09-02T12:00:30"),
        ({"minute": "[10-12],40"}, "2026-09-02T12:10:00"),
        ({"dayOfWeek": "7"}, "2026-09-06T00:00:00"),
        ({"dayOfMonth": "13", "dayOfWeek": "5"}, "2026-11-13T00:00:00"),
        ({"month": "10"}, "2026-10-01T00:00:00"),
        ({"hour": "9", "dayOfWeek": "[1-5]"}, "2026-09-03T09:00:00"),
    ],
)
def test_a_schedule_is_read_as_the_standard_has_it(given, expected):
    assert schedules.after(given, START).isoformat() == f"{expected}+08:00"


def test_an_answer_that_drips_is_cut_off(monkeypatch):
    """A byte now and then keeps each read in time; the whole is not."""
    monkeypatch.setattr(fetching, "EACH_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = Event()

        def drip():
            caller, _ = server.accept()
            with caller, suppress(OSError):
                while not done.wait(0.1):
                    caller.sendall(b"H")

        Thread(target=drip, daemon=True).start()
        assert fetching.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, private=True)[0] == 0
        done.set()
