"""From the request to the end of a mark: who may do what, what has to be shown, what the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from chengxin.audit.rows import check_rows
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.marks import actions, domains, online, queries
from chengxin.marks.errors import HolderKeyWrong, HostWrong, NoReason, NotIssuer, NotVerified, ProofOld, RequestOpen
from chengxin.marks.models import Mark, MarkStep
from chengxin.marks.tests import people
from chengxin.marks.tests.people import HOST
from chengxin.subjects.models import Shop
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return people.town()


def test_a_mark_is_issued_for_a_proven_host_and_read_by_everybody(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    assert queries.standing(mark).good
    assert online.check(mark.credential, HOST).code == "good"
    assert online.check(queries.statement(mark), HOST).code == "good"
    assert online.check(mark.credential, f"www.{HOST}").code == "host"
    assert check_rows() == []


@pytest.mark.parametrize(
    "address", ["", "shop", "http://127.0.0.1/", "https://[::1]/", "a..b", "https://-x.example", "shop.example/s/1", "nanshan.example"]
)
def test_a_host_that_cannot_be_the_shops_own_is_refused(cast, address):
    people.samples.shop(cast.platform, people.samples.row(3))  # stands at shop.example/s/3, beside others
    with pytest.raises(HostWrong):
        actions.ask(cast.merchant, cast.shop.pk, address)


def test_only_the_owner_asks_once_and_with_a_public_key(cast):
    with pytest.raises(NotFound):
        actions.ask(cast.stranger, cast.shop.pk, HOST)
    with pytest.raises(HolderKeyWrong):
        actions.ask(cast.merchant, cast.shop.pk, HOST, {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "d": "secret"})
    made = actions.ask(cast.merchant, cast.shop.pk, HOST)
    with pytest.raises(RequestOpen):
        actions.ask(cast.merchant, cast.shop.pk, f"https://{HOST.upper()}/b")
    with pytest.raises(NotFound):
        actions.withdraw(cast.stranger, made.number)
    assert actions.withdraw(cast.merchant, made.number).state == "WITHDRAWN"


def test_a_host_that_shows_another_text_proves_nothing(cast, monkeypatch):
    made = actions.ask(cast.merchant, cast.shop.pk, HOST)
    people.shows(monkeypatch, "another token")
    assert actions.prove(cast.merchant, made.number, "dns").error == "dns_other"
    with pytest.raises(StepNotAllowed):
        actions.issue(cast.officer, made.number)


def test_only_an_issuing_department_decides_and_once(cast, monkeypatch):
    made = people.proven(cast, monkeypatch)
    with pytest.raises(NotIssuer):
        actions.issue(cast.elsewhere, made.number)
    with pytest.raises(NoReason):
        actions.refuse(cast.officer, made.number, "不")
    actions.issue(cast.officer, made.number)
    for again in (lambda: actions.issue(cast.head, made.number), lambda: actions.refuse(cast.head, made.number, "材料不全")):
        with pytest.raises(StepNotAllowed):
            again()


def test_without_a_current_identity_no_mark_is_issued(cast, monkeypatch):
    made = people.proven(cast, monkeypatch)
    Shop.objects.filter(pk=cast.shop.pk).update(next_due_on=clock.today() - timedelta(days=1))
    with pytest.raises(NotVerified):
        actions.issue(cast.officer, made.number)


def test_an_old_proof_is_not_enough(cast, monkeypatch):
    made = people.proven(cast, monkeypatch)
    with clock.set_to(clock.now() + timedelta(days=8)), pytest.raises(ProofOld):
        actions.issue(cast.officer, made.number)


def test_a_person_suspends_resumes_and_revokes_with_a_public_reason(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    actions.suspend(cast.officer, mark.serial, "核查投诉期间")
    assert online.check(mark.credential, HOST).code == "suspended"
    assert online.check(queries.statement(mark), HOST).code == "suspended"
    actions.resume(cast.head, mark.serial, "核查结束，无问题")
    assert online.check(mark.credential, HOST).code == "good"
    actions.revoke(cast.head, mark.serial, "网站转让他人")
    assert online.check(mark.credential, HOST).code == "revoked"
    assert [one["reason"] for one in queries.revoked()] == ["网站转让他人"]
    with pytest.raises(StepNotAllowed):
        actions.resume(cast.head, mark.serial, "误操作恢复")


def test_the_offline_file_reads_the_citys_own_status_list(cast, monkeypatch):
    from chengxin.marks import credential
    from chengxin.marks.verify_mark import Question, verdict

    mark, key = people.issued(cast, monkeypatch), credential.key_hex(credential.EDDSA)
    at = clock.now().timestamp()
    assert verdict(mark.credential, Question(HOST, at, key, queries.status_list(0))).code == "good"
    actions.revoke(cast.officer, mark.serial, "网站转让他人")
    assert verdict(mark.credential, Question(HOST, at, key, queries.status_list(0))).code == "revoked"
    assert verdict(mark.credential, Question(HOST, at, key, queries.status_list(0))).claims["serial"] == mark.serial


def test_the_clock_lets_a_mark_lapse_after_the_days_of_grace_and_recover(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    people.shows(monkeypatch, "gone")
    assert actions.recheck(mark) == "VALID"
    assert [row["mark"] for row in queries.failing()] == [mark]
    with clock.set_to(clock.now() + timedelta(days=3, minutes=1)):
        assert actions.recheck(mark) == "LAPSED"
        assert queries.standing(mark).code == "suspended"
        people.shows(monkeypatch, mark.request.token)
        assert actions.recheck(mark) == "VALID"
        assert queries.failing() == []


def test_a_lapsed_identity_shows_at_once_and_lapses_the_mark(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    Shop.objects.filter(pk=cast.shop.pk).update(next_due_on=clock.today() - timedelta(days=1))
    found = Mark.objects.get(pk=mark.pk)
    assert queries.standing(found).code == "suspended"
    assert actions.recheck(found) == "LAPSED"


def test_what_a_person_suspended_the_clock_does_not_resume(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    actions.suspend(cast.officer, mark.serial, "核查投诉期间")
    assert actions.recheck(mark) == "SUSPENDED"


def test_a_renewal_revokes_the_old_mark(cast, monkeypatch):
    old = people.issued(cast, monkeypatch)
    new = people.issued(cast, monkeypatch)
    assert (queries.state_of(old), queries.state_of(new)) == ("REVOKED", "VALID")
    assert new.place == old.place + 1


def test_an_expired_mark_is_expired_online(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    with clock.set_to(mark.expires_at + timedelta(seconds=1)):
        assert online.check(mark.credential, HOST).code == "expired"


def test_a_forged_mark_is_none_of_ours(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    assert online.check(mark.credential.replace("~", "~x", 1), HOST).code == "unreadable"
    assert online.check("", HOST).code == "unreadable"


def test_the_database_itself_wants_a_person_and_keeps_what_is_written(cast, monkeypatch):
    mark = people.issued(cast, monkeypatch)
    given = {"mark": mark, "reason": "自动", "actor_name": "系统", "at": clock.now(), "leaf": 0}
    for number, (act, after, actor) in enumerate((("revoke", "REVOKED", "system:x"), ("lapse", "LAPSED", "user:x")), 2):
        with pytest.raises(DatabaseError), transaction.atomic():
            MarkStep.objects.create(number=number, act=act, after=after, actor=actor, **given)
    for change in (lambda: Mark.objects.update(host="evil.example"), lambda: MarkStep.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(200, "{text}\n", ""), (200, "other", "file_other"), (404, "{text}", "file_none"), (302, "", "file_moved")],
)
def test_a_file_on_the_host_proves_it_too(monkeypatch, settings, status, body, error):
    got = {"status": status, "body": body.format(text=domains.text_of("T")).encode(), "url": "", "type": ""}
    monkeypatch.setattr(domains.jail, "run", lambda *_, **given: got if given["redirects"] == 0 else None)
    assert domains.look(HOST, "T", "well_known") == error


def test_a_private_address_proves_nothing():
    assert domains.look("localhost.localdomain", "T", "well_known") == "file_failed"
