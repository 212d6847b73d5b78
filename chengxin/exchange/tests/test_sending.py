"""From a confirmed record to an accepted row, and what happens when the other side behaves badly."""

from collections import Counter
from datetime import date, timedelta

import pytest

from chengxin.exchange import actions, collecting, folders, formats, reconciling, sending
from chengxin.exchange.errors import AlreadyDone, ContentWrong, NothingToSend, SamePerson
from chengxin.exchange.models import Difference, ExchangeBatch, ExchangeRow, Transmission
from chengxin.exchange.standin import ONE_IN_SHOWN, Upper, chance
from chengxin.exchange.tests import people
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.jail import FileTooHard
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.tests.people import penalty, put, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return town()


@pytest.fixture
def upper(shared_folder):
    made = Upper(shared_folder)
    yield made
    made.close()


def approved(cast, format="xml"):
    batch = actions.collect(cast.officer, "SAMR", "penalty", format)
    return actions.approve(cast.reviewer, batch.number)


def run_until_answered(upper, rounds=7):
    """Both sides take turns; our clock goes on by an hour each time, so that what is due again is."""
    now = clock.now()
    for turn in range(rounds):
        with clock.set_to(now + timedelta(hours=turn)):
            sending.tick()
            upper.take()
            sending.tick()


def state(number):
    return ExchangeBatch.objects.get(number=number).state


def test_a_confirmed_penalty_becomes_a_row_in_the_form_of_the_day(cast):
    record = put(cast)
    outbox.deliver_all()
    row = ExchangeRow.objects.get()
    assert (row.state, row.version, row.source, row.errors) == ("WAITING", 1, record.number, [])
    assert row.content["CF_NR_FK"] == "8" and row.content["CF_JDRQ"] == "2026-03-02" and row.content["CF_YXQ"] == "2099-12-31"
    assert row.content["CF_XDR_SHXYM"] == cast.subject.uscc and row.content["CF_CFJGDM"].startswith("11230499")
    assert row.due_on == law.due("DOUBLE_PUBLICITY", date(2026, 3, 2))
    assert collecting.take_record(record).pk == row.pk  # the same fact again is the same row


def test_documents_of_persons_never_go_out(cast):
    cast.subject.kind, cast.subject.uscc, cast.subject.name = "6", None, "王**"
    cast.subject.save()
    put(cast)
    outbox.deliver_all()
    row = ExchangeRow.objects.get()
    assert row.content["CF_XDR_LB"] == "自然人" and row.errors == []
    assert all(row.content[code] == "" for code in ("CF_FRDB", "CF_FR_ZJHM", "CF_XDR_ZJHM", "CF_XDR_SHXYM"))


@pytest.mark.parametrize("format", ["xml", "csv", "xlsx"])
def test_a_batch_goes_out_and_comes_back_accepted(cast, upper, format):
    put(cast, summary="一二三<&>=1+1，“引号”")
    outbox.deliver_all()
    batch = approved(cast, format)
    run_until_answered(upper, 1)
    assert state(batch.number) == "ACKED"
    row = ExchangeRow.objects.get()
    assert row.state == "ACCEPTED" and row.receipt.startswith("HL")
    upper.shows()
    run = reconciling.reconcile()
    assert (run.sent, run.accepted, run.standing, run.published, run.found) == (1, 1, 1, 1, 0)


def test_who_collects_does_not_approve_and_nothing_twice(cast):
    put(cast)
    outbox.deliver_all()
    batch = actions.collect(cast.officer, "SAMR", "penalty")
    with pytest.raises(SamePerson):
        actions.approve(cast.officer, batch.number)
    with pytest.raises(NothingToSend):
        actions.collect(cast.officer, "SAMR", "penalty")
    actions.drop(cast.reviewer, batch.number, "名称有误，先更正")
    assert ExchangeRow.objects.get().state == "WAITING"


def test_a_withdrawn_record_is_withdrawn_there_within_its_clock(cast, upper):
    record = put(cast)
    outbox.deliver_all()
    approved(cast)
    run_until_answered(upper, 1)
    records.confirm(cast.reviewer, records.propose_withdrawal(cast.officer, record.pk, "处罚决定被撤销", "撤1号").pk)
    outbox.deliver_all()
    row = ExchangeRow.objects.get(act="withdraw")
    assert row.number.endswith("-2") and row.due_on == law.due("PENALTY_WITHDRAW", clock.today())
    upper.shows()
    approved(cast)
    run_until_answered(upper, 1)
    reconciling.reconcile()
    assert Difference.objects.exclude(state="GONE").get().kind == "STALE"
    upper.shows()
    assert reconciling.reconcile().found == 0
    assert Difference.objects.get().state == "GONE"


def test_a_correction_before_sending_sends_only_the_newest(cast):
    record = put(cast)
    outbox.deliver_all()
    given = {**penalty(), "summary": "通过虚构交易提升店铺销量 310 单"}
    records.confirm(cast.reviewer, records.propose_correction(cast.officer, record.pk, given, "单数有误").pk)
    outbox.deliver_all()
    first, second = ExchangeRow.objects.order_by("version")
    assert (first.state, second.state, second.due_on) == ("REPLACED", "WAITING", first.due_on)


def test_rejected_rows_alone_go_out_again(cast, shared_folder):
    people.put_rows(cast.subject, 120)
    upper = Upper(shared_folder, ["reject"])
    batch = approved(cast)
    run_until_answered(upper, 1)
    back = ExchangeRow.objects.filter(state="REJECTED").count()
    assert state(batch.number) == "REJECTED" and back > 0
    assert ExchangeRow.objects.filter(state="REJECTED").first().errors[0]["code"] == "E102"
    with pytest.raises(ContentWrong):
        actions.fix(cast.officer, batch.number, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "read_again", lambda row: row)  # the rows of this test rest on no record
        actions.fix(cast.officer, batch.number, "已向登记机关核实，代码无误")
    run_until_answered(upper, 1)
    assert state(batch.number) == "ACKED"
    assert Transmission.objects.get(batch=batch, round=2).rows == back
    upper.close()


def test_every_planted_difference_is_listed_with_its_kind_and_a_lost_row_is_sent_again(cast, upper):
    people.put_rows(cast.subject, 500)
    approved(cast)
    run_until_answered(upper, 1)
    bad = {"lose": "LOST", "alter": "ALTERED", "double": "DUPLICATE", "take_down": "TAKEN_DOWN", "invent": "UNKNOWN"}
    upper.shows(list(bad))
    run = reconciling.reconcile()
    wanted = Counter()
    for number in ExchangeRow.objects.values_list("number", flat=True):
        planted = next((one for one in sorted(bad) if chance(number, ONE_IN_SHOWN, one)), None)
        wanted.update([bad[planted]] if planted else [])
    assert Counter(Difference.objects.values_list("kind", flat=True)) == wanted and set(wanted) == set(bad.values())
    assert run.found == sum(wanted.values())
    lost = Difference.objects.filter(kind="LOST").first()
    before = ExchangeRow.objects.get(number=lost.row_number)
    actions.act_on(cast.officer, lost.number, "resend", "上级平台未公示，重报")
    with pytest.raises(AlreadyDone):
        actions.act_on(cast.officer, lost.number, "resend", "上级平台未公示，重报")
    approved(cast)
    run_until_answered(upper, 1)
    after = ExchangeRow.objects.get(number=lost.row_number)
    assert (after.state, after.receipt, after.accepted_at) == ("ACCEPTED", before.receipt, before.accepted_at)
    upper.shows()
    assert reconciling.reconcile().found == 0
    assert set(Difference.objects.values_list("state", flat=True)) == {"GONE"}


def test_a_receipt_of_nobodys_file_and_a_broken_one_are_laid_aside(cast, upper):
    folders.drop(folders.folder("receipts") / "x.xml.receipt.csv", b"number,answer\r\nCF1-1,accepted\r\n")
    folders.drop(folders.folder("receipts") / "y.xml.receipt.xlsx", b"no spreadsheet")
    sending.tick()
    assert folders.waiting("receipts") == [] and len(folders.waiting("bad")) == 2


def test_a_document_type_is_refused(tmp_path):
    path = tmp_path / "bomb.xml"
    path.write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><rows><row><CF_WSH>&b;</CF_WSH></row></rows>')
    with pytest.raises(FileTooHard):
        formats.rows(path)


def test_a_file_without_a_receipt_is_given_up_after_the_attempts_of_the_table(cast):
    put(cast)
    outbox.deliver_all()
    batch = approved(cast)
    now, out = clock.now(), folders.folder("out")
    for turn in range(12):
        with clock.set_to(now + timedelta(hours=2 * turn)):
            sending.tick()
            for path in folders.waiting("out"):
                path.unlink()
    sent = Transmission.objects.get(batch=batch)
    assert sent.given_up and sent.attempts == sending.waits()["most_attempts"] and list(out.iterdir()) == []
