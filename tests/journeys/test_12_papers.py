"""（十二）执法文书和证据：a page is captured and replayed, its extraction recorded, a letter issued and served, a decision made fit to be
published by two people; a stranger checks the paper by its code and with one file without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

import chengxin.audit
from chengxin.audit import queries as log
from chengxin.documents import actions
from chengxin.documents.models import Document, Redaction
from chengxin.documents.tests import people
from chengxin.evidence.models import Exhibit
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
BY_DAY = {"evidence", "exhibit", "replay", "papers", "prepare", "version-to-confirm", "checked"}
SINGLE_FILE = Path(chengxin.audit.__file__).parent / "static/audit/verify_chengxin.py"


@pytest.fixture
def cast(settings: Any) -> people.Desk:
    settings.CAPTURE_PRIVATE = True  # the page that is captured is served by the test itself
    with transaction.atomic():
        return people.desk()


def look(seen: Visitor, name: str) -> Visitor:
    """Check the page; by day only one of each kind."""
    return seen.check(name) if SHOTS or name in BY_DAY else seen


def as_(who: str, *rest: Any) -> Visitor:
    return Visitor(*rest).sign_in(who, people.PASSWORD)


def state_purpose(seen: Visitor) -> None:
    seen.page.fill("[name=text]", "办理案件")
    seen.click("main form button")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_from_a_captured_page_to_a_paper_anybody_can_check(chromium, live_server, cast, language, size, tmp_path):
    rest = (chromium, live_server.url, language, size)
    officer = as_("officer", *rest)
    capture_a_page(officer, cast, live_server.url)
    letter = issue_a_letter(officer, cast)
    serve_it(officer, letter)
    decision = decide(cast)
    make_it_public(officer, as_("reviewer", *rest), decision)
    check_it(officer, Visitor(*rest), decision, tmp_path)


def capture_a_page(seen: Visitor, cast: people.Desk, base: str) -> None:
    """The page is kept with what it shows; its hash is in the log; the record of extraction is made from it."""
    seen.go(f"/officer/papers/evidence/of/{cast.matter}/").check("evidence")
    seen.page.fill("[name=url]", f"{base}/verify/document/")
    seen.click("button[name=capture]")
    state_purpose(seen)
    one = Exhibit.objects.get()
    seen.click("button[name=check]").check("exhibit")
    assert seen.page.locator(".notice-success[role=status]").count() == 1
    seen.click(f"a[href='{one.page_url}replay/']").check("replay")
    assert seen.page.frame_locator("iframe.replay").locator("h1").count() == 1
    look(seen.go(f"{one.page_url}extraction/"), "extraction")
    page = seen.page
    for name, text in (("place", "电子取证室"), ("checked", "示例网店"), ("extracted_by", "王立"), ("recorder", "李青")):
        page.fill(f"[name={name}]", text)
    page.fill("[name=officers]", "王立\n李青")
    page.fill("[name=certificates]", "示230001\n示230002")
    seen.click("main form button.btn-primary")
    assert Document.objects.get().form == "penalty_12"


def issue_a_letter(seen: Visitor, cast: people.Desk) -> Document:
    """A letter that asks a platform for help, from the page of the matter."""
    seen.go(f"/officer/papers/of/{cast.matter}/").check("papers").click(
        "a[href='/officer/papers/of/" + cast.matter + "/new/?form=penalty_17']"
    )
    page = look(seen, "paper-blanks").page
    page.fill("[name=addressee]", "示例平台")
    page.fill("[name=matter_title]", "虚构交易案")
    page.fill("[name=help_wanted]", "请提供涉案312单订单的发货记录。")
    page.fill("[name=officers]", "王立\n李青")
    page.fill("[name=contact]", "王立")
    page.fill("[name=contact_phone]", "0468-0000000")
    look(seen.click("button[name=issue]"), "paper")
    return Document.objects.get(form="penalty_17")


def serve_it(seen: Visitor, letter: Document) -> None:
    look(seen.click(f"a[href$='serve/?paper={letter.pk}']"), "serve")
    page = seen.page
    page.fill("[name=served_to]", "示例平台")
    page.fill("[name=served_place]", "示例市示例路1号")
    page.select_option("[name=served_how]", "electronic")
    page.fill("[name=officers]", "王立\n李青")
    seen.click("main form button.btn-primary")
    assert letter.services.count() == 1
    look(seen.go(letter.page_url), "paper-served")


def decide(cast: people.Desk) -> Document:
    """A decision as its workflow makes it; a telephone number and a plate stand in its facts."""
    given = people.decision(facts="当事人联系13800001111，用黑H12345车辆运送空包裹312件。")
    with transaction.atomic():
        return actions.issue(cast.officer, "penalty_45", given, department="SAMR", matter=cast.matter, on=people.ON)


def make_it_public(officer: Visitor, reviewer: Visitor, decision: Document) -> None:
    officer.go(f"{decision.page_url}publish/").check("prepare")
    assert officer.page.locator("mark").count() == 2
    officer.page.fill("[name=words]", "赵山")
    look(officer.click("main form button.btn-primary"), "version-own")
    reviewer.go(Redaction.objects.get().page_url).check("version-to-confirm")
    assert "13800001111" not in reviewer.page.locator("main").inner_text()
    look(reviewer.click("button[value=confirm]"), "paper-public")
    reviewer.done()


def check_it(officer: Visitor, anybody: Visitor, decision: Document, folder: Path) -> None:
    """The file from the officer's page, checked by a stranger: by its code on the page, whole and changed with one file."""
    officer.go(decision.page_url)
    with officer.page.expect_download() as coming:
        officer.page.click(f"a[href='{decision.page_url}file/']")
    whole, changed = folder / "paper.pdf", folder / "changed.pdf"
    coming.value.save_as(whole)
    data = whole.read_bytes()
    changed.write_bytes(data[:600] + bytes([data[600] ^ 1]) + data[601:])
    for path, status in ((whole, 0), (changed, 1)):
        ran = subprocess.run([sys.executable, SINGLE_FILE, path, "--key", log.public_key()], capture_output=True, text=True, check=False)
        assert ran.returncode == status, ran.stdout
    look(anybody.go("/verify/document/"), "ask-code")
    anybody.page.fill("[name=code]", decision.code)
    anybody.click("main form button").check("checked")
    assert anybody.page.locator(".notice-success").count() == 1
    assert "云岭" not in anybody.page.locator("main").inner_text()
    look(officer.go("/officer/papers/"), "papers-desk")
    for seen in (officer, anybody):
        seen.done()
