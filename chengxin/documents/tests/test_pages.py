"""Pages of papers: a draft, a paper by hand, a service, a version for publication through two people, and the public check."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.documents import actions
from chengxin.documents.models import Document, Redaction, Service
from chengxin.documents.tests.people import ON, Desk, decision, desk

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page


@pytest.fixture
def cast(db, settings) -> Desk:
    settings.SECOND_FACTOR = False
    return desk()


def browser(cast: Desk, who: str) -> Client:
    made = Client(headers={"X-Purpose": "test"})
    made.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return made


LETTER = {
    "department": "SAMR",
    "addressee": "示例平台",
    "matter_title": "虚构交易案",
    "help_wanted": "请提供312单订单的发货记录",
    "officers": "王立\n李青",
    "contact": "王立",
    "contact_phone": "0468-0000000",
}


def test_a_letter_is_previewed_then_issued_then_served(cast):
    officer = browser(cast, "officer")
    page = f"/officer/papers/of/{cast.matter}/new/?form=penalty_17"
    draft = officer.post(page, {**LETTER, "help_wanted": "", "preview": "1"})
    assert (draft.headers["Content-Type"], Document.objects.count()) == ("application/pdf", 0)
    assert officer.post(page, {**LETTER, "help_wanted": "", "issue": "1"}).status_code == 422
    assert officer.post(page, {**LETTER, "issue": "1"}).status_code == 302
    letter = Document.objects.get()
    given = {"paper": str(letter.pk), "served_to": "示例平台", "served_place": "示例市示例路1号", "served_how": "post", "officers": "王立"}
    assert officer.post(f"/officer/papers/of/{cast.matter}/serve/", given).status_code == 302
    service = Service.objects.get()
    assert (service.document, service.record.form) == (letter, "penalty_50")
    assert letter.number in service.record.values
    assert service.record.number in officer.get(letter.page_url).content.decode()


def test_a_decision_is_not_made_by_hand(cast):
    officer = browser(cast, "officer")
    assert officer.get(f"/officer/papers/of/{cast.matter}/new/?form=penalty_45").status_code == 302
    assert "penalty_45" not in officer.get(f"/officer/papers/of/{cast.matter}/").content.decode()


def test_two_people_make_the_version_for_publication(cast):
    paper = actions.issue(
        cast.officer, "penalty_45", decision(facts="联系13800001111，车牌黑H12345。"), department="SAMR", matter=cast.matter, on=ON
    )
    officer, reviewer = browser(cast, "officer"), browser(cast, "reviewer")
    page = officer.get(f"{paper.page_url}publish/").content.decode()
    assert page.count("<mark>") == 2
    refused = officer.post(f"{paper.page_url}publish/", {"strike-1": "on", "words": "", "reason": ""})
    assert refused.status_code == 422
    assert officer.post(f"{paper.page_url}publish/", {"strike-0": "on", "strike-1": "on", "words": "赵山", "reason": ""}).status_code == 302
    version = Redaction.objects.get()
    shown = reviewer.get(version.page_url).content.decode()
    assert "13800001111" not in shown
    assert reviewer.post(version.page_url, {"decision": "confirm"}).status_code == 302
    version.refresh_from_db()
    checked = Client().get(f"/verify/document/{version.code}/").content.decode()
    assert "notice-success" in checked
    assert "云岭" not in checked  # nothing of what stands in it


def test_a_code_that_is_none_says_so(cast):
    assert "notice-error" in Client().get("/verify/document/AAAA-AAAA-AAAA-AAAA/").content.decode()
    assert Client().get("/verify/document/?code=aaaa-aaaa-aaaa-aaaa").headers["Location"].endswith("AAAA-AAAA-AAAA-AAAA/")
