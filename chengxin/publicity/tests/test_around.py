"""Search by code, the subject's page whole, the badge and the window, watching, evidence, what stood on a day, the desk."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest

from chengxin.audit import verify
from chengxin.kernel import clock
from chengxin.products import actions as products
from chengxin.publicity import editions, watching
from chengxin.publicity.models import Edition, Review, Watch
from chengxin.records import actions as credit
from chengxin.records.tests import people
from chengxin.subjects import names
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db
GTIN = "09520000002220"


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def cast():
    return people.town()


@pytest.fixture
def shop():
    made = town.shop(1, "云岭山货铺", town.platform())
    names.index_all()
    return made


def withdraw(cast, record):
    made = credit.propose_withdrawal(cast.officer, record.pk, "决定已撤销", "示市监撤〔2026〕1号")
    credit.confirm(cast.reviewer, made.pk)


@pytest.mark.parametrize("text", [GTIN, GTIN[1:], f"https://id.gs1.org/01/{GTIN}/10/L1", f"/01/{GTIN}"])
def test_a_code_on_goods_leads_to_the_life_line(client, cast, text):
    products.register(cast.merchant, cast.subject.pk, {"gtin": GTIN, "name": "示例木耳", "category": "AGRI"})
    assert client.get("/search/", {"q": text}).url.startswith(f"/life/01/{GTIN}")


def test_a_code_that_nobody_registered_is_looked_for_as_a_name(client, cast):
    assert client.get("/search/", {"q": GTIN}).status_code == 200


def test_the_badge_and_the_window_may_be_framed_and_set_no_cookie(client, shop):
    for address in (f"/badge/{shop.pk}/", f"/badge/{shop.pk}/badge.svg", "/window/?q=云岭", "/badge/badge.js"):
        answer = client.get(address)
        assert answer.status_code == 200 and not answer.cookies and "X-Frame-Options" not in answer.headers, address
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert shop.subject.name in client.get("/window/?q=云岭").content.decode()
    closed = client.get(f"/subject/{shop.subject_id}/")
    assert closed.headers["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]


def test_the_badge_says_when_it_was_made_and_when_to_look_again(client, shop):
    picture = client.get(f"/badge/{shop.pk}/badge.svg").content.decode()
    assert "身份有效" in picture or "身份核验有效" in picture or "有效" in picture
    assert clock.now().astimezone(clock.CITY).strftime("%m-%d") in picture and 'begin="43200s"' in picture
    shop.displayed = False
    shop.save()
    assert "#8a5a00" in client.get(f"/badge/{shop.pk}/badge.svg").content.decode()


def test_the_public_page_of_a_day_does_not_say_again_what_has_come_down(client, cast):
    record, other = people.put(cast), people.put(cast, document_number="示市监处罚〔2026〕77号")
    withdraw(cast, record)
    today = clock.today().isoformat()
    with clock.set_to(clock.now() + timedelta(days=1)):
        page = client.get(f"/subject/{cast.subject.pk}/on/", {"day": today}).content.decode()
        assert record.document_number not in page and other.document_number in page
    assert client.get(f"/subject/{cast.subject.pk}/on/", {"day": "2999-01-01"}).status_code == 422


def test_officers_read_what_stood_on_a_day_before_it_came_down(client, cast):
    record = people.put(cast)
    today = clock.today()
    with clock.set_to(clock.now() + timedelta(days=1)):
        withdraw(cast, record)
        client.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
        address = f"/officer/publicity/shown/{cast.subject.pk}/"
        assert record.document_number in client.get(address, {"day": today.isoformat()}).content.decode()
        assert record.document_number not in client.get(f"/subject/{cast.subject.pk}/on/", {"day": today.isoformat()}).content.decode()


def test_who_watches_reads_what_came_and_of_what_went_only_that_it_went(client, cast):
    editions.publish()
    address = client.post(f"/subject/{cast.subject.pk}/watch/").url
    record = people.put(cast)
    editions.publish()
    assert record.number in client.get(address).content.decode() and record.number in client.get(address + "feed.atom").content.decode()
    withdraw(cast, record)
    made = editions.clear()
    assert made.outcome == "out", made.faults
    page, feed = client.get(address).content.decode(), client.get(address + "feed.atom").content.decode()
    assert record.number not in page + feed and "不再公示" in page
    assert client.get("/watch/nobody-knows/").status_code == 404
    client.post(address)
    assert not Watch.objects.exists() and client.get(address).status_code == 404


def test_of_a_watch_only_the_hash_of_the_code_is_kept(cast):
    code = watching.begin(cast.subject)
    assert code not in json.dumps([list(row) for row in Watch.objects.values_list()], default=str)


def test_the_evidence_is_verified_without_us(client, cast, tmp_path):
    record = people.put(cast)
    pack = zipfile.ZipFile(io.BytesIO(client.get(f"/subject/{cast.subject.pk}/evidence.zip").content))
    assert json.loads(pack.read("facts.json"))["records"][0]["number"] == record.number
    (tmp_path / "leaf.json").write_bytes(pack.read(f"proofs/{record.number}.json"))
    assert verify.verify_file(tmp_path / "leaf.json").good
    assert "chengxin verify" in pack.read("README.txt").decode()


def test_the_desk_holds_an_item_and_another_person_releases_it(client, cast):
    record = people.put(cast)
    editions.publish()
    client.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    held = client.post("/officer/publicity/", {"dataset": "records", "key": record.number, "reason": "疑涉商业秘密"})
    client.post(held.url, {"take": "1"})
    assert client.get("/data/files/records.csv").status_code == 503
    assert client.post(held.url, {"decision": "release", "reason": "可以公示"}).status_code == 422
    assert record.number not in client.get(f"/api/v1/public/subjects/{cast.subject.pk}").content.decode()
    client.force_login(cast.users["head"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(held.url, {"decision": "release", "reason": "可以公示"}).status_code == 302
    assert record.number in client.get(f"/api/v1/public/subjects/{cast.subject.pk}").content.decode()
    client.force_login(cast.users["elsewhere"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(held.url).status_code == 404
    assert client.post("/officer/publicity/", {"dataset": "records", "key": record.number, "reason": "不是本部门的"}).status_code == 422
    assert Review.objects.get().state == "PUBLISHED"


def test_the_desk_says_why_an_edition_was_stopped(client, cast):
    from chengxin.audit import rows

    made = Edition(number="KF1", day=clock.today(), outcome="stopped", made_by="system:test", made_at=clock.now())
    made.faults = [{"dataset": "records", "check": "uscc", "rows": 1, "keys": ["JL1"]}]
    rows.put(made, "publicity.edition.stopped", actor="system:test", object="publicity.edition:KF1", data={})
    client.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/officer/publicity/").content.decode()
    assert "统一社会信用代码校验不通过" in page and "JL1" in page
    assert client.get("/data/").status_code == 200 and client.get("/data/manifest.json").status_code == 404
