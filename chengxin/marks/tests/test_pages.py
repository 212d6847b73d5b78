"""What everybody's pages and files say: the warning on another host, the badge, keys, lists; and the demo."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from chengxin.marks import actions, demo
from chengxin.marks.models import ImitationReport, Mark, PermitLink
from chengxin.marks.tests import people
from chengxin.marks.verify_mark import Question, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cast():
    return people.town()


@pytest.fixture
def mark(cast, monkeypatch):
    return people.issued(cast, monkeypatch)


def got(path, **headers):
    answer = Client(headers=headers).get(path)
    assert answer.status_code == 200, answer.content
    return answer


@pytest.mark.parametrize("page", ["", "badge.svg"])
def test_whoever_comes_from_another_host_is_warned(mark, page):
    path, english = f"{mark.public_page}{page}", {"Accept-Language": "en"}
    for own in (f"https://{people.HOST}/shop", "", "http://testserver/marks/"):
        assert "evil.example" not in got(path, Referer=own, **english).content.decode()
    assert "evil.example" in got(path, Referer="https://evil.example/", **english).content.decode()
    assert f"www.{people.HOST}" in got(path, Referer=f"https://www.{people.HOST}/", **english).content.decode()


def test_the_badge_turns_stale_by_itself_and_runs_no_script(cast, mark):
    drawn = got(f"{mark.public_page}badge.svg")
    text = drawn.content.decode()
    assert 'begin="600s"' in text
    assert "<script" not in text
    assert "身份已核验" in text
    assert not drawn.cookies
    actions.revoke(cast.officer, mark.serial, "网站转让他人")
    assert "标识已撤销" in got(f"{mark.public_page}badge.svg").content.decode()


def test_what_programs_need_is_there(mark):
    key = json.loads(got("/.well-known/jwt-vc-issuer").content)["jwks"]["keys"][0]
    token = got("/marks/status/0").content.decode()
    plain = got(f"{mark.public_page}statement.jwt?nonce=n1").content.decode()
    whole = got(f"{mark.public_page}mark.txt").content.decode()
    at = mark.issued_at.timestamp() + 5
    for text, nonce in ((plain, "n1"), (whole, "")):
        found = verdict(text, Question(people.HOST, at, status=token, nonce=nonce))
        assert (found.code, found.claims["serial"]) == ("good", mark.serial)
        assert found.key[:16] == key["kid"]
    assert json.loads(got("/marks/revoked.json").content) == {"marks": []}
    assert got("/marks/verify_mark.py").content.startswith(b"#!/usr/bin/env python3")
    assert Client().get("/marks/status/7").status_code == 404


def test_the_api_checks_a_mark_and_a_link(mark):
    ask = {"mark": mark.credential, "host": people.HOST}
    answers = [Client().post("/api/v1/marks/check", {**ask, **one}, "application/json").json() for one in ({}, {"host": "evil.example"})]
    assert [one["code"] for one in answers] == ["good", "host"]
    assert Client().get("/api/v1/marks/lookup", {"q": f"https://{people.HOST}/"}).json()["verdict"] == "registered"
    assert Client().get(f"/api/v1/marks/{mark.serial}").json()["standing"] == "good"


def test_the_demo_is_made_once(cast):
    for _ in range(2):
        demo.fill([cast.merchant, cast.stranger], cast.officer)
    assert [model.objects.count() for model in (Mark, ImitationReport, PermitLink)] == [2, 2, 1]
