"""Pages and API: each door sees its own, the next step works from the page, a day's file carries its hash."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.models import PlatformClient
from chengxin.kernel import clock
from chengxin.platforms import actions, checking, tasks
from chengxin.platforms.models import DutyCheck, Interview, Measure, Notice, SelfReport
from chengxin.platforms.papers import File
from chengxin.platforms.tests.people import Town, row, taken, town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOW = datetime(2026, 11, 2, 10, tzinfo=clock.CITY)


@pytest.fixture
def cast():
    with clock.set_to(NOW):
        yield town()


def as_(cast: Town, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_measure_from_entry_to_answer_on_pages(cast: Town):
    staff, merchant, colleague = (as_(cast, who) for who in ("staff", "merchant", "colleague"))
    given = {name: value for name, value in row(cast).items() if name not in ("decided_at", "noticed_at")}
    answer = staff.post("/platform/measures/new/", {**given, "automated": "no"})
    made = Measure.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == made.page_url
    assert merchant.get(made.merchant_url).status_code == 404
    for act in ("notice", "publish"):
        assert staff.post(made.page_url, {"act": act}).status_code == 302
    assert Client().get(made.public_url).status_code == 200
    assert merchant.post(made.merchant_url, {"statement": "所列订单是真实交易"}).status_code == 302
    assert "真实交易" not in Client().get(made.public_url).content.decode()
    colleague.post(made.page_url, {"act": "take_up"})
    colleague.post(made.page_url, {"act": "answer", "decision": "lift", "reason": "经核对确系真实交易"})
    assert "经核对确系真实交易" in merchant.get(made.merchant_url).content.decode()
    assert Client().get(made.public_url).status_code == 404


def test_every_page_of_the_officer_opens(cast: Town):
    made = taken(cast)
    given = {"report_no": "C1", "shop_id": cast.shop.shop_id, "behaviour": "B01", "facts": "虚构交易二百单", "measure_no": "M0001"}
    clue = actions.report_clue(cast.staff, cast.platform, given)
    report = actions.self_report(cast.staff, cast.platform, "D24", "可关闭个性化推荐", File("说明.txt", b"see", "text/plain"))
    assert "results" in tasks.check_duties()
    head = as_(cast, "head")
    for page in (
        "/officer/platforms/",
        "/officer/platforms/pingtai/",
        "/officer/platforms/pingtai/duties/D08/",
        "/officer/platforms/pingtai/interview/",
        "/officer/platform-measures/",
        "/officer/platform-notices/new/",
        made.officer_url,
        clue.page_url,
        report.page_url,
    ):
        assert head.get(page).status_code == 200, page
    assert head.get("/officer/platforms/pingtai/duties/D99/").status_code == 404
    assert b"spreadsheetml" in head.get("/officer/platforms/pingtai/?export=xlsx")["Content-Type"].encode()
    assert head.get("/officer/platforms/pingtai/?export=csv").content.decode("utf-8-sig").count("\n") == 43
    assert as_(cast, "elsewhere").get(clue.page_url).status_code == 404
    assert as_(cast, "merchant").get("/officer/platforms/").status_code == 403


def test_the_scorecard_as_a_paper_of_the_department(cast: Town):
    checking.run_checks([cast.platform], "system:test")
    officer = as_(cast, "officer")
    answer = officer.post("/officer/platforms/pingtai/paper/")
    assert answer.status_code == 302
    assert officer.get(answer["Location"]).status_code == 200


def test_an_interview_on_pages_and_its_papers(cast: Town):
    officer, staff, reviewer = (as_(cast, who) for who in ("officer", "staff", "reviewer"))
    planned = {"department": "SAMR", "duties": ["D08"], "matters": "处置措施逾期公示", "on": "2026-11-02", "hour": "09:00"}
    officer.post("/officer/platforms/pingtai/interview/", {**planned, "place": "三楼会议室", "persons": "合规负责人"})
    talk = Interview.objects.get()
    assert staff.get(talk.platform_url).status_code == 404
    officer.post(talk.page_url, {"act": "serve", "contact": "王立", "contact_phone": "0468-0000000"})
    officer.post(talk.page_url, {"act": "hold", "minutes": "平台说明了原因", "recorder": "李记录", "signed_by": "合规负责人 钱某"})
    officer.post(talk.page_url, {"act": "demand", "demands": "改为自动公示", "due_on": "2026-11-20"})
    talk.refresh_from_db()
    assert (talk.state, [one["name"] for one in talk.papers]) == ("RECTIFYING", ["约谈通知书", "约谈记录"])
    paper = staff.get(f"/platform/papers/{talk.papers[0]['id']}/")
    assert paper.content.startswith(b"%PDF")
    assert as_(cast, "merchant").get(f"/platform/papers/{talk.papers[0]['id']}/").status_code == 403
    staff.post(talk.platform_url, {"text": "已改为自动公示", "evidence": _upload("上线说明.txt")})
    assert officer.post(talk.page_url, {"act": "decide", "decision": "accept", "reason": "已现场核验"}).status_code == 422
    assert reviewer.post(talk.page_url, {"act": "decide", "decision": "accept", "reason": "已现场核验"}).status_code == 302
    talk.refresh_from_db()
    assert talk.state == "ACCEPTED"


def _upload(name: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, "说明".encode(), "text/plain")


def test_a_circular_is_issued_as_a_paper_and_read_by_a_named_person(cast: Town):
    head, reviewer, staff = (as_(cast, who) for who in ("head", "reviewer", "staff"))
    given = {"kind": "circular", "department": "SAMR", "platforms": ["pingtai"], "title": "三季度通报", "text": "请按时报送线索。"}
    head.post("/officer/platform-notices/new/", {**given, "until": "2026-11-30"})
    notice = Notice.objects.get()
    assert staff.get(notice.platform_url).status_code == 404
    assert head.post(notice.page_url, {"act": "issue"}).status_code == 403
    reviewer.post(notice.page_url, {"act": "issue"})
    notice.refresh_from_db()
    assert notice.papers[0]["name"] == "通报"
    staff.post(notice.platform_url)
    assert notice.reads.get().by_name == "周运营"


def test_pages_of_the_platform_open_and_a_self_report_is_made_there(cast: Town):
    staff = as_(cast, "staff")
    for page in ("duties/", "duties/pingtai/D24/", "duties/pingtai/D08/", "measures/", "clue-reports/", "talks/", "rules/"):
        assert staff.get(f"/platform/{page}").status_code == 200, page
    assert staff.get("/platform/duties/other/D24/").status_code == 404
    staff.post("/platform/duties/pingtai/D24/", {"statement": "可关闭个性化推荐", "evidence": _upload("截图.txt")})
    made = SelfReport.objects.get()
    assert made.exhibit
    officer = as_(cast, "officer")
    officer.post(made.page_url, {"decision": "verify", "reason": "已登录核对"})
    made.refresh_from_db()
    assert made.state == "VERIFIED"


def test_rules_and_events_are_public_once_entered(cast: Town):
    staff = as_(cast, "staff")
    rule = {"kind": "R2", "title": "交易规则", "version": "1.0", "url": "https://pingtai.example/r", "text": "第一条 总则"}
    made = staff.post("/platform/rules/new/", {**rule, "published_on": "2026-10-01", "effective_on": "2026-10-10"})
    event = {"kind": "V3", "title": "系统升级停机", "text": "凌晨停机两小时", "happened_on": "2026-11-01", "until": "2026-11-20"}
    staff.post("/platform/events/new/", event)
    said = Client().get("/platforms/pingtai/").content.decode()
    assert "交易规则" in said
    assert "系统升级停机" in said
    assert "第一条 总则" in Client().get(made["Location"]).content.decode()
    assert Client().get("/platforms/nobody/").status_code == 404


def test_a_days_file_carries_its_hash(cast: Town):
    taken(cast)
    for form in ("json", "csv", "parquet"):
        answer = Client().get(f"/measures/days/2026-11-02.{form}")
        assert answer["X-Content-SHA256"] == hashlib.sha256(answer.content).hexdigest()
    assert [one["shop"] for one in json.loads(Client().get("/measures/days/2026-11-02.json").content)] == ["北山粮油店1"]
    assert Client().get("/measures/days/2026-11-02.xlsx").status_code == 404
    assert Client().get("/measures/days/2026-13-02.json").status_code == 404


def machine(cast: Town, *scopes: str, **more: Any) -> dict[str, Any]:
    made = clients.create_client(cast.platform.code, "接口", scopes, by=INSTALLER, **more)
    basic = base64.b64encode(f"{made.client_id}:{made.client_secret}".encode()).decode()
    given = {"grant_type": "client_credentials"}
    token = Client().post("/oauth/token/", given, headers={"Authorization": f"Basic {basic}"}).json()["access_token"]
    return {"headers": {"authorization": f"Bearer {token}"}, "content_type": "application/json"}


def test_programs_report_once_each_row_answered_for_itself(cast: Town):
    means = machine(cast, "measures:write", "duties:read", "clues:report")
    good = {**row(cast), **{name: row(cast)[name].isoformat() for name in ("decided_at", "noticed_at", "since", "until")}}
    first = Client().post("/api/v1/measures", json.dumps(good), **means)
    assert (first.status_code, first.json()["state"], first.json()["known"]) == (201, "PUBLISHED", False)
    assert Client().post("/api/v1/measures", json.dumps(good), **means).json()["known"]
    changed = Client().post("/api/v1/measures", json.dumps({**good, "action": "W6"}), **means)
    assert (changed.status_code, changed.json()["code"]) == (409, "platform_number_taken")
    endless = {name: value for name, value in good.items() if name != "until"}
    assert Client().post("/api/v1/measures", json.dumps(endless), **means).status_code == 422
    rows = [good, {**good, "measure_no": "M2", "reason": ""}, {**good, "measure_no": "M3"}]
    answers = Client().post("/api/v1/measures/batch", json.dumps({"measures": rows}), **means).json()
    assert [bool(one["measure"]) for one in answers] == [True, False, True]
    assert answers[1]["error"]["code"] == "platform_content"
    clue = {"report_no": "C1", "shop_id": good["shop_id"], "behaviour": "B01", "facts": "虚构交易二百单", "measure_no": "M3"}
    reported = Client().post("/api/v1/clue-reports", json.dumps(clue), **means).json()
    assert Client().get(f"/api/v1/clue-reports/{reported['number']}", headers=means["headers"]).json()["state"] == "SENT"
    told = Client().get("/api/v1/duties", headers=means["headers"]).json()
    assert len(told["duties"]) == 42
    assert not any("score" in name for name in told)
    assert [one["number"] for one in Client().get("/api/v1/measures?platform=pingtai").json()] == [
        answers[2]["measure"]["number"],
        first.json()["number"],
    ]
    assert Client().get("/api/v1/measures/days").json()[0]["files"]["csv"] == "/measures/days/2026-11-02.csv"


def test_a_program_takes_the_next_step_and_never_answers_an_appeal(cast: Town):
    means = machine(cast, "measures:write")
    sent = {**row(cast), **{name: row(cast)[name].isoformat() for name in ("decided_at", "since", "until")}, "noticed_at": None}
    made = Client().post("/api/v1/measures", json.dumps(sent), **means).json()
    address = f"/api/v1/measures/{made['number']}/steps"
    for action, state in (("notice", "IN_FORCE"), ("publish", "PUBLISHED")):
        assert Client().post(address, json.dumps({"action": action}), **means).json()["state"] == state
    actions.appeal(cast.merchant, made["number"], "所列订单是真实交易")
    for action in ("take_up", "answer"):
        refused = Client().post(address, json.dumps({"action": action, "reason": "自动复核，维持"}), **means)
        assert (refused.status_code, refused.json()["code"]) == (403, "platform_machine_answer")


def test_a_client_that_has_to_sign_is_refused_without_a_signature(cast: Town):
    means = machine(cast, "measures:write", signing=PlatformClient.Signing.REQUIRED)
    body = {**row(cast), **{name: row(cast)[name].isoformat() for name in ("decided_at", "noticed_at", "since", "until")}}
    assert Client().post("/api/v1/measures", json.dumps(body), **means).status_code in (400, 401, 403)
    assert not Measure.objects.exists()


def test_the_nightly_jobs_run(cast: Town):
    taken(cast)
    assert tasks.keep_clocks() == "0 begun, 0 ended, 0 notices over"
    assert tasks.check_duties() == "42 results"
    assert DutyCheck.objects.count() == 42
