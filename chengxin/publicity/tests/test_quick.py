"""The quick answer about a bare subject is the ordinary one, byte by byte; who has anything else in the register takes the other road."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from chengxin.kernel import clock, ids
from chengxin.publicity import bare, quick, reviews, touched
from chengxin.publicity.quick import Quick
from chengxin.publicity.tests.conftest import Counted
from chengxin.records import actions as credit
from chengxin.records.tests import people
from chengxin.subjects.models import Joining, Licence, Shop, Subject
from chengxin.subjects.models.same import ONE
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
ROADS = ("/subject/{}/", "/api/v1/public/subjects/{}")
NASTY = "<b>\"双引号\" & 'one' \\ %00\t/\ue001"
# Tables that a public answer reads and that need no look: of a row in one that is looked at, or read by a search alone.
THROUGH = {
    "commitments_commitmentend": "commitments_commitment",
    "commitments_template": "commitments_commitment",
    "consumers_answer": "consumers_complaint",
    "consumers_identity": "consumers_complaint",
    "consumers_rating": "consumers_answer",
    "evaluation_ratingrule": "evaluation_snapshot",
    "lists_repairapplication": "records_record",
    "marks_markstep": "marks_mark",
    "platforms_majorevent": "subjects_platform",
    "records_objection": "records_record",
    "records_recordend": "records_record",
}
OF_ITEMS = {"publicity_review"}  # holds back a record or an entry of a list
OF_SEARCH = {"subjects_indexedname", "subjects_subjectidentifier"}


def answer(app: Any, path: str, **headers: str) -> tuple[str, list[tuple[str, str]], bytes]:
    said: list[tuple[str, list[tuple[str, str]]]] = []
    environ = RequestFactory().get(path, **headers).environ | {"wsgi.input": io.BytesIO()}
    body = b"".join(app(environ, lambda status, headers, *_rest: said.append((status, sorted(headers)))))
    return *said[-1], body


def bare_subject(number: int, kind: str = "1", **more: Any) -> Subject:
    now = clock.now()
    return Subject.objects.create(
        kind=kind, name=f"示例{number}号", uscc=samples.uscc(number), division="230499", created_at=now, updated_at=now, **more
    )


def with_shop(number: int, owner: Subject, licence: dict[str, Any] | None = None, **more: Any) -> None:
    now, due = clock.now(), clock.today() + timedelta(days=30)
    made = {"created_at": now, "created_by": "user:1"}
    shop = {"name": f"北山粮油店{number}", "url": f"https://shop.example/s/{number}", "state": "VERIFIED", "displayed": True} | more
    dates = {"verified_at": now, "next_due_on": due, "state_since": now, "updated_at": now} | more
    Shop.objects.create(platform=samples.platform(), shop_id=f"S{number}", token=number, subject=owner, **made, **(dates | shop))
    Licence.objects.create(subject=owner, kind="BL", number=f"L{number}", **made, **(licence or {}))


@pytest.fixture
def subjects() -> list[Subject]:
    """Bare, with names that want escaping, off the register, with one shop and with many, current or not, with licences in force or not."""
    today, found = clock.today(), [bare_subject(n) for n in range(9)]
    Subject.objects.filter(pk=found[1].pk).update(name=NASTY, legal_rep=NASTY[:99], address=NASTY, uscc=None, kind="4")
    Subject.objects.filter(pk=found[2].pk).update(status="revoked", verified_at=clock.now())
    with_shop(13, found[3])
    with_shop(14, found[4], url="", name=NASTY)
    with_shop(15, found[4], url="https://shop.example/?a=1&b=\"x'", next_due_on=today - timedelta(1))
    with_shop(16, found[5], licence={"expires_on": today - timedelta(1), "official_query_url": "https://register.example/?a=1&b=2"})
    with_shop(17, found[5], licence={"status": "revoked", "issuer": NASTY, "last_checked_at": clock.now()})
    with_shop(18, found[6], state="SUSPENDED", displayed=False)
    with_shop(19, found[7], state="EXITED", displayed=False, closed_on=today)
    for n in range(20, 25):
        with_shop(n, found[8])
    return found


@pytest.mark.parametrize(("road", "cookie"), [(ROADS[0], ""), (ROADS[0], "django_language=en"), (ROADS[1], "")])
def test_the_quick_answer_is_the_ordinary_one(served: Counted, subjects: list[Subject], road: str, cookie: str) -> None:
    app = Quick(served, served.app)
    for one in subjects:
        path = road.format(one.pk)
        assert answer(app, path, HTTP_COOKIE=cookie) == answer(served.app, path, HTTP_COOKIE=cookie)
    twin = bare_subject(30, status="revoked", verified_at=clock.now() - timedelta(9))
    drawn = served.asked
    assert twin.uscc and twin.uscc.encode() in answer(app, road.format(twin.pk), HTTP_COOKIE=cookie)[2] and served.asked == drawn


@pytest.mark.parametrize("road", ROADS)
def test_drawing_an_outline_reads_no_table(served: Counted, subjects: list[Subject], road: str) -> None:
    for one in subjects[:7]:
        card = bare.card(one.pk)
        assert card
        blank = quick.blanks.blank(card)
        environ = RequestFactory().get(road.format(blank.id)).environ | {"wsgi.input": io.BytesIO(), quick.DRAWN: blank}
        with CaptureQueriesContext(connection) as seen:
            assert quick.drawn(served, environ, blank)
        assert not seen.captured_queries


@pytest.mark.parametrize("road", ROADS)
def test_what_changes_is_there_with_the_next_question(served: Counted, subjects: list[Subject], road: str) -> None:
    app, path = Quick(served, served), road.format(subjects[3].pk)
    first = answer(app, path)
    Shop.objects.filter(subject=subjects[3]).update(name="Nanshan")
    Licence.objects.filter(subject=subjects[3]).update(expires_on=clock.today())
    second = answer(app, path)
    assert b"Nanshan" in second[2] and second != first
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert answer(app, path) == answer(served.app, path) != second


def asked_elsewhere(one: Subject) -> bool:
    return bare.card(one.pk) is None


def test_a_record_takes_a_subject_off_the_quick_road_and_the_twin_would_not_show_it(served: Counted, monkeypatch: Any) -> None:
    town = people.town()
    path = f"/subject/{town.subject.pk}/"
    assert not asked_elsewhere(town.subject)
    record = people.put(town)
    app = Quick(served, served.app)
    assert asked_elsewhere(town.subject) and record.number in answer(app, path)[2].decode()
    reviews.hold(town.officer, "records", record.number, "疑涉商业秘密")
    assert record.number not in answer(app, path)[2].decode()
    with monkeypatch.context() as patch:
        patch.setattr(bare, "ELSEWHERE", {})
        patch.setattr(bare, "SUBJECT", quick.bare.Prepared(bare._question))
        assert record.number not in answer(app, path)[2].decode() and not asked_elsewhere(town.subject)
    made = credit.propose_withdrawal(town.officer, record.pk, "决定已撤销", "示市监撤〔2026〕1号")
    credit.confirm(town.reviewer, made.pk)
    assert answer(app, path) == answer(served.app, path)


def test_persons_joined_entries_and_who_declared_take_the_ordinary_road(served: Counted, subjects: list[Subject]) -> None:
    person = samples.shop(samples.platform(), samples.exempt_row(40)).subject
    assert person and asked_elsewhere(person)
    Joining.objects.create(
        kept=subjects[0],
        other=subjects[2],
        state=ONE[0],
        reason="同一统一代码",
        proposed_at=clock.now(),
        decided_by="user:1",
    )
    assert asked_elsewhere(subjects[0]) and asked_elsewhere(subjects[2])
    assert subjects[0].name in answer(Quick(served, served.app), f"/subject/{subjects[2].pk}/")[2].decode()


@pytest.mark.parametrize("more", [{"HTTP_COOKIE": "sessionid=abc"}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"QUERY_STRING": "a=1"}])
def test_somebody_known_and_another_question_take_the_ordinary_road(served: Counted, more: dict[str, str]) -> None:
    app, path = Quick(served, served.app), f"/subject/{bare_subject(1).pk}/"
    answer(app, path, **more)
    assert not app.outlines
    assert answer(app, f"/subject/{ids.new_id()}/")[0].startswith("404") and not app.outlines


def test_outlines_are_bounded_and_a_refused_host_has_none(served: Counted, subjects: list[Subject], monkeypatch: Any) -> None:
    app = Quick(served, served.app)
    monkeypatch.setattr(quick, "MOST", 2)
    for one in subjects[:5]:
        answer(app, f"/subject/{one.pk}/")
    assert len(app.outlines) == 2
    assert answer(app, f"/subject/{subjects[0].pk}/", HTTP_HOST="elsewhere.example")[0].startswith("400") and len(app.outlines) == 2


def test_every_table_a_public_page_reads_is_looked_at_or_hangs_on_one_that_is() -> None:
    looked_at = {one.model._meta.db_table for rows in (bare.ELSEWHERE | bare.OWN).values() for one in rows} | {"subjects_subject"}
    assert looked_at | {*THROUGH} | OF_ITEMS | OF_SEARCH == set(touched.TABLES)
    models = {one._meta.db_table: one for one in apps.get_models()}
    for table, above in THROUGH.items():
        ends = {table, above}
        bound = [{one.model._meta.db_table, one.related_model._meta.db_table} for one in _bonds(models[table], models[above])]
        assert ends in bound, f"{table} does not hang on {above}"


def _bonds(*some: Any) -> list[Any]:
    return [one for model in some for one in model._meta.get_fields() if one.many_to_one or (one.one_to_one and one.concrete)]
