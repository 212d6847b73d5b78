"""Pages and the API over HTTP, in both languages: whose they are, what they refuse, that workers are nowhere in public."""

from __future__ import annotations

import json

import pytest
from django.test import Client, override_settings

from chengxin.audit.models import Leaf
from chengxin.delivery import actions
from chengxin.delivery.models import Incident, MerchantRating
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM, MARKS, ORDER, WAYBILL

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PURPOSE = {"X-Purpose": "gate"}


def signed_in(cast: people.Town, who: str, **headers: str) -> Client:
    browser = Client(headers=headers)
    browser.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture(autouse=True)
def no_second_factor():
    with override_settings(SECOND_FACTOR=False):
        yield


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_door_shows_its_pages(language: str):
    cast = people.town()
    incident = people.traced(cast)
    actions.record(cast.officer, incident.number)
    fact = actions.enter_fact(cast.officer, incident.number, "W771")
    ban = people.banned(cast)
    pages = {
        "officer": ["/officer/delivery/", "/officer/delivery/outlets/", "/officer/delivery/incidents/", incident.page_url, ban.page_url],
        "courier": ["/merchant/delivery/", incident.firm_url, f"{incident.firm_url}paper/", ban.firm_url],
        "merchant": ["/merchant/parcels/"],
        "staff": ["/platform/couriers/"],
    }
    pages["officer"] += [f"/officer/delivery/firms/{FIRM}/", f"/officer/delivery/firms/{FIRM}/ban/", "/officer/delivery/incidents/new/"]
    pages["officer"] += [f"/officer/delivery/firms/{FIRM}/workers/", fact.page_url]
    pages["courier"] += [f"/merchant/delivery/workers/{fact.number}/"]
    for who, addresses in pages.items():
        browser = signed_in(cast, who, **PURPOSE)
        browser.cookies["django_language"] = language
        for address in addresses:
            assert browser.get(address).status_code == 200, (who, address)
    rival, elsewhere = signed_in(cast, "rival"), signed_in(cast, "elsewhere", **PURPOSE)
    for address in (incident.firm_url, ban.firm_url, f"/merchant/delivery/workers/{fact.number}/"):
        assert rival.get(address).status_code == 404
    for address in (incident.page_url, ban.page_url, fact.page_url, f"/officer/delivery/firms/{FIRM}/workers/"):
        assert elsewhere.get(address).status_code == 404


def test_workers_are_nowhere_in_public_and_every_reading_is_logged():
    cast = people.town()
    incident = people.traced(cast)
    actions.record(cast.officer, incident.number)
    actions.enter_fact(cast.officer, incident.number, "W771")
    anybody = Client()
    for address in ("/couriers/", f"/couriers/{FIRM}/", "/api/v1/courier-firms", f"/api/v1/courier-firms/{FIRM}"):
        answer = anybody.get(address)
        assert answer.status_code == 200 and b"W771" not in answer.content
    assert signed_in(cast, "officer").get(f"/officer/delivery/firms/{FIRM}/workers/").status_code == 302  # no purpose, no file
    shown = signed_in(cast, "officer", **PURPOSE).get(f"/officer/delivery/firms/{FIRM}/workers/")
    assert b"W771" in shown.content
    assert "worker_facts" in Leaf.objects.filter(object=f"subjects.subject:{cast.firm.subject_id}").latest("index").body


def test_the_public_page_needs_both_numbers_and_takes_a_rating_and_a_report():
    cast = people.town()
    anybody, numbers = Client(), {"waybill_no": WAYBILL, "order_no": ORDER}
    assert anybody.post("/parcels/", {**numbers, "order_no": "T1"}).status_code == 422
    assert "萝北网点" in anybody.post("/parcels/", numbers).content.decode()
    assert anybody.post("/parcels/", {**numbers, "act": "rate", **MARKS}).status_code == 200
    assert anybody.post("/parcels/", {**numbers, "act": "rate", **MARKS}).status_code == 422
    answer = anybody.post("/parcels/", {**numbers, "act": "report", "kind": "damaged", "text": "外箱破损，内件碎了"})
    incident = Incident.objects.get()
    assert incident.code in answer.content.decode()
    assert incident.number in anybody.post("/parcels/follow/", {"code": incident.code}).content.decode()
    merchant = signed_in(cast, "merchant")
    assert merchant.post("/merchant/parcels/", {"waybill_no": WAYBILL, "act": "rate", **MARKS}).status_code == 302
    assert MerchantRating.objects.count() == 1


def test_the_api_shows_an_officer_the_chain():
    cast = people.town()
    answer = signed_in(cast, "officer").get(f"/api/v1/shipments/{WAYBILL}?order_no={ORDER}")
    said = json.loads(answer.content)
    assert [one["outlet"] for one in said["chain"]] == ["N101", "N205"] and said["last_holder"] == "N205"
    assert signed_in(cast, "officer").get(f"/api/v1/shipments/{WAYBILL}?order_no=T9").status_code == 404
    assert signed_in(cast, "courier").get(f"/api/v1/shipments/{WAYBILL}?order_no={ORDER}").status_code == 403
