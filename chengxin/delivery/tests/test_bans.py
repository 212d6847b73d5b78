"""No firm is kept off platforms but by a decision: of another person, on notice and hearing, on a penalty that stands, for a term."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from chengxin.accounts.access import Actor
from chengxin.audit import verify
from chengxin.delivery import actions, guards, tasks
from chengxin.delivery.actions.status import ban_of
from chengxin.delivery.errors import AlreadyDone, NoDecision, SamePerson, WrongState
from chengxin.delivery.models import Ban, StatusAnswer
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM, OTHER
from chengxin.delivery.tests.test_ban_papers import blank_papers  # noqa: F401
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db

MACHINE = Actor(id="client:mall", platforms=frozenset({"pingtai"}))


def test_a_ban_takes_two_people_a_notice_and_a_hearing():
    cast = people.town()
    record = people.on_file(cast)
    ban = actions.propose(cast.officer, FIRM, "POST", record.number, "一年内三次泄露用户信息")
    with pytest.raises(AlreadyDone):
        actions.propose(cast.officer, FIRM, "POST", record.number, "同一企业再次提出")
    with pytest.raises(StepNotAllowed):
        actions.decide(cast.reviewer, ban.number, "未经告知就决定")
    actions.notice(cast.officer, ban.number)
    with pytest.raises(WrongState):
        actions.hear(cast.officer, ban.number)
    with pytest.raises(NotFound):
        actions.hear(cast.rival, ban.number, "不是我们的事")
    actions.hear(cast.courier, ban.number, "已更换供应商，请求从轻")
    for other in (cast.officer,):
        with pytest.raises(SamePerson):
            actions.decide(other, ban.number, "提出的人自己决定", "不予采纳")
    decided = actions.decide(cast.reviewer, ban.number, "事实清楚，情节严重", "整改未完成，不予采纳")
    with pytest.raises(StepNotAllowed):
        actions.decide(cast.head, ban.number, "再次决定一遍", "不予采纳")
    assert ban_of(cast.firm) is None  # decided, not yet served
    ban = actions.enforce(cast.officer, decided.number)
    today = clock.today()
    assert (ban.since, ban.until, ban.repair_from) == (today, law.due("COURIER_BAN_TERM", today), law.due("COURIER_BAN_REPAIR", today))
    assert ban_of(cast.firm) == ban


def test_without_a_standing_penalty_of_this_firm_there_is_nothing_to_propose():
    cast = people.town()
    record = people.on_file(cast)
    with pytest.raises(NoDecision):
        actions.propose(cast.officer, OTHER, "POST", record.number, "别家企业的决定")
    with pytest.raises(NotFound):
        actions.propose(cast.elsewhere, FIRM, "POST", record.number, "别的部门提出的")
    withdrawal = records.propose_withdrawal(cast.officer, record.pk, "决定被撤销", "")
    records.confirm(cast.reviewer, withdrawal.pk)
    with pytest.raises(NoDecision):
        actions.propose(cast.officer, FIRM, "POST", record.number, "决定已被撤销")


def _forged(cast: people.Town, **changes: object) -> Ban:
    """A row in force that nobody decided, as somebody with a way around the actions would write it."""
    today, now = clock.today(), clock.now()
    given = {
        "id": ids.new_id(),
        "number": "DBX",
        "firm": cast.firm,
        "record": people.on_file(cast),
        "department": "POST",
        "facts": "无",
        "state": "IN_FORCE",
        "proposed_by": "user:a",
        "proposed_by_name": "a",
        "proposed_at": now,
        "noticed_at": now,
        "heard_at": now,
        "decided_at": now,
        "decided_by": "user:b",
        "reason": "无",
        "since": today,
        "until": today + timedelta(days=9),
        "repair_from": today,
    }
    return Ban(**{**given, **changes})


@pytest.mark.parametrize(
    "lacks", [{"decided_by": ""}, {"decided_by": "user:a"}, {"reason": ""}, {"noticed_at": None}, {"heard_at": None}, {"until": None}]
)
def test_the_database_takes_no_ban_without_a_decision(lacks):
    forged = _forged(people.town(), **lacks)
    with connection.cursor() as cursor:
        guards.remove_steps(cursor.execute, connection.vendor)  # the constraints alone
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save(force_insert=True)


def test_a_ban_written_whole_but_never_decided_is_refused_and_taken_when_the_guard_is_off():
    forged = _forged(people.town())
    with pytest.raises(DatabaseError, match="without each step"), transaction.atomic():
        forged.save(force_insert=True)
    with connection.cursor() as cursor:
        guards.remove_steps(cursor.execute, connection.vendor)
    forged.save(force_insert=True)  # the twin: only the guard stood in the way


def test_a_withdrawn_record_revokes_the_ban():
    cast = people.town()
    ban = people.banned(cast)
    withdrawal = records.propose_withdrawal(cast.officer, ban.record.pk, "决定被撤销", "")
    records.confirm(cast.reviewer, withdrawal.pk)
    outbox.deliver_all()
    found = Ban.objects.get(pk=ban.pk)
    assert (found.state, found.ended_on) == ("REVOKED", clock.today()) and ban.record.number in found.end_reason
    assert ban_of(cast.firm) is None


def test_a_listing_is_remembered_and_its_end_revokes_the_ban():
    cast = people.town()
    record, entry = people.on_file(cast), uuid4()
    with pytest.raises(NoDecision):
        actions.propose(cast.officer, FIRM, "POST", record.number, "名单列入", str(entry))
    tasks.take_listing(SimpleNamespace(entry_id=str(entry)))
    ban = actions.propose(cast.officer, FIRM, "POST", record.number, "已列入严重失信名单", str(entry))
    tasks.lose_listing(SimpleNamespace(entry_id=str(entry), why="revoked"))
    assert Ban.objects.get(pk=ban.pk).state == "REVOKED"


def test_it_is_lifted_early_only_from_the_day_of_the_law_and_ends_by_itself(monkeypatch):
    cast = people.town()
    ban = people.banned(cast)
    with pytest.raises(WrongState):
        actions.repair(cast.reviewer, ban.number, "已经完成整改")
    assert tasks.each_night() == {"expired": 0}
    monkeypatch.setattr(clock, "today", lambda: ban.repair_from)
    with pytest.raises(SamePerson):
        actions.repair(cast.officer, ban.number, "已经完成整改")
    with transaction.atomic():
        assert actions.repair(cast.reviewer, ban.number, "已经完成整改").state == "REPAIRED"
        transaction.set_rollback(True)
    monkeypatch.setattr(clock, "today", lambda: ban.until + timedelta(days=1))
    assert tasks.each_night() == {"expired": 1}
    assert Ban.objects.get(pk=ban.pk).state == "EXPIRED"


def test_a_platform_asks_before_admitting_and_confirms_that_it_acted():
    cast = people.town()
    first, signed = actions.tell_status(MACHINE, "pingtai", FIRM)
    assert first.admit and verify.verify(json.dumps(signed).encode()).good
    ban = people.banned(cast)
    second, _signed = actions.tell_status(MACHINE, "pingtai", FIRM)
    assert (second.admit, second.ban) == (False, ban.number)
    assert StatusAnswer.objects.count() == 2
    with pytest.raises(NotFound):
        actions.tell_status(MACHINE, "other", FIRM)
    receipt = actions.confirm_receipt(MACHINE, "pingtai", ban.number)
    assert receipt.act == "applied" and actions.confirm_receipt(MACHINE, "pingtai", ban.number).pk == receipt.pk
    actions.revoke(cast.head, ban.number, "企业复议成功")
    assert actions.confirm_receipt(MACHINE, "pingtai", ban.number).act == "lifted"
    assert actions.tell_status(MACHINE, "pingtai", FIRM)[0].admit
