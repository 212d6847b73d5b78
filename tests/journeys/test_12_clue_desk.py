"""（十二）协同监管：an officer finds, opens, understands and dismisses or hands over a clue within five clicks from the login."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.detection.models import FoundRow
from chengxin.supervision import actions
from chengxin.supervision.actions import reserve
from chengxin.supervision.models import Clue, Waiting
from chengxin.supervision.tests import town
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# For pictures and with --nightly; by day the handbook's test looks at these pages.
SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def desk() -> list[Clue]:
    """A ring, a shop with empty parcels, a price trick; an officer, a head, a platform's staff."""
    from tests.journeys.desk import open_all

    return open_all()


@pytest.fixture
def people() -> None:
    load_departments()
    for name, role, scope in (
        ("officer", "officer", Scope(department="SAMR")),
        ("head", "head", Scope(department="SAMR")),
        ("post", "officer", Scope(department="POST")),
        ("staff", "platform_staff", Scope(platform="shanhuo")),
        ("leader", "leader", Scope()),
    ):
        user = User.objects.create_user(name, town.PASSWORD, display_name={"officer": "王立", "head": "赵明"}.get(name, name))
        with transaction.atomic():
            install_grant(user, role, scope)


def visitor(chromium: Any, live_server: Any, language: str = "zh-hans", size: Any = None) -> Visitor:
    return Visitor(chromium, live_server.url, language, size)


def test_an_officer_dismisses_a_clue_within_five_clicks(chromium, live_server, people, desk):
    seen = visitor(chromium, live_server).sign_in("officer", town.PASSWORD)
    trick = Clue.objects.get(behaviour="B13")
    seen.click(f"main a[href='{trick.page_url}']").click(f"a[href='{trick.page_url}dismiss/?pattern=msrp']")
    assert seen.page.input_value("textarea[name=reason]")
    seen.page.fill("textarea[name=reason]", "划线价为厂商建议零售价，页面已标明，已核对厂商目录")
    seen.click("main form button.btn-danger-outline")
    seen.page.wait_for_url("**/officer/")
    trick.refresh_from_db()
    assert trick.state == "DISMISSED" and trick.dismissed_as == "msrp" and seen.clicks <= 5
    seen.done()


def test_an_officer_hands_a_clue_over_within_five_clicks(chromium, live_server, people, desk):
    ring = Clue.objects.get(behaviour="B01")
    seen = visitor(chromium, live_server).sign_in("officer", town.PASSWORD)
    seen.click(f"main a[href='{ring.page_url}']").click(f"a[href='{ring.page_url}hand-over/']")
    seen.page.select_option("select[name=department]", "PSB")
    seen.page.fill("textarea[name=reason]", "涉嫌有组织刷单，数额较大，移交公安机关")
    seen.click("main form button.btn-primary")
    seen.page.wait_for_url("**/officer/")
    ring.refresh_from_db()
    assert ring.department == "PSB" and seen.clicks <= 5
    seen.done()


def waits() -> Waiting:
    """A finding beyond the week's budget."""
    return Waiting.objects.get(opened_at=None)


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_every_page_of_the_desk_is_accessible_in_both_languages_and_on_a_phone(chromium, live_server, people, desk, language, size):
    ring = Clue.objects.get(behaviour="B01")
    _, (weaker,) = town.run_with([town.ring_finding([one.shop for one in ring.members.all()[:1]], [901, 902], [], score=0.5)])
    reserve.do_wait(FoundRow.objects.get(pk=weaker))
    seen = visitor(chromium, live_server, language, size).sign_in("officer", town.PASSWORD)
    seen.check("officer-home").go("/officer/clues/").check("officer-queue")
    for clue in Clue.objects.filter(department="SAMR").order_by("behaviour"):
        seen.go(clue.page_url).check(f"clue-{clue.behaviour}")
    seen.go(f"{ring.page_url}evidence/order/").check("clue-evidence")
    for step in ("verdict", "dismiss", "hand-over", "ask", "extend"):
        seen.go(f"{ring.page_url}{step}/").check(f"clue-{step}")
    seen.go("/officer/clues/reserve/").check("officer-reserve").go(waits().page_url).check("reserve-pull")
    seen.go("/officer/clues/?q=nothing-like-it").check("officer-queue-empty")
    seen.done()
    post = visitor(chromium, live_server, language, size).sign_in("post", town.PASSWORD)
    post.go(Clue.objects.get(behaviour="B07").page_url).check("clue-B07").done()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_platform_leader_and_public_pages_are_accessible(chromium, live_server, people, desk, language, size):
    ring = Clue.objects.get(behaviour="B01")
    officer = User.objects.get(username="officer")
    from chengxin.accounts.actor import of_user

    asked = actions.ask_platform(of_user(officer), ring.id, "shanhuo", "请提供这些店铺的开户人与收款账户。", 5)
    staff = visitor(chromium, live_server, language, size).sign_in("staff", town.PASSWORD)
    staff.check("platform-home").go("/platform/requests/").check("platform-requests").go(asked.page_url).check("platform-request")
    staff.done()
    leader = visitor(chromium, live_server, language, size).sign_in("leader", town.PASSWORD)
    leader.check("leader-home").done()
    public = visitor(chromium, live_server, language, size)
    public.go("/").check("public-home").go("/search/?q=云岭").check("public-results").go("/search/?q=没有这家店").check("public-empty")
    public.go("/search/?q=云岭").click("ul.results a").check("public-subject")
    public.go("/about/").check("about").go("/accounts/login/").check("login")
    public.done()


def test_nothing_of_a_clue_is_public(client, people, desk):
    ring = Clue.objects.get(behaviour="B01")
    for path in ("/", "/search/?q=云岭", "/about/"):
        page = client.get(path).content.decode()
        assert ring.number not in page and ring.title_zh not in page
    assert client.get(ring.page_url).status_code in (302, 404)
    assert client.get(f"/api/v1/public/subjects?q={ring.number}").json() == []


def test_overdue_clues_come_first(client, people, desk):
    late = desk[-1]
    Clue.objects.filter(pk=late.pk).update(due_on=late.due_on - timedelta(days=60))
    client.force_login(User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/officer/").content.decode()
    assert page.index(late.number) == min(page.index(one.number) for one in desk if one.department == "SAMR")
