"""An incident from the report without an account to the record; the trace that a person makes, with its signed paper; the worker's file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from chengxin.accounts.access import ANONYMOUS
from chengxin.audit.rows import check_rows
from chengxin.delivery import actions
from chengxin.delivery.actions.incidents import by_code, state_for_reporter
from chengxin.delivery.actions.workers import enter_decided_fact, fact_by_code
from chengxin.delivery.errors import AlreadyDone, NoDecision, ParcelUnknown, SamePerson, SharesWrong, WrongState
from chengxin.delivery.models import Incident, Trace, WorkerFact
from chengxin.delivery.tests import cast as people
from chengxin.documents.models import Document
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


def test_a_consumer_reports_without_an_account_and_follows_it_by_a_code():
    cast = people.town()
    incident = people.reported(cast)
    assert incident.due_on == law.due("COURIER_COMPLAINT", clock.today())
    assert incident.reported_by == "" and incident.department == "POST"
    assert state_for_reporter(by_code(incident.code.lower()))["state"] == "REPORTED"
    with pytest.raises(NotFound):
        by_code("AAAA-AAAA-AAAA-AAAA")
    with pytest.raises(AlreadyDone):
        people.reported(cast)
    with pytest.raises(ParcelUnknown):
        people.reported(cast, order_no="T1", kind="late")


def test_it_is_verified_only_after_the_answer_or_the_last_day(monkeypatch):
    cast = people.town()
    incident = people.reported(cast)
    with pytest.raises(WrongState):
        actions.verify(cast.officer, incident.number, "照片与扫描记录相符")
    with pytest.raises(NotFound):
        actions.reply(cast.rival, incident.number, "不是我们的快件")
    later = clock.today() + timedelta(days=8)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert Incident.objects.get().late
    assert actions.verify(cast.officer, incident.number, "逾期未答复，照片与扫描记录相符").state == "VERIFIED"


def test_a_trace_is_made_by_a_person_its_shares_are_the_whole_and_its_paper_is_signed():
    cast = people.town()
    incident = people.reported(cast)
    actions.reply(cast.courier, incident.number, "卸车时跌落")
    with pytest.raises(StepNotAllowed):
        actions.make_trace(cast.officer, incident.number, people.nodes(("N205", "", 100)), "未核实就认定")
    actions.verify(cast.officer, incident.number, "照片与扫描记录相符")
    for shares, total in (((70, 20), 90), ((70, 40), 110), ((100, 0), 0)):
        with pytest.raises(SharesWrong) as caught:
            wanted = people.nodes(("N205", "W771", shares[0]), ("N101", "", shares[1]))
            actions.make_trace(cast.officer, incident.number, wanted, "卸车跌落为主要原因")
        assert str(total) in str(caught.value)
    trace = actions.make_trace(cast.officer, incident.number, people.nodes(("N205", "W771", 70), ("N101", "W9", 30)), "卸车跌落为主要原因")
    assert [one["seen"] for one in trace.nodes] == [True, False]
    assert [one["outlet"] for one in trace.chain] == ["N101", "N205"] and len(trace.root) == 64
    paper = Document.objects.get(pk=trace.paper)
    assert paper.form == "liability_trace" and paper.department == "POST"
    assert "W771" in str(paper.values) and not check_rows()


def test_the_database_takes_no_trace_whose_shares_are_not_the_whole():
    """The twin: with the constraint away it would be taken."""
    cast = people.town()
    trace = Trace.objects.get(incident=people.traced(cast))
    values = {field.attname: getattr(trace, field.attname) for field in Trace._meta.concrete_fields}
    other = people.reported(cast, kind="late")
    wrong = Trace(**{**values, "id": other.pk, "number": "DTX", "incident_id": other.pk, "shares": 90})
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save(force_insert=True)


def test_made_good_recorded_and_on_the_workers_file_for_a_year():
    cast = people.town()
    incident = people.traced(cast)
    actions.settle(cast.courier, incident.number, "按约定赔付", 6000)
    with pytest.raises(WrongState):
        actions.enter_fact(cast.officer, incident.number, "W771")
    assert actions.record(cast.officer, incident.number).outlet == "N205"
    with pytest.raises(NoDecision):
        actions.enter_fact(cast.officer, incident.number, "W102")
    fact = actions.enter_fact(cast.officer, incident.number, "W771")
    assert fact.until == fact.confirmed_on.replace(year=fact.confirmed_on.year + 1)
    with pytest.raises(AlreadyDone):
        actions.enter_fact(cast.officer, incident.number, "W771")
    assert not check_rows()


def test_a_workers_fact_needs_a_decision_and_holds_no_name():
    cast = people.town()
    record = people.on_file(cast)
    with pytest.raises(NoDecision):
        enter_decided_fact(cast.officer, cast.firm, "W5", "data_leak", "CR0", "POST")
    with pytest.raises(NoDecision):
        enter_decided_fact(cast.officer, cast.rival_firm, "W5", "data_leak", record.number, "POST")
    fact = enter_decided_fact(cast.officer, cast.firm, "W5", "data_leak", record.number, "POST")
    columns = {field.name for field in WorkerFact._meta.concrete_fields}
    assert not columns & {"name", "worker_name", "phone", "id_no"}
    values = {field.attname: getattr(fact, field.attname) for field in WorkerFact._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkerFact(**{**values, "id": cast.firm.pk, "number": "DWX", "code": "X", "record_id": None}).save(force_insert=True)


def test_the_worker_appeals_by_code_and_another_officer_takes_the_fact_off():
    cast = people.town()
    incident = people.traced(cast)
    actions.record(cast.officer, incident.number)
    fact = actions.enter_fact(cast.officer, incident.number, "W771")
    actions.appeal(ANONYMOUS, fact_by_code(fact.code), "当日我休班，账号被他人使用")
    with pytest.raises(AlreadyDone):
        actions.appeal(cast.courier, fact, "重复提出的异议")
    with pytest.raises(SamePerson):
        actions.decide_appeal(cast.officer, fact.number, True, "考勤记录属实")
    with pytest.raises(NotFound):
        actions.decide_appeal(cast.elsewhere, fact.number, True, "考勤记录属实")
    actions.decide_appeal(cast.reviewer, fact.number, True, "考勤记录属实，予以撤下")
    with pytest.raises(StepNotAllowed):
        actions.decide_appeal(cast.reviewer, fact.number, False, "再次决定一遍")
    assert fact_by_code(fact.code).end and not check_rows()


def test_unlawful_conduct_is_told_to_the_cases_above():
    cast = people.town()
    incident = people.traced(cast)
    actions.hand_over(cast.officer, incident.number, "涉嫌泄露用户信息")
    sent = Outbox.objects.filter(event="chengxin.delivery.events:IncidentHandedOver").get()
    assert str(cast.firm.subject_id) in sent.payload


def test_what_was_decided_cannot_be_changed():
    cast = people.town()
    people.traced(cast)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_trace SET conclusion = 'x'")
