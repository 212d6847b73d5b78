"""（十二）双随机、一公开：two departments draw, two inspectors visit with a telephone, another publishes, anybody checks."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from chengxin.inspection import actions, queries, verify_draw
from chengxin.inspection.models import Draw, Plan, Task
from chengxin.inspection.tests import people
from chengxin.kernel import clock
from tests.journeys.browser import PHONE, SHOTS, Visitor
from tests.journeys.small_city import stop_the_clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def cast(monkeypatch) -> people.Town:
    stop_the_clock(monkeypatch)
    with transaction.atomic():
        return people.town()


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


def plan_it(officer: Visitor, day: str) -> Plan:
    officer.go("/officer/inspections/").check("inspections").click("a[href$='/plans/new/']").check("plan-form")
    page = officer.page
    page.fill("[name=title]", "网络商品双随机抽查")
    page.select_option("[name=item]", "GOODS_TRUE")
    page.fill("[name=due_on]", day)
    page.select_option("[name=witness]", "COM")
    officer.click("main form button.btn-primary").check("plan-waits")
    return Plan.objects.get()


def freeze_and_commit(officer: Visitor, other: Visitor, plan: Plan, day: str) -> None:
    """The lists are frozen; each department's browser makes a secret of which only the commitment leaves it until it is revealed."""
    officer.go(plan.page_url).check("freeze")
    officer.page.fill("[name=source]", "福利彩票双色球当日开奖号码")
    officer.page.fill("[name=public_on]", day)
    officer.click("main form button.btn-primary")
    for act in ("commit", "reveal"):
        for seen in (officer, other):
            seen.go(plan.page_url)
            if act == "commit":
                seen.page.click("[data-make]")
                seen.page.wait_for_function("document.querySelector('[name=commitment]').value.length === 64")
            seen.check(f"{act}-{'lead' if seen is officer else 'witness'}")
            seen.click("[data-secret] form button.btn-primary")


def draw_it(monkeypatch: Any, officer: Visitor, other: Visitor, plan: Plan) -> Draw:
    """The day of the public value: both departments enter it."""
    stop_the_clock(monkeypatch, days=3)
    for seen, name in ((officer, "samr1"), (other, "com1")):
        seen.sign_in(name, people.PASSWORD).go(plan.page_url)
        seen.page.fill("[name=value]", "03 09 14 21 27 30 + 11")
        seen.check("value").click("main .share form button.btn-primary")
    officer.check("drawn")
    return Draw.objects.get()


def visit(team: list[Visitor], task: Task) -> None:
    """The first reports from a telephone, half of it kept on the device; both sign."""
    first = team[0]
    first.go("/officer/inspections/").click(f"a[href='{task.page_url}']").check("visit")
    page = first.page
    lines = page.locator("fieldset.line")
    for number in range(lines.count()):
        lines.nth(number).locator("input[value=no]" if number == 0 else "input[value=yes]").check()
    page.select_option("[name=outcome]", "PENDING")
    page.fill("[name=summary]", "抽取的三件商品与页面图片不符")
    first.go(task.page_url)  # the telephone lost the page: nothing typed is lost
    assert page.input_value("[name=summary]") == "抽取的三件商品与页面图片不符"
    assert page.locator("#draft").is_visible()
    page.set_input_files("#photo", {"name": "shelf.png", "mimeType": "image/png", "buffer": people.PNG})
    page.fill("#shows", "货架")
    first.click("form[action$='/photo/'] button").check("visit-photo")
    first.click("#report button.btn-primary").check("visit-sign")
    for seen in team:
        seen.go(task.page_url)
        seen.page.locator("canvas").scroll_into_view_if_needed()
        box = seen.page.locator("canvas").bounding_box()
        seen.page.mouse.move(box["x"] + 20, box["y"] + 40)
        seen.page.mouse.down()
        seen.page.mouse.move(box["x"] + 150, box["y"] + 70, steps=4)
        seen.page.mouse.up()
        seen.click("#sign button.btn-primary")
    first.check("visit-signed")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_two_departments_draw_two_inspectors_visit_anybody_checks(chromium, live_server, cast, monkeypatch, language, size, tmp_path):
    rest = (chromium, live_server.url, language, size)
    today = clock.today()
    anybody, officer, reviewer, other = Visitor(*rest), *(as_(who, *rest) for who in ("samr1", "reviewer", "com1"))
    plan = plan_it(officer, (today + timedelta(days=40)).isoformat())
    reviewer.go("/officer/inspections/").click(f"a[href='{plan.page_url}']").check("plan-to-decide")
    reviewer.click("input[name=act][value=approve] ~ button")
    freeze_and_commit(officer, other, plan, (today + timedelta(days=3)).isoformat())
    draw = draw_it(monkeypatch, officer, other, plan)
    assert draw.state == "DRAWN"

    anybody.go("/inspections/").check("public-inspections").click(f"a[href='{draw.page_url}']").check("public-draw")
    anybody_checks(anybody, draw, tmp_path)

    task = Task.objects.order_by("number").first()
    names = [one.inspector.user.username for one in queries.team(task)]
    team = [officer if name == "samr1" else as_(name, *rest) for name in names]
    visit(team, task)
    reviewer.sign_in("reviewer", people.PASSWORD).go("/officer/inspections/").check("result-to-review").click(
        f"a[href='{task.page_url}']"
    ).check("review")
    reviewer.click("input[name=act][value=publish] ~ button")
    anybody.go("/inspections/").check("public-results")
    assert anybody.page.locator("td", has_text=task.subject.name).count() == 1
    for seen in {anybody, officer, reviewer, other, *team}:
        seen.done()


def anybody_checks(anybody: Visitor, draw: Draw, folder: Any) -> None:
    """Two files and one command; with a byte changed it is refused."""
    page, kept = anybody.page, {}
    for name, link in (("draw", "a[href$='/draw.json']"), ("verify", "a[href$='verify_draw.py']")):
        with page.expect_download() as coming:
            page.locator(link).first.click()
        kept[name] = folder / coming.value.suggested_filename
        coming.value.save_as(kept[name])
    data = kept["draw"].read_bytes()
    changed = folder / "changed.json"
    changed.write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
    for path, status in ((kept["draw"], 0), (changed, 1)):
        ran = subprocess.run([sys.executable, "-I", kept["verify"], path], capture_output=True, text=True, check=False)
        assert ran.returncode == status, ran.stdout
    assert kept["verify"].read_bytes() == Path(verify_draw.__file__).read_bytes()


@pytest.mark.nightly
def test_registers_rates_classes_warnings_and_the_chain_are_looked_at(chromium, live_server, cast):
    rest = (chromium, live_server.url, "zh-hans", None)
    subject = cast.subjects[0]
    with transaction.atomic():
        actions.declare_conflict(cast["samr2"], cast.inspectors["samr2"].pk, subject.pk, "近亲属在该单位任职")
        made = actions.propose_warning(
            cast["samr1"], subject.pk, "SAMR", ("近一月投诉增多", "请核对进货凭证"), clock.today() + timedelta(days=9)
        )
    officer, reviewer, merchant = (as_(who, *rest) for who in ("samr1", "reviewer", "merchant"))
    officer.go("/officer/inspections/registers/").check("registers").go("/officer/inspections/registers/GOODS_TRUE/").check("objects")
    officer.go(f"/officer/inspections/inspectors/{cast.inspectors['samr2'].pk}/").check("inspector")
    officer.go("/officer/inspections/rates/").check("rates")
    officer.page.fill("[name=A_most]", "8")
    officer.page.fill("[name=reason]", "按年度检查计划调整")
    officer.click("main form button.btn-primary").check("rates-proposed")
    officer.go(f"/officer/inspections/classes/{subject.pk}/").check("risk-class").go(f"/officer/inspections/warn/{subject.pk}/").check(
        "warn"
    )
    reviewer.go(made.page_url).check("warning").click("button[name=approve]")
    merchant.go("/my/warnings/").check("my-warnings").click("main form button.btn-primary")
    assert merchant.page.locator(".tag-green").count() == 1
    for seen in (officer, reviewer, merchant):
        seen.done()
