"""A claim without proof of the user's fault cannot close against the user: not by an act, not by the workflow, not in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from chengxin import workflow
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.payments import actions
from chengxin.payments.actions import claims
from chengxin.payments.errors import AlreadyClaimed, AlreadyDone, CardNumber, ContentWrong, NoProof
from chengxin.payments.models import Claim
from chengxin.payments.tests import people
from chengxin.payments.tests.people import Town

pytestmark = pytest.mark.django_db
PROOF = claims.Proof("登录日志.txt", "本人设备、本人密码登录".encode(), "text/plain")


@pytest.fixture
def cast() -> Iterator[Town]:
    yield people.town()


def investigated(cast: Town, proof: claims.Proof | None = None) -> Claim:
    made, _ = actions.claim(cast.org, people.lost())
    actions.stop(cast.payer, made.number)
    return actions.investigate(cast.payer, made.number, "经查为异地登录", proof)


def test_it_is_stopped_investigated_borne_made_good_and_closed(cast: Town) -> None:
    found = investigated(cast)
    assert found.state == "INVESTIGATED"
    actions.bear(cast.payer, found.number)
    with pytest.raises(ContentWrong):
        actions.refund(cast.payer, found.number, 29899, clock.today())
    actions.refund(cast.payer, found.number, 29900, clock.today())
    done = actions.close_claim(cast.officer, found.number, "已足额赔付")
    assert (done.state, done.outcome, done.due_on) == ("CLOSED", "provider", None)


def test_without_proof_the_users_fault_is_not_found(cast: Town) -> None:
    found = investigated(cast)
    with pytest.raises(NoProof):
        actions.find_fault(cast.officer, found.number, "支付机构称用户泄露密码")
    table = workflow.load("payments/claim")
    with pytest.raises(workflow.EvidenceMissing):
        workflow.take(table, "INVESTIGATED", "find_fault", ["officer"], {"reason": "没有证据"}, clock.today())
    by = {"decided_by": "user:1", "decided_by_name": "one", "reason": "无证据"}
    closed = ({"state": "CLOSED", "outcome": one} for one in ("user", "", "provider"))
    for wrong in ({"state": "USER_FAULT_PROVEN"}, {"outcome": "user"}, *closed):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=found.pk).update(**by, **wrong)


def test_with_the_constraint_off_the_same_claim_closes_against_the_user(cast: Town) -> None:
    """The twin: it is the constraint that refuses."""
    found = investigated(cast)
    constraint = next(one for one in Claim._meta.constraints if one.name == "claim_users_fault_is_proven")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            Claim.objects.filter(pk=found.pk).update(state="CLOSED", outcome="user")
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with connection.schema_editor() as editor:
            editor.remove_constraint(Claim, constraint)
        Claim.objects.filter(pk=found.pk).update(state="CLOSED", outcome="user")
    assert Claim.objects.get(pk=found.pk).outcome == "user"


def test_with_proof_an_officer_decides_and_nobody_else(cast: Town) -> None:
    found = investigated(cast, PROOF)
    assert found.proof
    assert len(found.proof_hash) == 64
    for stranger in (cast.payer, cast.elsewhere, cast.stranger):
        with pytest.raises(NotFound):
            actions.find_fault(stranger, found.number, "不该由我决定")
    actions.find_fault(cast.officer, found.number, "登录日志与本人设备一致")
    with pytest.raises(workflow.StepNotAllowed):
        actions.bear(cast.payer, found.number)
    assert actions.close_claim(cast.officer, found.number, "用户过错已证明").outcome == "user"


def test_claiming_again_does_not_start_the_clock_anew(cast: Town) -> None:
    made, code = actions.claim(cast.org, people.lost())
    with pytest.raises(AlreadyClaimed):
        actions.claim(cast.org, people.lost(facts="再次申诉，请尽快"))
    assert Claim.objects.get().due_on == made.due_on
    assert claims.followed(f" {code[:4].lower()}-{code[4:]} ") == made
    with pytest.raises(NotFound):
        claims.followed("AAAA-AAAA-AAAA-AAAA")


def test_stopping_again_is_the_same_and_stopping_is_the_institutions_alone(cast: Town) -> None:
    made, _ = actions.claim(cast.org, people.lost())
    with pytest.raises(NotFound):
        actions.stop(cast.stranger, made.number)
    first = actions.stop(cast.payer, made.number)
    again = actions.stop(cast.payer, made.number)
    assert (again.stopped_at, again.due_on) == (first.stopped_at, first.due_on)
    actions.investigate(cast.payer, made.number, "调查完毕")
    with pytest.raises(AlreadyDone):
        actions.stop(cast.payer, made.number)


def test_who_claims_is_not_in_the_log_and_not_in_plain_text(cast: Town) -> None:
    actions.claim(cast.org, people.lost())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, facts FROM payments_claim")
        assert "王示例" not in str(cursor.fetchall())
    assert not Leaf.objects.filter(body__contains="王示例").exists()


@pytest.mark.parametrize("text", ["卡号6222 0212 3456 7894 被盗刷", "卡号4111-1111-1111-1111", "卡号４１１１１１１１１１１１１１１１"])
def test_a_card_number_is_refused_and_nothing_is_kept(cast: Town, text: str) -> None:
    with pytest.raises(CardNumber) as refused:
        actions.claim(cast.org, people.lost(facts=text))
    assert "4111111111111111" not in str(refused.value)
    assert not Claim.objects.exists()


def test_numbers_that_are_no_card_are_taken(cast: Town) -> None:
    actions.claim(cast.org, people.lost(facts="支付单号 4111111111111112，另见 P2611280000000017"))
