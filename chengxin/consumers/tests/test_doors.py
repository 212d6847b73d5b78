"""The pages at four doors, the API, the nightly clocks, and what is public."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.accounts.models import User
from chengxin.consumers import actions, demo, queries, tasks
from chengxin.consumers.models import Complaint, Report
from chengxin.consumers.tests import people
from chengxin.consumers.tests.people import Town
from chengxin.documents.models import Document
from chengxin.evidence.models import Exhibit
from chengxin.kernel import clock
from chengxin.kernel.intervals import wilson
from chengxin.subjects.models import Platform, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Town:
    settings.SECOND_FACTOR = False
    return people.town()


def browser(user: User | None = None) -> Client:
    made = Client(headers={"X-Purpose": quote("办理投诉举报")})
    if user:
        made.force_login(user)
    return made


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


PICTURE = SimpleUploadedFile("裂纹.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "image/png")


@pytest.mark.one_database
def test_a_citizen_files_by_the_life_lines_link_follows_and_a_stranger_learns_nothing(cast: Town) -> None:
    citizen = browser()
    link = f"/complaints/new/?shop={cast.shop.pk}&product=电饭煲&lot=L26"
    assert "wants=both&amp;shop=" in text_of(citizen.get(link))
    page = text_of(citizen.get(f"{link}&wants=both"))
    assert f'value="{cast.shop}"' in page and 'value="L26"' in page
    given = {
        "lot": "L26",
        "shop": str(cast.shop),
        "text": "内胆开裂，商家拒绝退货",
        "request": "退还货款",
        "violation": "能效标识与实物不符",
        "amount": "299.00",
    }
    who = {"name": people.NAME, "phone": people.PHONE, "members": "甲示例 10012340001"}
    wrong = citizen.post(f"{link}&wants=both", {**given, **who, "members": "只有姓名"})
    assert wrong.status_code == 422 and "不是“姓名 电话”" in text_of(wrong)
    PICTURE.seek(0)
    filed = citizen.post(f"{link}&wants=both", {**given, **who, "photos": PICTURE})
    code = re.search(r'id="code"><b>([0-9A-Z-]{19})</b>', text_of(filed))
    assert filed.status_code == 200 and code
    complaint, report = Complaint.objects.get(), Report.objects.get()
    assert (complaint.shop, complaint.lot, complaint.is_group, report.named) == (cast.shop, "L26", True, False)
    assert sorted(Exhibit.objects.values_list("matter_kind", flat=True)) == ["consumers.complaint", "consumers.sealed"]
    assert citizen.get("/complaints/mine/").status_code == 200
    other = browser()
    answers = [other.post("/complaints/", {"code": text}) for text in ("A" * 16, code[1][:-1], "没有")]
    assert [one.status_code for one in answers] == [404] * 3 and len({re.sub(r"csrf[^>]*", "", text_of(one)) for one in answers}) == 1
    assert other.get("/complaints/mine/").status_code == 302
    assert other.post("/complaints/", {"code": code[1].lower()}).status_code == 302
    page = text_of(other.get("/complaints/mine/"))
    assert complaint.number in page and report.number in page and people.NAME not in page


@pytest.mark.one_database
def test_each_door_does_its_part_and_the_complainant_gets_only_his_own_papers(cast: Town, whole_papers: None) -> None:
    made = actions.file(people.form(cast))
    officer, merchant, staff = (browser(cast.users[name]) for name in ("officer", "merchant", "staff"))
    page = made.complaint.page_url
    assert made.complaint.number in text_of(officer.get("/officer/complaints/?q=TS"))
    assert merchant.get(made.complaint.merchant_url).status_code == 404
    shown = text_of(officer.get(page))
    assert people.NAME not in shown and "供判断的事实" in shown
    opened = officer.post(page, {"act": "open_identity", "open_identity-reason": "核实投诉人身份"})
    assert people.NAME in text_of(opened) and people.NAME not in text_of(officer.get(page))
    assert officer.post(page, {"act": "accept", "accept-contact_phone": people.DESK}).status_code == 302
    at = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    called = {"act": "call", "call-at": at, "call-place": "第一调解室", "call-contact_phone": people.DESK}
    assert officer.post(page, called).status_code == 302
    inbox = text_of(merchant.get("/merchant/complaints/"))
    assert made.complaint.number in inbox and made.complaint.number in text_of(staff.get("/platform/complaints/"))
    shown = text_of(merchant.get(made.complaint.merchant_url))
    assert "欧阳**" in shown and people.PHONE not in shown and people.NAME not in shown
    said = {"text": "同意退款。", "offer": "REFUND", "amount": "299", "promise": "三日内退款", "promise_by": clock.today().isoformat()}
    assert merchant.post(made.complaint.merchant_url, said).status_code == 302
    assert staff.post(made.complaint.platform_url, {"text": "平台已督促商家。"}).status_code == 302
    citizen = browser()
    citizen.post("/complaints/", {"code": made.code})
    page = text_of(citizen.get("/complaints/mine/"))
    links = re.findall(r"/complaints/mine/papers/[0-9a-f-]{36}/", page)
    assert "同意退款" in page and len(links) == 2  # acceptance, and the call that is his own; not the one to the business
    paper = citizen.get(links[0])
    assert paper["Content-Type"] == "application/pdf" and browser().get(links[0]).status_code == 404
    row = made.complaint.answers.first()
    for act in ({"act": "rate", "answer": str(row.pk), "stars": "5"}, {"act": "kept", "promise": str(made.complaint.promises.get().pk)}):
        assert citizen.post("/complaints/mine/", act).status_code == 302
    assert citizen.post("/complaints/mine/", {"act": "solved"}).status_code == 302
    assert Complaint.objects.get().word == "solved" and row.__class__.objects.get(pk=row.pk).rating.stars == 5


@pytest.mark.one_database
def test_a_reporter_is_on_no_page_list_export_or_paper_that_is_not_a_handlers(cast: Town) -> None:
    report = actions.file({**people.form(cast, wants="violation", named=True), "violation": "以次充好"}).report
    officer, head = browser(cast.users["officer"]), browser(cast.users["head"])
    addresses = ["/officer/violation-reports/", "/officer/violation-reports/?export=csv", report.page_url, "/officer/complaints/"]
    assert not any(people.NAME in text_of(one.get(address)) for one in (officer, head) for address in addresses)
    refused = officer.post(report.page_url, {"act": "open_identity", "open_identity-reason": "想看一下是谁"})
    assert refused.status_code == 422 and people.NAME not in text_of(refused)
    assert head.post(report.page_url, {"act": "name_handler", "name_handler-user": "officer"}).status_code == 302
    opened = officer.post(report.page_url, {"act": "open_identity", "open_identity-reason": "核实线索细节"})
    assert people.NAME in text_of(opened) and people.NAME not in text_of(head.get(report.page_url))
    assert browser(cast.users["merchant"]).get(report.page_url).status_code == 403


def test_figures_count_only_closed_and_accepted_and_show_no_share_of_few(cast: Town, settings: Any) -> None:
    for place, word in enumerate([True] * 8 + [False, None, None]):
        made = actions.file(people.form(cast, phone=f"100123456{place:02d}", publicise=place == 0))
        actions.accept(cast.officer, made.complaint.number, people.DESK)
        if word is None:
            continue
        if word is False:
            actions.end(cast.officer, made.complaint.number, "T3", "双方分歧较大")
        actions.say(made.filing, word)
    (few,) = queries.figures()
    assert (few.closed, few.solved, few.unsolved, few.unsaid, few.share) == (9, 8, 1, 0, None)
    made = actions.file(people.form(cast, phone="10012345699"))
    actions.accept(cast.officer, made.complaint.number, people.DESK)
    actions.say(made.filing, True)
    (one,) = queries.figures()
    assert one.said == one.least == 10 and one.share == 0.9 and (one.low, one.high) == wilson(0.9, 10)
    assert queries.published().count() == 1
    page = text_of(browser().get("/complaints/figures/"))
    assert "9 / 10" in page and "电饭煲" not in page
    told = browser().get("/api/v1/complaint-figures").json()
    assert told[0]["closed"] == 10 and told[0]["low"] == pytest.approx(0.596, abs=0.001)


def test_what_is_late_goes_to_the_head_once_and_what_nobody_spoke_to_closes_unsaid(cast: Town) -> None:
    with clock.set_to(datetime(2026, 9, 1, 10, tzinfo=clock.CITY)):
        late = actions.file(people.form(cast)).complaint
        agreed = actions.file(people.form(cast, phone="10012340009")).complaint
        actions.accept(cast.officer, agreed.number, people.DESK)
        actions.agree(cast.officer, agreed.number, "三日内退款", paper=False)
    with clock.set_to(datetime(2026, 9, 10, 10, tzinfo=clock.CITY)):
        assert tasks.keep_clocks() == "0 put before the head, 1 asked whether solved, 0 closed without a word"
    with clock.set_to(datetime(2026, 9, 18, 10, tzinfo=clock.CITY)):
        assert tasks.keep_clocks() == "1 put before the head, 0 asked whether solved, 1 closed without a word"
        assert tasks.keep_clocks() == "0 put before the head, 0 asked whether solved, 0 closed without a word"
        assert queries.board(cast.head)["escalated"] == 1
    late.refresh_from_db()
    agreed.refresh_from_db()
    assert late.escalated_at and (agreed.state, agreed.word) == ("CLOSED", "")


@pytest.mark.one_database
def test_the_demo_fills_every_list_and_again_changes_nothing(cast: Town) -> None:
    shops = list(Shop.objects.order_by("shop_id"))
    for _ in range(2):
        demo.fill(shops, cast.officer, cast.head, cast.merchant)
    states = set(Complaint.objects.values_list("state", flat=True))
    assert {"RECEIVED", "NEED_ID", "ACCEPTED", "MEDIATING", "AGREED", "REFUSED", "CLOSED"} <= states and Complaint.objects.count() == 23
    (one,) = queries.figures()
    assert (one.closed, one.unsolved) == (12, 1) and one.share and queries.promises_due(cast.officer).count() == 1
    assert Complaint.objects.filter(department="POST").count() == 1 and Report.objects.count() == 2


@pytest.mark.one_database
def test_what_comes_at_the_counter_makes_forms_1_and_2_and_a_group_has_its_speaker(cast: Town, settings: Any) -> None:
    Platform.objects.update(division=settings.CITY_DIVISION)
    officer = browser(cast.users["officer"])
    said = {"text": "内胆开裂，商家拒绝退货", "request": "退还货款", "violation": "能效标识与实物不符", "named": "on"}
    who = {"name": people.NAME, "phone": people.PHONE, "members": "甲示例 10012340001\n乙示例 10012340002", "unreachable": "on"}
    url, given = "/officer/complaints/new/?wants=both", {**said, **who, "shop": str(cast.shop), "category": "APPLIANCE"}
    wrong = officer.post(url, {**given, "representative": "10099999999"})
    assert wrong.status_code == 422 and not Complaint.objects.exists()
    taken = officer.post(url, {**given, "representative": "10012340002"})
    assert taken.status_code == 200 and re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(taken))
    complaint, report = Complaint.objects.get(), Report.objects.get()
    assert complaint.rule == report.rule and "UNREACHABLE" in complaint.rule
    kinds = {(one.form, one.matter_kind) for one in Document.objects.all()}
    assert kinds == {("complaint_01", "consumers.complaint"), ("complaint_02", "consumers.sealed")}
    assert complaint.members.get(representative=True).phone == "10012340002" and complaint.members.count() == 2
    opened = officer.post(complaint.page_url, {"act": "open_identity", "open_identity-reason": "联系代表人"})
    assert "乙示例" in text_of(opened) and "乙示例" not in text_of(officer.get(complaint.page_url))


@pytest.mark.one_database
def test_the_head_takes_a_handler_off_by_a_button(cast: Town) -> None:
    report = actions.file(people.form(cast, wants="violation", violation="冒用生产许可证编号")).report
    head, officer = browser(cast.users["head"]), browser(cast.users["officer"])
    head.post(report.page_url, {"act": "name_handler", "name_handler-user": "officer"})
    handler = report.handlers.get()
    act = {"act": "dismiss_handler", "dismiss_handler-handler": str(handler.pk)}
    assert str(handler.pk) in text_of(head.get(report.page_url)) and str(handler.pk) not in text_of(officer.get(report.page_url))
    assert officer.post(report.page_url, act).status_code != 302 and report.handlers.filter(until=None).exists()
    assert head.post(report.page_url, act).status_code == 302 and not report.handlers.filter(until=None).exists()


@pytest.mark.one_database
def test_a_merchants_home_says_what_waits_for_an_answer(cast: Town) -> None:
    number = actions.file(people.form(cast)).complaint.number
    merchant = browser(cast.users["merchant"])
    assert number not in text_of(merchant.get("/merchant/"))
    actions.accept(cast.officer, number, people.DESK)
    assert number in text_of(merchant.get("/merchant/")) and number not in text_of(browser(cast.users["stranger"]).get("/merchant/"))
    actions.answer(cast.merchant, number, {"text": "同意退款，请提供单号。"})
    assert number not in text_of(merchant.get("/merchant/"))


def test_the_figures_of_several_shops_show_no_share_of_few(cast: Town) -> None:
    shops = Shop.objects.filter(pk=cast.shop.pk)
    assert queries.honesty(shops) is None
    made = actions.file(people.form(cast))
    actions.accept(cast.officer, made.complaint.number, people.DESK)
    actions.say(made.filing, True)
    few = queries.honesty(shops)
    assert few and (few.closed, few.said, few.solved, few.share, few.low) == (1, 1, 1, None, None) and few.least > 1
