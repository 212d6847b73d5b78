"""An alleged breach is told, heard, found by two people and only then on file and public; what is cleared leaves nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from chengxin.audit import rows
from chengxin.commitments import actions, queries, tasks
from chengxin.commitments.errors import AlreadyDone, Early, SamePerson, TooLate
from chengxin.commitments.models import Breach
from chengxin.commitments.tests import people
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.records import actions as records
from chengxin.records import queries as file
from chengxin.records.errors import SamePerson as OtherPerson
from chengxin.records.models import Proposal, Record
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db
FACTS = "2026年9月至10月，应发货订单 30 件，其中 10 件逾期发货"


@pytest.fixture
def cast():
    cache.clear()
    return people.town()


@pytest.fixture
def breach(cast):
    made = people.signed(cast, people.template(cast.officer, cast.reviewer))
    return actions.allege(cast.officer, made.number, "ship_in_time", FACTS)


def page(breach):
    answer = Client().get(breach.commitment.public_url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_is_public_before_two_people_found_it_and_then_for_its_term(cast, breach):
    assert not queries.desk(cast.merchant)["breaches"]  # an allegation is for the desk alone
    with pytest.raises(NotFound):
        actions.state(cast.merchant, breach.number, "快递停运")
    people.concluded(cast, breach)
    assert FACTS not in page(breach) and not Record.objects.exists()
    with pytest.raises(SamePerson):
        actions.confirm(cast.officer, breach.number)
    with pytest.raises(NotFound):
        actions.confirm(cast.elsewhere, breach.number)
    actions.confirm(cast.reviewer, breach.number)
    found = Breach.objects.get()
    assert (found.state, found.record.origin, found.record.term) == ("RECORDED", "D", "COMMITMENT")
    assert (found.record.entered_by, found.record.confirmed_by) == (str(cast.officer), str(cast.reviewer))
    assert FACTS in page(breach)
    assert rows.check_rows() == []
    with pytest.raises(StepNotAllowed):  # twice decided
        actions.confirm(cast.head, breach.number)
    last = file.line(found.record).publicity.until
    with clock.set_to(datetime.combine(last + timedelta(days=1), datetime.min.time(), clock.CITY)):
        assert FACTS not in page(breach)


def test_what_is_cleared_leaves_nothing(cast, breach):
    people.concluded(cast, breach, "clear")
    actions.confirm(cast.head, breach.number)
    assert Breach.objects.get().state == "CLEARED"
    assert not Record.objects.exists() and not Proposal.objects.exists()
    assert breach.number not in page(breach) and FACTS not in page(breach)


def test_dismissed_before_notice_the_maker_never_hears_of_it(cast, breach):
    actions.dismiss(cast.officer, breach.number, "快递停运已公告")
    answer = Client()
    answer.force_login(cast.users["merchant"])
    assert answer.get(f"/merchant/commitments/breaches/{breach.number}/").status_code == 404
    again = actions.allege(cast.officer, breach.commitment.number, "ship_in_time", FACTS)
    with pytest.raises(AlreadyDone):
        actions.allege(cast.officer, again.commitment.number, "ship_in_time", FACTS)


def test_a_statement_in_time_or_none_after_its_last_day(cast, breach):
    people.noticed(cast, breach)
    due = Breach.objects.get().due_on
    with pytest.raises(Early):
        actions.pass_statement(cast.officer, breach.number)
    with clock.set_to(datetime.combine(due + timedelta(days=1), datetime.min.time(), clock.CITY)):
        with pytest.raises(TooLate):
            actions.state(cast.merchant, breach.number, "快递停运三天")
        assert tasks.keep_clocks().endswith("1 without a statement")
        assert Breach.objects.get().state == "STATEMENT"


def test_sent_back_another_finding_is_another_proposal(cast, breach):
    people.concluded(cast, breach)
    actions.send_back(cast.reviewer, breach.number, "理由没有回应陈述")
    actions.conclude(cast.officer, breach.number, "confirm", "公告早于下单的仅两单，其余逾期与停运无关")
    actions.confirm(cast.reviewer, breach.number)
    assert [one.state for one in Proposal.objects.order_by("proposed_at")] == ["REFUSED", "CONFIRMED"]


def test_confirmed_at_the_files_own_desk_it_is_found_all_the_same(cast, breach):
    people.concluded(cast, breach)
    records.confirm(cast.reviewer, Proposal.objects.get().pk)
    outbox.deliver_all()
    found = Breach.objects.get()
    assert (found.state, found.decided_by) == ("RECORDED", str(cast.reviewer)) and found.record


def test_repair_takes_the_record_off_by_two_people(cast, breach):
    people.concluded(cast, breach)
    actions.confirm(cast.reviewer, breach.number)
    actions.repair_asked(cast.merchant, breach.number, "已改为当日发货，近三十日无逾期")
    actions.refuse_repair(cast.officer, breach.number, "近三十日仍有逾期")
    actions.repair_asked(cast.merchant, breach.number, "已改为当日发货，近三十日无逾期")
    actions.propose_repair(cast.officer, breach.number, "核对属实")
    with pytest.raises(OtherPerson):
        actions.decide_repair(cast.officer, breach.number)
    actions.decide_repair(cast.reviewer, breach.number)
    outbox.deliver_all()
    assert Breach.objects.get().state == "REPAIRED"
    assert FACTS not in page(breach)


def test_an_objection_that_is_upheld_undoes_the_finding(cast, breach):
    people.concluded(cast, breach)
    actions.confirm(cast.reviewer, breach.number)
    objection = records.raise_objection(cast.merchant, Breach.objects.get().record.pk, "订单不是本店的")
    assert "objects" in page(breach) or "异议" in page(breach)
    records.decide_objection(cast.head, objection.pk, True, "经核对订单不是本店的", "withdraw")
    outbox.deliver_all()
    assert Breach.objects.get().state == "CLEARED"
    assert FACTS not in page(breach)
