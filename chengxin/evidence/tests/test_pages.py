"""Pages of evidence: what is shown, what a frame may do, and that a form's errors are said and not thrown."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.documents.tests.people import Desk, desk
from chengxin.evidence.models import Exhibit
from chengxin.evidence.tests.captured import capture

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page

PURPOSE = {"X-Purpose": "test"}


@pytest.fixture
def cast(db, settings) -> Desk:
    settings.SECOND_FACTOR = False
    return desk()


@pytest.fixture
def officer(cast) -> Client:
    browser = Client(headers=PURPOSE)
    browser.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_a_replayed_page_can_do_nothing(cast, officer):
    one = capture(cast.officer, cast.matter, "SAMR")
    outer, inner = officer.get(f"{one.page_url}replay/"), officer.get(f"{one.page_url}replay/page/")
    assert '<iframe class="replay" sandbox src=' in outer.content.decode()
    said = inner.headers["Content-Security-Policy"]
    assert "default-src 'none'" in said
    assert "sandbox" in said
    assert "script-src" not in said
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "今日58元" in inner.content.decode()
    assert "#b00020" in inner.content.decode()


def test_a_file_of_another_kind_is_refused_on_the_form(cast, officer):
    page = f"/officer/papers/evidence/of/{cast.matter}/"
    given = {"upload": "1", "title": "截图", "kind": "4", "source": "手机", "department": "SAMR"}
    answer = officer.post(page, {**given, "file": SimpleUploadedFile("a.png", b"MZ\0\0", "image/png")})
    assert (answer.status_code, Exhibit.objects.count()) == (422, 0)
    assert "image/png" in answer.content.decode()
    answer = officer.post(page, {**given, "file": SimpleUploadedFile("a.txt", "聊天".encode(), "text/plain")})
    assert (answer.status_code, Exhibit.objects.get().content_type) == (302, "text/plain")


def test_an_inner_address_is_refused_on_the_form(cast, officer):
    answer = officer.post(f"/officer/papers/evidence/of/{cast.matter}/", {"capture": "1", "url": "http://127.0.0.1/", "department": "SAMR"})
    assert answer.status_code == 422
    assert "内部网络" in answer.content.decode()


def test_the_check_of_every_byte_says_so(cast, officer):
    one = capture(cast.officer, cast.matter, "SAMR")
    assert "notice-success" in officer.post(one.page_url, {"check": "1"}).content.decode()
    assert officer.get(f"{one.page_url}extraction/").status_code == 200
    answer = officer.post(one.page_url, {"hand_over": "1", "to": cast.users["reviewer"].pk, "reason": "送审"})
    assert answer.status_code == 302
    assert "李青" in officer.get(one.page_url).content.decode()
