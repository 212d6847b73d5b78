"""A letter is published by two people, signed by its maker, public at once, and ends on its day."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from chengxin.accounts.errors import CodeWrong, NoSecondFactor
from chengxin.audit import rows
from chengxin.commitments import actions, bars, letters, reminding
from chengxin.commitments.actions import Signature
from chengxin.commitments.actions.steps import digest
from chengxin.commitments.errors import AlreadyDone, Barred, ContentWrong, InForce, SamePerson
from chengxin.commitments.models import Commitment, Reminder, Template
from chengxin.commitments.tests import people
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cache.clear()
    return people.town()


@pytest.mark.one_database
def test_every_letter_and_clause_is_whole():
    for day in (datetime(2026, 11, 28).date(), datetime(2019, 6, 1).date()):
        book = law.at(day)
        for one in letters.letters(day):
            assert one.type in book.codes("commitment_type")
            assert set(one.clauses) <= set(letters.clauses())
            assert [part["part"] for part in letters.content(one, day)["parts"]][:5] == ["laws", "truth", "quality", "service", "duties"]
    assert {one.type for one in letters.letters(datetime(2026, 11, 28).date())} == set(law.at(clock.today()).codes("commitment_type"))
    for clause in letters.clauses().values():
        assert clause.sql and all(law.at(clock.today()).provision(one) for one in clause.provisions)
        assert clause.n is None or clause.n.least <= clause.n.default <= clause.n.most
        for pair in (clause.said(1), clause.counts, *map(clause.rule, ("tested", "kept", "broken"))):
            assert set(pair) == {"zh", "en"} and all(pair.values())


def test_a_template_takes_two_people_and_replaces_the_one_before(cast):
    made = actions.propose_template(cast.officer, "honest_trade", "SAMR")
    with pytest.raises(SamePerson):
        actions.publish_template(cast.officer, made.number)
    with pytest.raises(AlreadyDone):
        actions.propose_template(cast.reviewer, "honest_trade", "SAMR")
    with pytest.raises(NotFound):
        actions.publish_template(cast.elsewhere, made.number)
    actions.publish_template(cast.reviewer, made.number)
    with pytest.raises(AlreadyDone):  # twice decided
        actions.publish_template(cast.head, made.number)
    assert Template.objects.get().state == "PUBLISHED"


def test_signing_by_the_code_of_ones_own_authenticator(cast):
    made = people.template(cast.officer, cast.reviewer)
    sign = lambda code: actions.sign(cast.merchant, made.number, cast.shop.subject_id, people.CHOSEN, True, Signature(code=code))  # noqa: E731
    with pytest.raises(NoSecondFactor):
        sign("000000")
    secret = people.enrol(cast.users["merchant"])
    wrong = "000000" if people.code_of(secret) != "000000" else "111111"
    with pytest.raises(CodeWrong):
        sign(wrong)
    found = sign(people.code_of(secret))
    paper = Document.objects.get(pk=found.document)
    assert (found.method, found.sha256, found.code) == ("code", digest(found.content), paper.code)
    assert (
        found.valid_from == clock.today() and found.runs_on(found.valid_until) and not found.runs_on(found.valid_until + timedelta(days=1))
    )
    with pytest.raises(InForce):
        people.signed(cast, made)


def test_after_many_wrong_codes_the_right_one_is_refused_too(cast, settings):
    made, secret = people.template(cast.officer, cast.reviewer), people.enrol(cast.users["merchant"])
    wrong = "000000" if people.code_of(secret) != "000000" else "111111"
    for code in [*[wrong] * settings.AXES_FAILURE_LIMIT, people.code_of(secret)]:
        with pytest.raises(CodeWrong):
            actions.sign(cast.merchant, made.number, cast.shop.subject_id, people.CHOSEN, True, Signature(code=code))


def test_only_what_is_on_offer_for_oneself_and_with_consent(cast):
    made = people.template(cast.officer, cast.reviewer)
    scan = Signature(scan=people.PDF, scan_type="application/pdf", scan_name="a.pdf")
    own = cast.shop.subject_id
    for chosen, consent in [({"ship_in_time": 9999}, True), ({"deliver_in_time": 48}, True), ({}, True), (people.CHOSEN, False)]:
        with pytest.raises(ContentWrong):
            actions.sign(cast.merchant, made.number, own, chosen, consent, scan)
    with pytest.raises(NotFound):
        actions.sign(cast.merchant, made.number, cast.platform.subject_id, people.CHOSEN, True, scan)
    with pytest.raises(NotFound):
        actions.sign(cast.staff, made.number, own, people.CHOSEN, True, scan)
    actions.end_template(cast.officer, made.number, "式样停用")
    with pytest.raises(NotFound):
        actions.sign(cast.merchant, made.number, own, people.CHOSEN, True, scan)
    assert not Commitment.objects.exists()


def test_what_is_signed_cannot_be_changed_and_the_log_knows_it(cast):
    found = people.signed(cast, people.template(cast.officer, cast.reviewer))
    with pytest.raises(DatabaseError), transaction.atomic():
        Commitment.objects.filter(pk=found.pk).update(sha256="0" * 64)
    assert rows.check_rows() == []
    assert found.exhibit and found.scan_sha256


def test_a_commitment_in_place_of_proof_is_closed_to_the_seriously_dishonest(cast):
    made, free = people.template(cast.officer, cast.reviewer, "certificate"), people.template(cast.officer, cast.reviewer)
    told = SimpleNamespace(entry_id=str(uuid4()), subject_id=str(cast.shop.subject_id), kind="SERIOUS")
    bars.remember_listing(told)
    bars.remember_listing(told)
    with pytest.raises(Barred):
        people.signed(cast, made, {})
    people.signed(cast, free)  # a voluntary one is open to all
    bars.forget_listing(told)
    assert people.signed(cast, made, {}).letter == "certificate"


def test_it_is_renewed_in_its_last_days_reminded_of_once_and_withdrawn_from_tomorrow(cast):
    with clock.set_to(datetime(2026, 11, 20, 10, tzinfo=clock.CITY)):
        made = people.template(cast.officer, cast.reviewer)
        first = people.signed(cast, made)
    with clock.set_to(datetime(2027, 11, 12, 10, tzinfo=clock.CITY)):
        assert (reminding.remind(), reminding.remind()) == (1, 0)
        assert Reminder.objects.get().days_before == 7
        second = people.signed(cast, made)
        assert second.renews == first and second.valid_from == first.valid_until + timedelta(days=1)
        assert reminding.remind() == 0  # the one that is renewed is not reminded of
        end = actions.withdraw(cast.merchant, second.number, "不再经营")
        assert end.on == clock.today() + timedelta(days=1)
        with pytest.raises(AlreadyDone):
            actions.withdraw(cast.merchant, second.number, "不再经营")
    with pytest.raises(NotFound):
        actions.void(cast.elsewhere, first.number, "扫描件没有盖章")
