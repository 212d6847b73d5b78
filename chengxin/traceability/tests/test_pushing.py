"""Property: every event recorded reaches a receiver that answers exactly once, and one that fails, or whose sender is killed, at least once
and in the order of recording."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chengxin.accounts import clients
from chengxin.accounts.actor import of_client
from chengxin.accounts.beginning import INSTALLER
from chengxin.kernel import clock
from chengxin.traceability import actions, pushing, subscribing
from chengxin.traceability.models import BROKEN, Push, Subscription, TraceEvent
from chengxin.traceability.tests.people import platform, seen
from chengxin.traceability.tests.receiver import Receiver, receiver  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 2, 4, 0, tzinfo=UTC)
NUMBERS = itertools.count()
CAPTURE, PUSH, FAIL, KILL, WAIT = "capture", "push", "fail", "kill", "wait"
Step = tuple[str, int]


class Killed(BaseException):
    """The process is gone; nothing after it happens."""


@pytest.fixture
def subscription(receiver, settings):  # noqa: F811
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = clients.create_client("mall-a", "trace", ["trace:write", "trace:read"], by=INSTALLER).client
    machine = of_client(client, frozenset())
    with clock.set_to(START):
        query = actions.keep_query(machine, "all", {"EQ_action": ["OBSERVE"], "perPage": [3]})
        said = b'{"dest": "%s", "signatureToken": "t", "stream": true}' % receiver.url.encode()
        return subscribing.subscribe(machine, query, subscribing.read(said, ""))


class Walk:
    """Steps against one receiver: what is captured, answered and cut short, while hours pass."""

    def __init__(self, subscription: Subscription, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
        self.subscription, self.receiver, self.patch = subscription, receiver, monkeypatch
        self.now = START
        receiver.got.clear()
        receiver.answers.clear()

    def go(self, steps: list[Step]) -> None:
        for what, number in steps:
            self.now += timedelta(seconds=61)  # what a killed worker held is free again
            with clock.set_to(self.now):
                getattr(self, f"_{what}")(number)

    def _capture(self, number: int) -> None:
        actions.capture([seen(eventID=f"urn:x:{next(NUMBERS)}") for _ in range(number)], platform())

    def _push(self, number: int) -> None:
        pushing.push()

    def _fail(self, number: int) -> None:
        self.receiver.answers += [(500, 413, 503, 302)[number % 4]] * number

    def _wait(self, number: int) -> None:
        self.now += timedelta(hours=number)

    def _kill(self, number: int) -> None:
        """Killed when the message is planned, and when it is sent and its answer not yet noted."""
        place = ("_sent", "_settled")[number % 2]

        def stop(*given: object) -> None:
            raise Killed

        with self.patch.context() as patch, pytest.raises(Killed):
            patch.setattr(pushing, place, stop)
            pushing.push()
            raise Killed  # there was nothing to send

    def drained(self) -> None:
        """The receiver is well again; what was broken is resumed."""
        self.receiver.answers.clear()
        for _ in range(3):
            self.now += timedelta(hours=2)
            with clock.set_to(self.now):
                one = Subscription.objects.get(pk=self.subscription.pk)
                if one.state == BROKEN:
                    subscribing.resume(of_client(one.client, frozenset()), one.number)
                pushing.push()

    def check(self, exactly_once: bool) -> None:
        recorded = list(TraceEvent.objects.order_by("pk").values_list("event_id", flat=True))
        taken = self.receiver.taken
        assert list(dict.fromkeys(taken)) == recorded, "an event is lost, or overtook another"
        if exactly_once:
            assert taken == recorded, "an event was delivered twice"
        messages = Push.objects.filter(subscription=self.subscription).order_by("sequence")
        assert [one.sequence for one in messages] == list(range(1, messages.count() + 1))


def walked(subscription: Subscription, receiver: Receiver, patch: pytest.MonkeyPatch, steps: list[Step]) -> None:  # noqa: F811
    """The steps, then a receiver that is well; all is undone."""
    with transaction.atomic():
        walk = Walk(subscription, receiver, patch)
        walk.go(steps)
        walk.drained()
        walk.check(exactly_once=all(what not in (KILL,) for what, _ in steps))
        transaction.set_rollback(True)


STEPS = st.lists(st.tuples(st.sampled_from([CAPTURE, CAPTURE, PUSH, PUSH, FAIL, KILL, WAIT]), st.integers(1, 5)), min_size=3, max_size=14)


def every_walk(examples: int, walk: Callable[[list[Step]], None]) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(STEPS)
    def ask(steps: list[Step]) -> None:
        walk(steps)

    ask()


def test_every_event_arrives_in_order_once_or_again(subscription, receiver, monkeypatch, request):  # noqa: F811
    examples = 400 if request.config.getoption("--nightly") else 6
    every_walk(examples, lambda steps: walked(subscription, receiver, monkeypatch, steps))


ALL = [(CAPTURE, 5), (FAIL, 1), (PUSH, 1), (CAPTURE, 2), (KILL, 2), (PUSH, 1), (WAIT, 1), (CAPTURE, 4), (KILL, 1), (PUSH, 1)]


def test_one_walk_with_all_of_it(subscription, receiver, monkeypatch):  # noqa: F811
    walked(subscription, receiver, monkeypatch, ALL)
    assert {one.status for one in receiver.got} == {200, 413}


def test_the_twin_what_is_taken_for_delivered_before_it_is_answered_is_lost(subscription, receiver, monkeypatch):  # noqa: F811
    settle = Push.settle
    monkeypatch.setattr(Push, "settle", lambda self, status, error, most: settle(self, 200, "", most))
    with pytest.raises(AssertionError, match="lost"):
        walked(subscription, receiver, monkeypatch, [(CAPTURE, 2), (FAIL, 2), (PUSH, 1)])


def test_the_twin_a_message_that_is_planned_without_a_row_is_lost_by_a_kill(subscription, receiver, monkeypatch):  # noqa: F811
    def forgetful(pk):
        made = planned(pk)
        Push.objects.filter(pk=made.pk).delete() if made else None
        return made

    planned = pushing._planned
    monkeypatch.setattr(pushing, "_planned", forgetful)
    with pytest.raises(AssertionError, match="lost"):
        walked(subscription, receiver, monkeypatch, [(CAPTURE, 2), (KILL, 2)])


def sent_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker looks while the first waits for the receiver's answer."""
    post = pushing.fetching.post

    def while_it_waits(*given, **more):
        answer = post(*given, **more)
        monkeypatch.setattr(pushing.fetching, "post", post)
        pushing.push()
        return answer

    monkeypatch.setattr(pushing.fetching, "post", while_it_waits)


def test_two_workers_do_not_send_the_same(subscription, receiver, monkeypatch):  # noqa: F811
    sent_by_two(monkeypatch)
    walked(subscription, receiver, monkeypatch, [(CAPTURE, 2), (PUSH, 1)])


def test_the_twin_without_the_claim_they_do(subscription, receiver, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pushing, "BUSY", timedelta(0))
    sent_by_two(monkeypatch)
    with pytest.raises(AssertionError, match="twice"):
        walked(subscription, receiver, monkeypatch, [(CAPTURE, 2), (PUSH, 1)])
