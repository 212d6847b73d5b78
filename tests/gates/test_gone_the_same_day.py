"""A fact that was repaired, withdrawn, held or whose term is over is absent the same day from page, API, dump, badge, search, feeds.

The twin is in each test: with the look at what ended switched off the dump would still serve the fact.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from chengxin.kernel import clock
from chengxin.lists.actions import repairing
from chengxin.lists.tests import cast as casts
from chengxin.lists.tests.conftest import quick_papers, quick_secrets  # noqa: F401 - fixtures
from chengxin.publicity import editions, files, reviews, watching
from chengxin.publicity.datasets import catalogue
from chengxin.publicity.errors import BeingCleared
from chengxin.records import actions as credit
from chengxin.records.models import Record
from chengxin.records.queries import line
from chengxin.subjects import names

pytestmark = pytest.mark.django_db
NUMBER = "示市监处罚〔2026〕41号"
DUMPS = ("records.csv", "records.jsonl", "records.parquet", files.ENTITIES, files.PROOFS)


class World:
    """A published penalty, an edition with it, a watch."""

    def __init__(self) -> None:
        self.who = casts.cast()
        editions.publish()
        self.code = watching.begin(self.who.subject)
        self.record: Record = casts.people.put(self.who.town)
        names.index_all()
        editions.publish()

    def addresses(self) -> list[str]:
        subject, shop = self.who.subject, self.who.shop
        return [
            f"/subject/{subject.pk}/",
            f"/subject/{subject.pk}/on/?day={clock.today().isoformat()}",
            f"/subject/{subject.pk}/on/?day={self.record.published_on.isoformat()}",
            f"/api/v1/public/subjects/{subject.pk}",
            f"/search/?q={subject.uscc}",
            f"/api/v1/public/subjects?q={subject.uscc}",
            f"/window/?q={subject.uscc}",
            f"/badge/{shop.pk}/",
            f"/badge/{shop.pk}/badge.svg",
            f"/watch/{self.code}/",
            f"/watch/{self.code}/feed.atom",
            "/data/",
            *(f"/data/files/{name}" for name in DUMPS),
        ]


def withdrawn(world: World) -> None:
    made = credit.propose_withdrawal(world.who.officer, world.record.pk, "决定已撤销", "示市监撤〔2026〕1号")
    credit.confirm(world.who.reviewer, made.pk)


def repaired(world: World) -> None:
    made = repairing.apply(world.who.merchant, world.record, "罚款已缴清，已整改并消除影响", True)
    repairing.accept(world.who.officer, made.pk, True)
    repairing.decide(world.who.head, made.pk, True, "准予修复")


def held(world: World) -> None:
    reviews.hold(world.who.officer, "records", world.record.number, "疑涉商业秘密")


def expired(world: World) -> None:
    """Nobody does anything: its last day was yesterday."""


def when(world: World, way: object) -> datetime:
    shown = line(world.record).publicity
    assert shown.earliest and shown.until
    days = {repaired: shown.earliest + timedelta(days=1), expired: shown.until + timedelta(days=1)}
    return datetime.combine(days.get(way, clock.today()), time(10), clock.CITY)  # type: ignore[call-overload]


@pytest.fixture
def world(settings, tmp_path) -> World:
    settings.DATA_DIR = tmp_path
    return World()


def body(client, address: str) -> bytes:
    answer = client.get(address)
    return b"".join(answer) if answer.streaming else answer.content


def contains(client, world: World) -> list[str]:
    """Where the fact stands: by its document, or by its number anywhere but in the list of what was taken out."""
    words = (NUMBER, world.record.summary)
    return [address for address in world.addresses() if any(word in body(client, address).decode(errors="ignore") for word in words)]


@pytest.mark.parametrize("way", [withdrawn, repaired, held, expired])
def test_it_is_absent_the_same_day_everywhere_and_the_look_at_what_ended_is_what_takes_it_down(client, world, way):
    assert len(contains(client, world)) >= 6  # page, day, API, CSV, JSON lines, entities
    with clock.set_to(when(world, way)):
        way(world)
        with pytest.MonkeyPatch.context() as patch:  # the twin: with the look switched off the dump would still serve it
            patch.setattr(editions, "lacking", lambda edition: {})
            assert f"/data/files/{files.ENTITIES}" in contains(client, world)
        assert contains(client, world) == []
        for name in DUMPS:
            with pytest.raises(BeingCleared):
                editions.served(name)
        assert editions.clear().outcome == "out"
        assert contains(client, world) == [] and client.get("/data/files/records.csv").status_code == 200
        assert {"dataset": "records", "id": world.record.number}.items() <= editions.removals()[0].items()
        told = client.get("/data/removals.json").content.decode() + client.get("/data/removals.atom").content.decode()
        assert world.record.number in told and world.who.subject.name not in told and NUMBER not in told
        assert world.record.number not in client.get(f"/watch/{world.code}/feed.atom").content.decode()


@pytest.mark.one_database
def test_every_tracked_set_has_an_answer_to_what_ended():
    from chengxin.publicity import standing

    source = standing.ended.__code__.co_consts
    named = {name for const in source if isinstance(const, tuple) for name in const} | {name for name in source if isinstance(name, str)}
    assert {one.code for one in catalogue().values() if one.tracked} <= named
