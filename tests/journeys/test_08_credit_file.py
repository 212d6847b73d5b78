"""（八）信用记录：two officers put a decision on file, all see it, the merchant objects, a third decides, a report proves itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

import chengxin.audit
from chengxin.audit import queries as log
from chengxin.kernel import clock
from chengxin.records.models import Objection, Proposal, Record
from chengxin.records.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
SINGLE_FILE = Path(chengxin.audit.__file__).parent / "static/audit/verify_chengxin.py"


@pytest.fixture
def cast() -> people.Town:
    with transaction.atomic():
        return people.town()


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


def state_purpose(seen: Visitor) -> None:
    seen.page.fill("[name=text]", "核查线索")
    seen.click("main form button")


def enter(seen: Visitor, subject: Any) -> Proposal:
    """From the subject's page to the form of a penalty."""
    seen.go(f"/officer/subjects/{subject.pk}/").click(f"a[href='/officer/records/subjects/{subject.pk}/']")
    state_purpose(seen)
    seen.check("credit-file-empty").click("a[href$='/enter/']").check("record-types").click("a[href='?item=PENALTY']")
    page = seen.page
    page.fill("[name=maker]", "示例市市场监督管理局")
    page.fill("[name=document_number]", "示市监处罚〔2026〕41号")
    page.set_input_files("[name=document]", {"name": "41.pdf", "mimeType": "application/pdf", "buffer": b"%PDF- decision 41"})
    page.fill("[name=decided_on]", clock.today().isoformat())
    page.select_option("[name=behaviour]", "B01")
    page.select_option("[name=penalty_kind]", "21")
    page.fill("[name=amount]", "80000")
    page.fill("[name=summary]", "通过虚构交易提升店铺销量 312 单")
    page.fill("[name=basis]", "《中华人民共和国反不正当竞争法》第九条第一款")
    seen.click("main form button.btn-primary").check("record-refused")  # the publicity category is missing
    assert page.locator("[role=alert]").count() == 1
    seen.wrong = [one for one in seen.wrong if "422" not in one]  # the browser notes the refusal, which was wanted
    page.select_option("[name=term]", "ORDINARY")
    page.set_input_files("[name=document]", {"name": "41.pdf", "mimeType": "application/pdf", "buffer": b"%PDF- decision 41"})
    seen.click("main form button.btn-primary").check("record-proposed-own")
    return Proposal.objects.get()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_decision_on_the_file_an_objection_and_a_report(chromium, live_server, cast, language, size, tmp_path):
    base, rest = live_server.url, (chromium, live_server.url, language, size)
    anybody = Visitor(chromium, base, language, size)
    card = f"/subject/{cast.subject.pk}/"
    officer = as_("officer", *rest)
    proposal = enter(officer, cast.subject)
    assert anybody.go(card).page.locator(".record").count() == 0

    reviewer = as_("reviewer", *rest)
    reviewer.go("/officer/records/").check("records-desk").click(f"a[href='{proposal.page_url}']").check("record-to-confirm")
    reviewer.click("input[name=decision][value=confirm] ~ p button")
    record = Record.objects.get()
    assert (record.entered_by_name, record.confirmed_by_name) == ("王立", "李青")
    anybody.go(card).check("public-record")
    assert anybody.page.locator(".record", has_text="312").count() == 1

    merchant = as_("merchant", *rest)
    merchant.go("/merchant/records/").check("my-credit-file")
    assert "核查线索" in merchant.page.locator("main").inner_text()  # who read it, and why
    merchant.click(f"a[href='/merchant/records/{record.number}/object/']").check("object")
    merchant.page.fill("[name=statement]", "决定书所列订单不是本店的，见附件")
    merchant.click("main form button.btn-primary").check("my-credit-file-disputed")
    anybody.go(card).check("public-record-disputed")
    assert anybody.page.locator(".record .tag-amber").count() == 1

    report_verifies(merchant, cast, tmp_path)

    head = as_("head", *rest)
    head.go("/officer/records/").check("records-desk-objection").go(Objection.objects.get().page_url).check("objection")
    head.page.check("input[name=decision][value=withdraw]")
    head.page.fill("[name=answer]", "经核对订单记录，所列订单确属其他店铺。")
    head.click("main form button.btn-primary")
    assert anybody.go(card).page.locator(".record").count() == 0
    merchant.go("/merchant/records/").check("my-credit-file-after")
    assert "所列订单确属其他店铺" in merchant.page.locator("main").inner_text()
    head.go(f"/officer/records/{record.number}/")
    state_purpose(head)
    head.check("record-withdrawn")
    for seen in (anybody, officer, reviewer, merchant, head):
        seen.done()


def report_verifies(merchant: Visitor, cast: people.Town, folder: Path) -> None:
    """The merchant's own report; somebody outside checks it with one file and no network, whole and with a byte changed."""
    merchant.go(f"/merchant/records/report/{cast.subject.pk}/").check("report-form")
    merchant.page.fill("[name=purpose]", "申请入驻平台")
    with merchant.page.expect_download() as coming:
        merchant.page.click("main form button.btn-primary")
    whole, changed = folder / "report.pdf", folder / "changed.pdf"
    coming.value.save_as(whole)
    data = whole.read_bytes()
    changed.write_bytes(data[:600] + bytes([data[600] ^ 1]) + data[601:])
    for path, status in ((whole, 0), (changed, 1)):
        ran = subprocess.run([sys.executable, SINGLE_FILE, path, "--key", log.public_key()], capture_output=True, text=True, check=False)
        assert ran.returncode == status, ran.stdout
    merchant.go("/verify/")
    for path, code in ((whole, "good"), (changed, "document")):
        merchant.page.set_input_files("#file", path)
        merchant.page.wait_for_selector(f"#verdict[data-code={code}]")
    code = cast.subject.reports.get().code
    merchant.go(f"/verify/report/?code={code}").check("report-checked")
    assert merchant.page.locator(".notice-success").count() == 1
