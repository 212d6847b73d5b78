"""The pages: who sees what, the step that is next, and that the two families of lists never meet on one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.accounts.models import RoleGrant
from chengxin.kernel import clock
from chengxin.lists.actions import listing
from chengxin.lists.models import ListEntry, RedEntry, RepairApplication
from chengxin.lists.tests import cast as c
from chengxin.lists.tests.test_red_and_platform import put
from chengxin.lists.tests.test_unwinding import pushed, repaired

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PURPOSE = {"X-Purpose": "test"}


@pytest.fixture
def who(settings) -> c.Cast:
    settings.SECOND_FACTOR = False
    made = c.cast()
    RoleGrant.objects.update(valid_from=date(2026, 1, 1))  # everybody holds the role on every day that is played
    return made


def browser(who: c.Cast, name: str) -> Client:
    client = Client(headers=PURPOSE)
    client.force_login(who.town.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def test_an_entry_is_worked_on_its_page_from_proposal_to_publication(who):
    record = c.penalty(who)
    officer = browser(who, "officer")
    assert f"/officer/lists/propose/{record.number}/" in page(officer, "/officer/lists/")
    given = c.proposal()
    form = {"facts": given["facts"], "basis": given["basis"], "intent_shown": "shown", "measures": given["measures"]}
    form |= {f"factor_{code}": words for code, words in given["factors"].items()}
    refused = officer.post(f"/officer/lists/propose/{record.number}/", {**form, "intent_shown": "not_shown"})
    assert refused.status_code == 422
    assert officer.post(f"/officer/lists/propose/{record.number}/", form).status_code == 302
    entry = ListEntry.objects.get()
    url = entry.page_url
    assert 'value="notice"' in page(officer, url)
    officer.post(url, {"step": "notice", "phone": c.PHONE})
    merchant = browser(who, "merchant")
    own = f"/merchant/lists/{entry.pk}/"
    assert "argument_1" in page(merchant, own)
    assert merchant.post(own, {"argument_1": "其中 40 单不是本店的"}).status_code == 302
    assert "40 单不是本店的" in page(officer, url)
    officer.post(url, {"step": "answer", "adopted_1": "yes", "why_1": "核减 40 单"})
    assert 'value="decide"' not in page(browser(who, "head"), url)
    upper = browser(who, "upper")
    assert 'value="consent"' in page(upper, url)
    upper.post(url, {"step": "consent", "decision": "yes", "reason": "事实清楚，同意列入"})
    assert 'value="decide"' not in page(officer, url)  # who proposed does not decide
    browser(who, "head").post(url, {"step": "decide", "reason": "情节严重，决定列入"})
    browser(who, "reviewer").post(url, {"step": "publish"})
    entry.refresh_from_db()
    assert entry.state == "PUBLISHED"
    public = page(Client(), "/lists/")
    assert entry.subject.name in public
    assert entry.facts in page(Client(), f"/subject/{entry.subject_id}/")
    assert Client().get("/api/v1/public/lists").json()["official"][0]["number"] == entry.number


def test_a_proposal_is_nothing_the_subject_sees_before_the_notice(who):
    entry = listing.propose(who.officer, c.penalty(who).pk, c.proposal())
    merchant = browser(who, "merchant")
    assert entry.facts not in page(merchant, "/merchant/lists/")
    assert merchant.get(f"/merchant/lists/{entry.pk}/").status_code == 302
    for name, status in (("commerce", 404), ("staff", 403), ("banker", 403)):
        page(browser(who, name), entry.page_url, status)
    assert not ListEntry.objects.filter(pk=entry.pk, published_on__isnull=False).exists()


def test_a_measure_is_answered_lifted_and_confirmed_on_the_executors_pages(who):
    entry = pushed(who)
    with clock.set_to(c.at(2026, 3, 12)):
        staff, task = browser(who, "staff"), entry.tasks.get(measure="M_SHOP")
        assert task.page_url in page(staff, "/platform/lists/")
        assert staff.post(task.page_url, {"applies": "yes", "said": "店铺已关闭", "claimed_on": "2026-03-12"}).status_code == 302
        assert "claimed_on" in page(staff, task.page_url)
    with clock.set_to(c.at(2027, 3, 10)):
        repaired(who, entry)
        banker = browser(who, "banker")
        notice = entry.removal_notices.get(subscription__client=who.machines[c.BANK].client)
        assert f"/lists/removals/{notice.pk}/" in page(banker, "/merchant/lists/")
        assert banker.post(f"/lists/removals/{notice.pk}/").status_code == 302
        staff = browser(who, "staff")
        assert staff.post(task.page_url, {"said": "已恢复店铺"}).status_code == 302
        officer = browser(who, "officer")
        shown = page(officer, entry.page_url)
        assert "<b>2 / 7</b>" in shown
        assert officer.get(f"{entry.page_url}receipts/").content[:2] == b"PK"
    task.refresh_from_db()
    assert task.state == "LIFTED"


def test_a_repair_goes_through_the_owners_and_the_desks_pages(who):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who)
    with clock.set_to(c.at(2027, 3, 10)):
        merchant = browser(who, "merchant")
        assert f"/merchant/lists/{entry.pk}/repair/" in page(merchant, "/merchant/lists/")
        form = {"statement": "罚款已缴清，已赔付", "promised": "on"}
        assert merchant.post(f"/merchant/lists/{entry.pk}/repair/", {"statement": "罚款已缴清，已赔付"}).status_code == 422
        assert merchant.post(f"/merchant/lists/{entry.pk}/repair/", form).status_code == 302
        one = RepairApplication.objects.get()
        officer = browser(who, "officer")
        assert one.number in page(officer, "/officer/lists/")
        officer.post(one.page_url, {"step": "accept", "decision": "yes", "reason": "材料齐全"})
        assert 'value="decide"' not in page(officer, one.page_url)
        browser(who, "head").post(one.page_url, {"step": "decide", "decision": "yes", "reason": "条件满足，准予修复"})
        assert "条件满足，准予修复" in page(merchant, "/merchant/lists/")
        assert entry.subject.name not in page(Client(), "/lists/")


def test_a_red_list_from_the_owners_button_to_a_benefit(who):
    with clock.set_to(c.at(2026, 11, 10)):
        merchant = browser(who, "merchant")
        url = f"/merchant/lists/red/{who.subject.pk}/"
        page(merchant, url)
        assert merchant.post(url, {"reason": "三年无投诉"}).status_code == 302
        one = RedEntry.objects.get()
        commerce = browser(who, "commerce")
        commerce.post(one.page_url, {"step": "check"})
        assert f"/lists/red/{one.pk}/object/" in page(Client(), "/lists/")
        assert browser(who, "staff").post(f"/lists/red/{one.pk}/object/", {"reason": "听说有投诉"}).status_code == 302
    with clock.set_to(c.at(2026, 11, 18)):
        head = browser(who, "commerce_head")
        assert 'value="list"' not in page(head, one.page_url)
        head.post(one.page_url, {"step": "answer", "adopted_1": "no", "why_1": "经查没有投诉"})
        head.post(one.page_url, {"step": "list"})
        commerce = browser(who, "commerce")
        commerce.post(one.page_url, {"step": "give", "benefit": "P_FAIR", "giver": "COM", "note": "年货节展位"})
        assert "年货节展位" in page(commerce, one.page_url)
        assert who.subject.name in page(Client(), "/lists/")


def test_the_two_families_never_meet_on_a_page(who):
    one = put(who, since=clock.today(), facts="平台自己认定的虚假发货")
    entry = c.published(who)
    assert one.facts not in page(Client(), "/lists/") + page(Client(), f"/subject/{who.subject.pk}/")
    assert one.facts not in page(browser(who, "merchant"), "/merchant/lists/")
    apart = page(Client(), "/lists/platforms/")
    assert one.shop.name in apart
    assert entry.facts not in apart


def test_a_platforms_entry_is_made_appealed_and_reviewed_on_its_pages(who):
    today = clock.today()
    staff = browser(who, "staff")
    days = {"since": today, "until": today + timedelta(days=90), "appeal_by": today + timedelta(days=10)}
    form = {
        "shop_id": who.shop.shop_id,
        "action": "W9",
        "facts": "三次虚假发货",
        "reason": "违反规则第八条",
        "clause": "第八条第二款",
        **days,
    }
    assert staff.post("/platform/lists/new/", {**form, "shop_id": "NONE"}).status_code == 422
    made = staff.post("/platform/lists/new/", form)
    assert made.status_code == 302
    one = who.shop.platform_list_entries.get()
    merchant = browser(who, "merchant")
    assert f"/merchant/lists/platforms/{one.pk}/appeal/" in page(merchant, "/merchant/lists/platforms/")
    merchant.post(f"/merchant/lists/platforms/{one.pk}/appeal/", {"reason": "快递丢失所致"})
    assert "radio" not in page(staff, one.page_url)
    browser(who, "staff2").post(one.page_url, {"decision": "yes", "reason": "核实后撤销"})
    one.refresh_from_db()
    assert one.state == "TAKEN_BACK"


def test_consent_is_signed_and_taken_back_on_the_owners_page(who):
    merchant = browser(who, "merchant")
    until = clock.today() + timedelta(days=30)
    form = {"subject": str(who.subject.pk), "bank": c.BANK, "purpose": "流动资金贷款", "until": until}
    assert merchant.post("/merchant/lists/consents/", form).status_code == 302
    given = who.subject.finance_consents.get()
    assert "流动资金贷款" in page(merchant, "/merchant/lists/")
    assert browser(who, "banker").post(f"/merchant/lists/consents/{given.pk}/take-back/").status_code == 404
    merchant.post(f"/merchant/lists/consents/{given.pk}/take-back/")
    given.refresh_from_db()
    assert given.revoked_at is not None


def test_the_what_if_page_counts_and_names_nobody(who):
    c.penalty(who)
    shown = page(browser(who, "head"), "/officer/lists/what-if/?behaviours=B01&behaviours=B14&terms=KEY_AREA")
    assert who.subject.name not in shown
    page(browser(who, "head"), "/officer/lists/what-if/")


def test_nominating_by_code_on_the_desk(who):
    commerce = browser(who, "commerce")
    form = {"uscc": who.subject.uscc, "programme": "HONEST_SHOP", "source": "association", "merits": "行业协会推荐"}
    assert commerce.post("/officer/lists/red/nominate/", {**form, "uscc": "X"}).status_code == 422
    assert commerce.post("/officer/lists/red/nominate/", form).status_code == 302
    assert RedEntry.objects.get().nominator == "association"
