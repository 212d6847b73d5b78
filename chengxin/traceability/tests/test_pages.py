"""The officer's search and timeline, whose names are whose, the upload page, and the demo's chains."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from chengxin.accounts import beginning, clients
from chengxin.accounts.actions import NOWHERE, Scope, load_departments
from chengxin.accounts.actor import of_client
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples as invented
from chengxin.traceability import actions, demo, queries, subscribing
from chengxin.traceability.models import Subscription, TraceEvent
from chengxin.traceability.tests.people import CONTEXT, FUNGUS, document, officer, platform, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser_of(db, settings):
    settings.SECOND_FACTOR = False
    load_departments()

    def made(role, name="trace", **scope):
        user = User.objects.create_user(f"{role}-{name}", "word-of-a-test", display_name="王立")
        beginning.install_grant(user, role, Scope(**scope) if scope else NOWHERE)
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return made


def test_an_officer_finds_a_lot_and_reads_its_timeline(browser_of):
    event = seen(**{"ex:grade": "A", "quantityList": [{"epcClass": FUNGUS, "quantity": 3}, {"epcClass": "urn:x:=other"}]})
    actions.capture([event], platform(), context=CONTEXT)
    actions.capture([{**event, "errorDeclaration": {"declarationTime": "2026-09-03T00:00:00Z"}}], platform(), context=CONTEXT)
    browser = browser_of("officer", department="SAMR")
    for query in ({"code": "9521234000105"}, {"code": "urn:epc:class:lgtin:9521234.000010.HE260901"}, {"lot": "HE260901"},
                  {"place": "https://id.gs1.org/414/9521234100003"}, {"since": "2026-09-01", "until": "2026-09-01"}):  # fmt: skip
        assert "(10)HE260901" in browser.get("/officer/traceability/", query).content.decode(), query
    for query in ({"code": "9521234000204"}, {"lot": "X"}, {"since": "2026-09-02"}, {"until": "2026-08-31"}):
        assert "(10)HE260901" not in browser.get("/officer/traceability/", query).content.decode(), query
    page = browser.get("/officer/traceability/item/", {"key": FUNGUS}).content.decode()
    assert "已声明有误" in page and "后来被声明有误" in page and "urn:x:=other" in page
    given = {"key": FUNGUS, "export": "jsonld"}
    exported = json.loads(browser.get("/officer/traceability/item/", given).content)
    assert exported["@context"] == CONTEXT and exported["epcisBody"]["eventList"][0] == event
    assert b"<epcis:EPCISDocument" in browser.get("/officer/traceability/item/", {**given, "export": "xml"}).content
    assert len(browser.get("/officer/traceability/item/", {**given, "export": "csv"}).content.splitlines()) == 3
    assert "没有该产品" in browser.get("/officer/traceability/item/", {"key": "urn:x:none"}).content.decode()


def test_an_officer_enters_whose_a_party_is(browser_of):
    browser = browser_of("officer", department="SAMR")
    given = {"kind": "platform", "code": "mall-a", "uri": "urn:epc:id:pgln:9521234.00001"}
    assert browser.post("/officer/traceability/names/", given).status_code == 302
    assert "https://id.gs1.org/417/9521234000013" in browser.get("/officer/traceability/names/").content.decode()
    assert browser.post("/officer/traceability/names/", {**given, "code": "mall-b"}).status_code == 422
    assert browser.post("/officer/traceability/names/", {**given, "uri": "9521234"}).status_code == 422


def test_a_platform_hands_in_a_document_and_reads_what_is_not_right(browser_of):
    browser = browser_of("platform_staff", platform="mall-a")

    def handed(said, behaviour):
        file = SimpleUploadedFile("events.jsonld", json.dumps(said).encode())
        return browser.post("/traceability/upload/", {"file": file, "behaviour": behaviour}, follow=True).content.decode()

    assert "入库 1 个" in handed(document(seen()), "rollback")
    page = handed(document(seen(eventID="urn:x:2"), seen(eventID="urn:x:3", action="SEEN")), "proceed")
    assert "action:" in page and "<td>2</td>" in page
    assert "整个文件" in handed({"type": "EPCISDocument"}, "rollback")
    assert TraceEvent.objects.count() == 2


def test_the_demo_shows_chains_that_hold_and_is_made_once():
    made = {"created_at": clock.now(), "created_by": "system:test", "updated_at": clock.now()}
    names = ("北陵木耳合作社", "示例包装厂")
    farm, packer = (
        Subject.objects.create(kind="1", name=name, uscc=invented.uscc(place, "91"), **made) for place, name in enumerate(names)
    )
    for _ in range(2):
        demo.fill(farm, packer, "mall-a", officer())
    assert TraceEvent.objects.count() == 3 * 10 + 2
    assert list(queries.check_stored()) == []


def test_a_platform_pauses_resumes_and_deletes_its_subscriptions(browser_of, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = clients.create_client("mall-a", "追溯程序", ["trace:write", "trace:read"], by=beginning.INSTALLER).client
    machine = of_client(client, frozenset())
    query = actions.keep_query(machine, "shipped", {"EQ_bizStep": ["shipping"]})
    said = b'{"dest": "https://93.184.216.34/events", "signatureToken": "a secret", "schedule": {"hour": "1", "minute": "5"}}'
    one = subscribing.subscribe(machine, query, subscribing.read(said, ""))
    browser, address = browser_of("platform_staff", platform="mall-a"), "/traceability/subscriptions/"
    assert address in browser.get("/traceability/upload/").content.decode()
    page = browser.get(address).content.decode()
    assert all(text in page for text in ("shipped", "https://93.184.216.34/events", "推送中", "时 1, 分 5", "追溯程序", "尚未送达"))
    assert "a secret" not in page
    browser.post(address, {"number": one.number, "act": "pause"})
    assert "已暂停" in browser.get(address).content.decode()
    browser.post(address, {"number": one.number, "act": "resume"})
    with transaction.atomic():
        subscribing.break_off(Subscription.objects.get(), "receiver")
    assert "期间的事件不会丢失" in browser.get(address).content.decode()
    stranger = browser_of("platform_staff", name="other", platform="mall-b")
    assert "shipped" not in stranger.get(address).content.decode()
    assert stranger.post(address, {"number": one.number, "act": "delete"}).status_code == 404
    browser.post(address, {"number": one.number, "act": "resume"})
    assert Subscription.objects.get().state == "ACTIVE"
    clients.retire_client(client, by=beginning.INSTALLER, why="a test")
    browser.post(address, {"number": one.number, "act": "pause"})
    assert "trace:read" in browser.post(address, {"number": one.number, "act": "resume"}, follow=True).content.decode()
    browser.post(address, {"number": one.number, "act": "delete"})
    assert not Subscription.objects.exists() and "没有订阅" in browser.get(address).content.decode()
