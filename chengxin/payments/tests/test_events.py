"""Risk events go step by step, duplicates start no clock, a freeze and the police are records; mismatches are decided once by a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.payments import actions
from chengxin.payments.errors import AlreadyDone, ContentWrong
from chengxin.payments.models import Mismatch, Reconciliation, RiskEvent
from chengxin.payments.tests import people
from chengxin.payments.tests.people import Town
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Iterator[Town]:
    yield people.town()


def shared(cast: Town) -> RiskEvent:
    made = actions.signal(cast.officer, cast.org, people.risk(department=people.DEPARTMENT))
    actions.triage(cast.officer, made.number, "退款账户高度集中")
    return actions.share(cast.officer, made.number)


def test_it_is_triaged_shared_acted_on_and_closed(cast: Town) -> None:
    event = shared(cast)
    assert event.due_on
    done = actions.report_action(cast.payer, event.number, "LIMIT", "单日退款限额一千元")
    assert (done.state, done.due_on) == ("ACTION_REPORTED", None)
    assert actions.report_action(cast.payer, event.number, "LIMIT", "单日退款限额一千元").measured_at == done.measured_at
    with pytest.raises(StepNotAllowed):
        actions.report_action(cast.payer, event.number, "NONE", "改口称未采取措施")
    assert actions.close_event(cast.officer, event.number, "已处置完毕").state == "CLOSED"


def test_the_same_notice_again_starts_no_clock(cast: Town) -> None:
    event = shared(cast)
    with clock.set_to(clock.now() + timedelta(days=2)):
        again = actions.signal(cast.head, cast.org, people.risk(department=people.DEPARTMENT))
    assert (again.pk, again.repeats, again.due_on, again.state) == (event.pk, 1, event.due_on, "SHARED_WITH_ORG")
    assert RiskEvent.objects.count() == 1


def test_a_freeze_and_a_referral_name_the_authoritys_paper(cast: Town) -> None:
    event = shared(cast)
    with pytest.raises(ContentWrong):
        actions.report_action(cast.payer, event.number, "FREEZE", "已冻结账户")
    actions.report_action(cast.payer, event.number, "FREEZE", "已冻结账户", "公(经)冻字〔2026〕1号")
    with pytest.raises(ContentWrong):
        actions.refer(cast.officer, event.number, "", "涉嫌犯罪")
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskEvent.objects.filter(pk=event.pk).update(state="REFERRED_TO_POLICE")
    assert actions.refer(cast.officer, event.number, "A2304990000001", "涉嫌犯罪").state == "REFERRED_TO_POLICE"


def test_an_institution_notices_for_itself_and_sees_nothing_before_it_is_shared(cast: Town) -> None:
    own = actions.signal(cast.payer, cast.org, people.risk())
    assert own.made_by_org
    with pytest.raises(NotFound):
        actions.signal(cast.payer, cast.other, people.risk(source_ref="R-2"))
    hidden = actions.signal(cast.officer, cast.org, people.risk(source_ref="R-3", department=people.DEPARTMENT))
    with pytest.raises(NotFound):
        actions.report_action(cast.payer, hidden.number, "NONE", "还未通报给我")
    with pytest.raises(NotFound):
        actions.triage(cast.elsewhere, hidden.number, "别的部门的事项")


def mismatch(cast: Town) -> Mismatch:
    now = clock.now()
    run = Reconciliation.objects.create(since=now, until=now, as_of=now, root="0" * 64, by="system:test", at=now)
    given = {"kind": "amount", "key": "T1", "order_no": "T1", "happened_at": now, "placed_at": now, "expected_fen": 1000, "found_fen": 999}
    return Mismatch.objects.create(number="DZ1", run=run, platform=cast.platform, shop=cast.shop, **given)


def test_a_mismatch_is_asked_explained_and_decided_once(cast: Town) -> None:
    found = mismatch(cast)
    assert actions.ask(cast.officer, found.number, "请说明差额一分").due_on
    with pytest.raises(AlreadyDone):
        actions.ask(cast.officer, found.number, "再问一次也不重新起算")
    for stranger in (cast.merchant, cast.payer):
        with pytest.raises(NotFound):
            actions.explain(stranger, found.number, "不是我平台的")
    assert actions.explain(cast.staff, found.number, "舍入差异，已更正").due_on is None
    with pytest.raises(NotFound):
        actions.confirm(cast.staff, found.number, "平台不能自己决定")
    assert actions.accept(cast.officer, found.number, "说明成立").state == "EXPLAINED"
    with pytest.raises(AlreadyDone):
        actions.confirm(cast.head, found.number, "不能再改")
