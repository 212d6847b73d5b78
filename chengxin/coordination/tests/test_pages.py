"""The board answers how each measure is doing, a department sees its own part, the public whose turn it is and no person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from chengxin.coordination import actions
from chengxin.coordination.models import Meeting, Plan, QuarterReport, Task
from chengxin.coordination.tests import month, people
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cast():
    cache.clear()
    return people.cast()


def page(cast, who, address, **posted):
    browser = Client()
    if who:
        browser.force_login(cast.users[who])
    answer = browser.post(address, posted) if posted else browser.get(address)
    return answer


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_the_board_shows_eighteen_measures_and_every_number_opens_what_it_is_made_of():
    cache.clear()
    with clock.set_to(people.at(month.SINCE)):
        cast = people.cast()
    with clock.set_to(people.at(month.UNTIL)):
        month.fill(size=30)
        people.tasks(cast, due_on=month.UNTIL)
        actions.freeze(cast.leader, "2026-09")
    with clock.set_to(people.at(month.UNTIL, 23)):
        board = text(page(cast, "leader", "/coordination/"))
        assert len(re.findall(r"（(?:[3-9]|1[0-9]|20)）", board)) == 18
        for address in (
            "/coordination/indicators/CLUES_ON_TIME/",
            "/coordination/sheets/SAMR/2026-10/",
            "/coordination/sheets/SAMR/2026-09/",
        ):
            text(page(cast, "leader", address))
        rows = text(page(cast, "market", "/coordination/indicators/CLUES_ON_TIME/SAMR/2026-10/"))
        assert "/officer/clues/CL" in rows
        assert "/officer/clues/" not in text(page(cast, "leader", "/coordination/indicators/CLUES_ON_TIME/SAMR/2026-10/"))
        text(page(cast, "market", "/coordination/indicators/CLUES_ON_TIME/COM/2026-10/"), 404)
        text(page(cast, "market", "/coordination/sheets/COM/2026-10/"), 404)
        text(page(cast, "leader", "/coordination/sheets/SAMR/2027-10/"), 404)
        for form in ("csv", "xlsx"):
            exported = page(cast, "leader", f"/coordination/sheets/SAMR/2026-10/?export={form}")
            assert exported.status_code == 200 and exported["Content-Disposition"].startswith("attachment")
        listed = {who: text(page(cast, who, "/coordination/sheets/")) for who in ("leader", "market", "commerce")}
        for code, who in (("SAMR", "market"), ("COM", "commerce")):
            link = f"/coordination/sheets/{code}/2026-09/"
            assert {name for name in listed if link in listed[name]} == {"leader", who}
        own = text(page(cast, "post", "/coordination/"))
        assert 'id="h-map"' not in own and 'id="h-heat"' not in own and 'id="h-map"' in board


def test_the_office_pastes_edits_and_confirms_a_plan_on_pages(cast):
    text(page(cast, "market", "/coordination/plans/", title="示例方案", issued_on="2026-01-15", text=people.TEXT), 422)
    text(page(cast, "clerk", "/coordination/plans/", title="示例方案", issued_on="2026-01-15", text=people.TEXT), 302)
    plan = Plan.objects.get()
    shown = text(page(cast, "clerk", plan.page_url))
    assert "15.2" in shown and "市场监督管理局、商务局" in shown
    day = (clock.today() + timedelta(weeks=9)).isoformat()
    rows = {}
    for one in plan.rows:
        given = {
            "take": "on",
            "title": one["title"],
            "measure": one["measure"],
            "leads": "商务局",
            "support": "",
            "due_on": "",
            "evidence": "报告",
        }
        rows |= {f"r{one['no']}-{name}": value for name, value in given.items()}
    wrong = text(page(cast, "clerk", plan.page_url, act="confirm", usual_day=day, **{**rows, "r15.1-leads": "气象局"}), 422)
    assert "气象局" in wrong and not Task.objects.exists()
    text(page(cast, "clerk", plan.page_url, act="confirm", usual_day=day, **rows), 302)
    assert set(Task.objects.values_list("lead", "due_on")) == {("COM", clock.today() + timedelta(weeks=9))}


def test_a_task_shows_each_reader_the_own_next_step(cast):
    task = people.tasks(cast)[0]
    assert 'value="accept"' in text(page(cast, "market", task.page_url))
    assert 'value="accept"' not in text(page(cast, "leader", task.page_url))
    text(page(cast, "post", task.page_url), 404)
    for posted in ({"act": "accept"}, {"act": "begin"}, {"act": "link", "link-title": "公示页面", "link-url": "https://a.example/"}):
        text(page(cast, "market", task.page_url, **posted), 302)
    text(page(cast, "market", task.page_url, act="report", **{"report-said": ""}), 422)
    text(page(cast, "market", task.page_url, act="report", **{"report-said": "栏目已改版上线"}), 302)
    assert 'value="verify"' in text(page(cast, "clerk", task.page_url))
    late = people.tasks(cast)[0]
    with clock.set_to(people.at(late.due_on + timedelta(days=1))):
        assert 'value="yellow"' in text(page(cast, "clerk", late.page_url))
        text(page(cast, "clerk", late.page_url, act="yellow", **{"yellow-reason": "逾期未接收"}), 302)
        assert 'value="answer"' in text(page(cast, "market", late.page_url))
        assert 'value="red"' not in text(page(cast, "clerk", late.page_url))
        assert 'value="red"' in text(page(cast, "chief", late.page_url))


def test_everybody_reads_whose_turn_it_is_and_no_persons_name(cast):
    people.tasks(cast)
    shown = text(page(cast, "", "/plan/")) + text(page(cast, "", "/plan/tasks/")) + text(page(cast, "", "/plan/tasks/?export=csv"))
    assert "完成公示栏目改版" in shown and "市场监督管理局" in shown
    assert not any(user.display_name in shown for user in cast.users.values())


def test_conferences_and_reports_on_pages(cast):
    called = {"title": "第四季度联席会议", "at": "2026-12-01T09:00", "place": "市政府", "own": "年度方案草案"}
    text(page(cast, "clerk", "/coordination/meetings/", **called), 302)
    meeting = Meeting.objects.get()
    day = (clock.today() + timedelta(weeks=3)).isoformat()
    said = {"minutes": "会议研究了年度方案。", "n0-title": "三周内完成年度方案", "n0-measure": "M20", "n0-lead": "COM", "n0-due_on": day}
    text(page(cast, "clerk", meeting.page_url, **said), 302)
    assert Task.objects.get().meeting == meeting and "三周内完成年度方案" in text(page(cast, "post", meeting.page_url))
    assert "Q" in text(page(cast, "leader", "/coordination/reports/")) and not QuarterReport.objects.exists()
