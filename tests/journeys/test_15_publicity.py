"""（十五）信用信息公示：can I trust this shop, take the evidence, be told of changes; the open data; one item is held and is gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.publicity import editions
from chengxin.publicity.models import Review
from chengxin.records.tests import people
from chengxin.subjects import names
from chengxin.subjects.models import Shop
from chengxin.subjects.tests import samples
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> people.Town:
    settings.DATA_DIR = tmp_path
    with transaction.atomic():
        made = people.town()
        shop = samples.shop(samples.platform("beiling"), samples.row(1, **samples.verified()))
        Shop.objects.filter(pk=shop.pk).update(subject=made.subject)
        people.put(made)
    names.index_all()
    editions.publish()
    return made


def look_up(anybody: Visitor, cast: people.Town) -> None:
    """From the box to the subject, what stood on a day, and a watch."""
    anybody.go("/").page.fill("[name=q]", "云岭山货")
    anybody.click("form.big-search button").click(f"a[href='/subject/{cast.subject.pk}/']").check("subject-whole")
    assert "示市监处罚〔2026〕41号" in anybody.page.inner_text("main")
    anybody.click(f"a[href='/subject/{cast.subject.pk}/watch/']").check("watch")
    anybody.click("main form button.btn-primary").check("watched")
    anybody.go("/data/").check("open-data")
    anybody.go("/window/?q=云岭山货").check("query-window")
    shop = Shop.objects.get(subject=cast.subject)
    anybody.go(f"/badge/{shop.pk}/").check("badge")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_what_is_public_is_found_and_what_is_held_is_gone(chromium, live_server, cast, language, size):
    anybody = Visitor(chromium, live_server.url, language, size)
    look_up(anybody, cast)
    officer = Visitor(chromium, live_server.url, language, size).sign_in("officer", people.PASSWORD)
    officer.go("/officer/publicity/").check("publicity-desk")
    number = cast.subject.records.get().number
    officer.page.fill("[name=key]", number)
    officer.page.fill("[name=reason]", "疑涉商业秘密，待审查")
    officer.click("main form.form-stack button.btn-primary").check("publicity-held")
    assert Review.objects.get().state == "SUSPENDED"
    anybody.go(f"/subject/{cast.subject.pk}/")
    assert "示市监处罚〔2026〕41号" not in anybody.page.inner_text("main")
    editions.clear()
    anybody.go("/data/").check("open-data-cleared")
    assert number in anybody.page.inner_text("main")
