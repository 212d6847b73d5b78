"""The rooms' pages at each door: what a person does there, and what the public never sees."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.commitments import alleging, demo, measuring, queries
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.commitments.tests import people
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cast():
    cache.clear()
    with clock.set_to(datetime(2026, 8, 31, 9, tzinfo=clock.CITY)):
        return people.town()


def as_(user):
    browser = Client()
    browser.force_login(user)
    return browser


def filled(form, **more):
    return {"subject": form, "consent": "on", "how": "scan", "c_ship_in_time": "on", "n_ship_in_time": "48", **more}


def test_signing_in_one_page_with_errors_that_say_what_to_do(cast):
    made = people.template(cast.officer, cast.reviewer)
    browser, url = as_(cast.users["merchant"]), f"/merchant/commitments/sign/{made.number}/"
    assert browser.get("/merchant/commitments/").status_code == browser.get(url).status_code == 200
    own = str(cast.shop.subject_id)
    assert browser.post(url, filled(own)).status_code == 422  # no scan
    assert browser.post(url, filled(own, how="code", code="123456")).status_code == 422  # no authenticator
    scan = SimpleUploadedFile("承诺书.pdf", people.PDF, "application/pdf")
    answer = browser.post(url, filled(own, scan=scan))
    found = Commitment.objects.get()
    assert answer["Location"] == f"/merchant/commitments/{found.number}/"
    assert found.clauses == {"ship_in_time": 48}
    assert browser.get(answer["Location"]).status_code == 200
    assert browser.get(f"/merchant/commitments/{found.number}/paper/").content.startswith(b"%PDF")
    assert browser.post(url, filled(own, scan=SimpleUploadedFile("a.pdf", people.PDF, "application/pdf"))).status_code == 422  # in force
    assert as_(cast.users["staff"]).get("/platform/commitments/").status_code == 200
    other = as_(cast.users["elsewhere"])
    assert other.get(f"/merchant/commitments/{found.number}/").status_code == 403


def test_two_officers_publish_a_letter_on_the_page(cast):
    officer, reviewer = as_(cast.users["officer"]), as_(cast.users["reviewer"])
    answer = officer.post("/officer/commitments/templates/", {"letter": "honest_trade", "department": "SAMR"})
    url = Template.objects.get().page_url
    assert answer["Location"] == url
    assert officer.post("/officer/commitments/templates/", {"letter": "honest_trade", "department": "SAMR"}).status_code == 422
    officer.post(url, {"act": "publish"})
    assert Template.objects.get().state == "PROPOSED"
    reviewer.post(url, {"act": "publish"})
    assert Template.objects.get().state == "PUBLISHED" and reviewer.get(url).status_code == 200


def test_from_the_facts_to_the_file_on_the_pages(cast):
    with clock.set_to(datetime(2026, 9, 1, 9, tzinfo=clock.CITY)):
        made = people.signed(cast, people.template(cast.officer, cast.reviewer))
    people.trade(cast, date(2026, 10, 1), late=10, good=10)
    with clock.set_to(datetime(2026, 11, 28, 10, tzinfo=clock.CITY)):
        measuring.measure()
        (breach,) = alleging.allege_all()
        officer, reviewer, merchant = (as_(cast.users[name]) for name in ("officer", "reviewer", "merchant"))
        public = Client().get(made.public_url).content.decode()
        assert breach.facts not in public and "未履行" not in public
        shown = officer.get(breach.page_url).content.decode()
        assert "C00000" in shown and breach.facts in shown
        assert breach.number in officer.get("/officer/commitments/").content.decode()
        said = {"act": "notify", "notify-facts": breach.facts, "notify-contact": "王立", "notify-phone": "0468-0000000"}
        assert officer.post(breach.page_url, {"act": "notify"}).status_code == 422
        officer.post(breach.page_url, said)
        mine = f"/merchant/commitments/breaches/{breach.number}/"
        assert merchant.get(mine).status_code == 200
        merchant.post(mine, {"statement": "快递停运三天"})
        officer.post(breach.page_url, {"act": "conclude", "conclude-conclusion": "confirm", "conclude-reasons": "停运只影响两单"})
        assert officer.get(breach.page_url).status_code == 200
        officer.post(breach.page_url, {"act": "confirm"})
        assert Breach.objects.get().state == "CONCLUDED"
        reviewer.post(breach.page_url, {"act": "confirm"})
        assert Breach.objects.get().state == "RECORDED"
        assert breach.facts in Client().get(made.public_url).content.decode()
        assert officer.get(made.page_url).status_code == merchant.get(mine).status_code == 200
        shown = merchant.get(f"/merchant/commitments/{made.number}/")
        assert shown.status_code == 200 and "C00000" in shown.content.decode() and "18.50" in shown.content.decode()
        board = officer.get("/officer/commitments/coverage/").content.decode()
        assert "50.0 %" in board
        assert officer.get("/officer/commitments/coverage/?export=csv").status_code == 200
        assert "50.0 %" in Client().get("/commitments/").content.decode()  # the city's share, nobody named
        assert [one.number for one in queries.of_subject([cast.shop.subject_id])] == [made.number]


def test_withdrawing_and_voiding_on_the_page(cast):
    made = people.signed(cast, people.template(cast.officer, cast.reviewer))
    officer = as_(cast.users["officer"])
    officer.post(made.page_url, {"act": "void", "v-reason": "扫描件没有盖章"})
    assert "扫描件没有盖章" in Client().get(made.public_url).content.decode()
    answer = as_(cast.users["merchant"]).get("/merchant/commitments/")
    assert answer.status_code == 200 and "无效" in answer.content.decode()


def test_the_demo_fills_every_page_once(cast):
    with clock.set_to(datetime(2026, 11, 28, 10, tzinfo=clock.CITY)):
        people.trade(cast, date(2026, 10, 1), late=10, good=10)
        commerce = people.desk("COM")
        for _ in range(2):
            demo.fill((cast.officer, cast.reviewer), commerce, [cast.shop.subject], cast.platform)
        assert Commitment.objects.count() == 3
        assert {one.state for one in Breach.objects.all()} == {"NOTICED"}
        for name, page in (
            ("officer", "/officer/commitments/"),
            ("merchant", "/merchant/commitments/"),
            ("staff", "/platform/commitments/"),
        ):
            assert as_(cast.users[name]).get(page).status_code == 200
