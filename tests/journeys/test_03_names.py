"""（三）同名核对：two entries of the register that may be one are compared with their reasons, judged by two people, and split again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.actor import of_user
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.subjects import demo
from chengxin.subjects.models import Joining, Subject
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
PASSWORD = "a long enough pass phrase"
NAMES = {"officer": "王立", "colleague": "刘峰", "head": "赵明"}


@pytest.fixture
def pairs() -> dict[str, Subject]:
    """The demo's three pairs, by name; the colleague has proposed the third."""
    with transaction.atomic():
        load_departments()
        for name, shown in NAMES.items():
            user = User.objects.create_user(name, PASSWORD, display_name=shown)
            install_grant(user, "head" if name == "head" else "officer", Scope(department="SAMR"))
        colleague = of_user(User.objects.get(username="colleague"))
        demo.fill(colleague, colleague)
    return {one.name: one for one in Subject.objects.all()}


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_two_entries_are_judged_to_be_one_and_split_again(
    chromium: Any, live_server: Any, pairs: dict[str, Subject], language: str, size: Any
) -> None:
    kept, other = (pairs[said[0]] for said in demo.SAME)
    officer, head = (Visitor(chromium, live_server.url, language, size).sign_in(name, PASSWORD) for name in ("officer", "head"))
    anybody = Visitor(chromium, live_server.url, language, size)
    officer.go("/officer/subjects/same/").check("same-desk").click("a[href='/officer/subjects/same/possible/']").check("same-possible")
    if language == "zh-hans":
        assert "字号相同（示例云岭）" in text(officer)
    only_alike(officer, pairs)

    officer.click(f"a[href='/officer/subjects/{kept.pk}/same/?with={other.pk}']:first-of-type").check("same-compare")
    officer.click("main form button.btn-primary").check("same-no-reason")
    assert officer.page.locator("[name=reason][aria-invalid=true]").count() == 1 and Joining.objects.count() == 1
    officer.wrong = [one for one in officer.wrong if "status of 422" not in one]  # the browser's word for a form that was sent back
    officer.page.fill("[name=reason]", "法定代表人、住所相同，名称为繁体写法")
    officer.click("main form button.btn-primary").check("same-proposed")
    judgement = Joining.objects.get(kept=kept, other=other)
    assert officer.page.locator("input[value=confirm]").count() == 0, "who proposed it does not confirm it"

    head.go("/officer/subjects/same/").check("same-waits").click(f"a[href='{judgement.page_url}']").check("same-decide")
    head.click("form:has([value=confirm]) button").check("same-joined")
    stand(officer, anybody, kept, other, together=True)

    officer.go(judgement.page_url).page.fill("[name=reason]", "调取原始档案，两者经营者不同")
    officer.click("form:has([value=ask_split]) button").check("same-split-asked")
    head.go(judgement.page_url).check("same-split-decide").click("form:has([value=split]) button").check("same-split")
    stand(officer, anybody, kept, other, together=False)
    for seen in (officer, head, anybody):
        seen.done()


def text(seen: Visitor) -> str:
    return str(seen.page.locator("main").inner_text())


def only_alike(officer: Visitor, pairs: dict[str, Subject]) -> None:
    """The second pair bears one brand, and everything else on file says that they are two: the officer proposes nothing."""
    kept, other = (pairs[said[0]] for said in demo.ALIKE)
    officer.click(f"a[href='/officer/subjects/{kept.pk}/same/?with={other.pk}']:first-of-type").check("same-alike")
    rows = officer.page.locator("#h-sides").locator("xpath=ancestor::section").locator("tbody tr")
    differ = [row for row in rows.all() if row.locator(".tag-amber").count()]
    assert len(differ) >= 3, "name, kind, legal representative and place differ"
    officer.page.go_back()


def stand(officer: Visitor, anybody: Visitor, kept: Subject, other: Subject, *, together: bool) -> None:
    """Both pages of the desk say what was judged; the public search finds the one card, or each its own, by either name."""
    state = "together" if together else "apart"
    for one, twin in ((kept, other), (other, kept)):
        officer.go(one.officer_page).check(f"same-{state}-{'kept' if one is kept else 'other'}")
        assert officer.page.locator(f".notice a[href='{twin.officer_page}']").count() == int(together)
        officer.go(f"/officer/subjects/?q={quote(one.name)}")
        assert one.name in text(officer)
        anybody.go(f"/search/?q={quote(one.name)}").check(f"same-{state}-public")
        shown = kept if together else one
        assert anybody.page.locator(f"main a[href='/subject/{shown.pk}/']").count() == 1
