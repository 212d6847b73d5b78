"""What was sent and is corrected, repaired or withdrawn waits on a list with the law's day, and late ones are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from chengxin.exchange import queries
from chengxin.exchange.models import ExchangeRow
from chengxin.exchange.tests.test_sending import approved, cast, put, run_until_answered, upper  # noqa: F401
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.records.tests.people import penalty

pytestmark = pytest.mark.django_db


def corrected(cast, upper):  # noqa: F811
    """A penalty that the upper platform has, corrected on the file."""
    record = put(cast)
    outbox.deliver_all()
    approved(cast)
    run_until_answered(upper, 1)
    assert not queries.corrections(cast.officer).exists()
    given = {**penalty(), "summary": "通过虚构交易提升店铺销量 310 单"}
    records.confirm(cast.reviewer, records.propose_correction(cast.officer, record.pk, given, "单数有误").pk)
    outbox.deliver_all()
    return ExchangeRow.objects.get(version=2)


def test_a_correction_of_what_was_sent_is_due_within_the_laws_days_and_leaves_the_list_when_sent(cast, upper):  # noqa: F811
    row = corrected(cast, upper)
    assert row.again and row.due_on == law.due("SHARE_CORRECT", clock.today())
    assert list(queries.corrections(cast.officer)) == [row] and "第26条" in queries.article(row)
    approved(cast)
    run_until_answered(upper, 1)
    assert not queries.corrections(cast.officer).exists()


def test_a_withdrawal_waits_too_by_its_shorter_day(cast, upper):  # noqa: F811
    row = corrected(cast, upper)
    record = Record.objects.get(number=row.source)
    records.confirm(cast.reviewer, records.propose_withdrawal(cast.officer, record.pk, "处罚决定被撤销", "撤1号").pk)
    outbox.deliver_all()
    waits = queries.corrections(cast.officer).get()
    assert (waits.act, waits.due_on) == ("withdraw", law.due("PENALTY_WITHDRAW", clock.today()))


def test_the_list_is_the_desks_and_says_what_is_late(cast, upper):  # noqa: F811
    row = corrected(cast, upper)
    ExchangeRow.objects.filter(pk=row.pk).update(due_on=clock.today() - timedelta(days=1))
    officer = Client()
    officer.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    page = officer.get("/officer/exchange/corrections/?late=yes").content.decode()
    assert row.number in page and "今天逾期：1" in page
    assert "/officer/exchange/corrections/" in officer.get("/officer/exchange/").content.decode()
