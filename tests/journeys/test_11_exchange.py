"""（十一）线上线下信用信息共享：a penalty becomes a row, is approved, accepted and reconciled; data are shared for a purpose and a term."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from chengxin.exchange import reconciling, sending
from chengxin.exchange.models import CatalogueEntry, Difference, ExchangeBatch, ShareRequest
from chengxin.exchange.standin import Upper
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.records.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> people.Town:
    cache.clear()
    settings.EXCHANGE_DIR, settings.FILES_DIR = tmp_path / "exchange", tmp_path / "files"
    with transaction.atomic():
        cast = people.town()
        people.put(cast)
    outbox.deliver_all()
    return cast


def send(officer: Visitor, reviewer: Visitor) -> ExchangeBatch:
    """Collected by one, approved by another, sent by the program; the upper platform accepts it and shows nothing."""
    officer.go("/officer/exchange/").check("exchange-desk")
    officer.page.select_option("[name=department]", "SAMR")
    officer.click("main form button.btn-primary").check("exchange-batch-own")
    batch = ExchangeBatch.objects.get()
    reviewer.go(batch.page_url).check("exchange-batch-approve").click("form:has(input[value=approve]) button")
    upper = Upper(settings.EXCHANGE_DIR)
    sending.tick()
    upper.take()
    sending.tick()
    officer.go(batch.page_url).check("exchange-batch-accepted")
    upper.db.execute("DELETE FROM held")
    upper.shows()
    upper.close()
    batch.refresh_from_db()
    return batch


def share(officer: Visitor, reviewer: Visitor, elsewhere: Visitor) -> ShareRequest:
    """Drafted, assessed, listed by another; asked for, granted, delivered, used."""
    officer.go("/officer/exchange/catalogue/new/?resource=penalties").check("exchange-draft")
    officer.page.select_option("[name=department]", "SAMR")
    officer.page.fill("[name=title]", "行政处罚信息")
    officer.click("main form button.btn-primary").check("exchange-assess")
    for name, text in (("lawful", "法定职责所需"), ("impact", "均为公示信息"), ("measures", "按字段授权并留痕")):
        officer.page.fill(f"[name=a-{name}]", text)
    officer.click("form:has(input[value=assess]) button")
    entry = CatalogueEntry.objects.get()
    reviewer.go(entry.page_url).click("form:has(input[value=list]) button")
    elsewhere.go(entry.page_url).check("exchange-ask")
    elsewhere.page.select_option("[name=q-department]", "POST")
    elsewhere.page.fill("[name=q-purpose]", "快递业务经营许可审查")
    elsewhere.page.fill("[name=q-until]", (clock.today() + timedelta(days=30)).isoformat())
    elsewhere.page.check("[name=q-fields_][value=CF_WSH]")
    elsewhere.click("form:has(input[value=ask]) button").check("exchange-request")
    request = ShareRequest.objects.get()
    reviewer.go(request.page_url).click("form:has(input[value=grant]) button")
    reviewer.click("form:has(input[value=deliver]) button")
    elsewhere.go(request.page_url).check("exchange-request-use")
    request.refresh_from_db()
    return request


def walk(chromium: Any, base: str, language: str = "zh-hans", size: Any = None) -> None:
    people_of = {who: Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD) for who in ("officer", "reviewer", "elsewhere")}
    officer, reviewer, elsewhere = people_of.values()
    assert send(officer, reviewer).state == "ACKED"
    run = reconciling.reconcile()
    assert run is not None and run.found == 1
    one = Difference.objects.get()
    officer.go("/officer/exchange/differences/").check("exchange-differences").click(f"a[href='{one.page_url}']").check(
        "exchange-difference"
    )
    officer.page.fill("[name=reason]", "上级平台未公示，重报")
    officer.click("button[value=resend]")
    one.refresh_from_db()
    assert (one.kind, one.state, one.action) == ("LOST", "ACTED", "resend")
    assert share(officer, reviewer, elsewhere).state == "DELIVERED"
    officer.go("/officer/exchange/quality/").check("exchange-quality")
    for visitor in people_of.values():
        visitor.done()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_penalty_is_reported_reconciled_and_its_data_shared(chromium, live_server, cast, language, size):
    walk(chromium, live_server.url, language, size)
