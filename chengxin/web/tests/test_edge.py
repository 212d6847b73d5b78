from __future__ import annotations

import io
import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from chengxin.web import edge
from chengxin.web.logs import JsonLine

pytestmark = pytest.mark.one_database


@pytest.fixture
def seen(settings):
    """What a view would see of a caller."""
    settings.PROXIES = ["10.0.0.0/24", "::1"]

    def ask(address: str, **told: str):
        kept = {}

        def view(request):
            kept.update(
                address=request.META["REMOTE_ADDR"], secure=request.is_secure(), left=[n for n in edge.TOLD_BY_PROXIES if n in request.META]
            )
            return HttpResponse()

        edge.ProxyMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR=address, **told))
        return kept

    return ask


def test_the_citys_proxy_is_believed(seen):
    assert seen("10.0.0.7", HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_FORWARDED_PROTO="https") == {
        "address": "203.0.113.9", "secure": True, "left": [],
    }  # fmt: skip


def test_a_visitor_who_writes_the_header_is_not_believed(seen):
    told = seen("203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.1", HTTP_X_FORWARDED_PROTO="https", HTTP_X_REAL_IP="198.51.100.1")
    assert told == {"address": "203.0.113.9", "secure": False, "left": []}


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was written by the visitor
        ("198.51.100.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
        ("10.0.0.9", "10.0.0.9"),
        ("unknown", "10.0.0.7"),
        ("", "10.0.0.7"),
        ("2001:db8::5", "2001:db8::5"),
    ],
)
def test_the_last_address_that_is_no_proxy_counts(seen, forwarded, address):
    assert seen("10.0.0.7", HTTP_X_FORWARDED_FOR=forwarded)["address"] == address


def test_the_twin_who_trusts_everybody_believes_the_visitor(seen, settings):
    settings.PROXIES = ["0.0.0.0/0"]
    assert seen("203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.1")["address"] == "198.51.100.1"


@pytest.fixture
def over_tls(settings):
    settings.SECURE_SSL_REDIRECT, settings.PROXIES, settings.ALLOWED_HOSTS = True, ["10.0.0.7"], ["testserver"]
    return settings


def test_a_machine_that_speaks_in_clear_is_refused_and_a_person_is_led_to_tls(client, over_tls):
    for path in ("/api/v1/openapi.json", "/oauth/token/"):
        answer = client.get(path)
        assert answer.status_code == 403 and answer.json()["code"] == "in_the_clear"
    assert client.get("/about/")["Location"] == "https://testserver/about/"


@pytest.mark.django_db
def test_behind_the_proxy_a_page_is_shown_and_not_redirected_for_ever(over_tls):
    behind = Client(REMOTE_ADDR="10.0.0.7", HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_FORWARDED_PROTO="https")
    assert behind.get("/about/").status_code == 200 and behind.get("/api/v1/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("told", "kept"),
    [({}, None), ({"HTTP_AUTHORIZATION": "Bearer x"}, "no-store"), ({"HTTP_COOKIE": "sessionid=x"}, "no-store")],
)
def test_what_is_answered_to_somebody_known_is_kept_by_nobody(told, kept):
    request = RequestFactory().get("/", **told)
    request.resolver_match = None
    assert edge.AnswerMiddleware(lambda request: HttpResponse())(request).headers.get("Cache-Control") == kept


def test_an_answer_that_begins_a_session_is_kept_by_nobody():
    def view(request):
        answer = HttpResponse()
        answer.set_cookie("sessionid", "x")
        return answer

    request = RequestFactory().get("/")
    request.resolver_match = None
    assert edge.AnswerMiddleware(view)(request).headers["Cache-Control"] == "no-store"


def line_of(log_call) -> str:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonLine())
    log = logging.Logger("chengxin.access")
    log.addHandler(handler)
    log_call(log)
    return told.getvalue()


def test_a_line_break_in_what_was_typed_begins_no_line_of_its_own():
    typed = 'x\n{"time":"2026","event":"signed in as admin"}\r\u2028'
    told = line_of(lambda log: log.warning("access.denied path=%s", typed))
    assert told.count("\n") == 1 and "\r" not in told
    said = json.loads(told)
    assert said["event"] == f"access.denied path={typed}" and said["level"] == "WARNING" and said["logger"] == "chengxin.access"
    assert said["time"].endswith("+00:00")


def test_the_twin_an_ordinary_formatter_lets_it_begin_one():
    told = logging.Formatter("%(message)s").format(logging.LogRecord("x", logging.INFO, "", 0, "path=%s", ("a\nb",), None))
    assert "\n" in told


def test_an_exception_is_told_with_its_trace_in_one_line():
    def fail(log):
        try:
            raise ValueError("broken")
        except ValueError:
            log.exception("job failed")

    told = line_of(fail)
    assert told.count("\n") == 1 and "ValueError: broken" in json.loads(told)["trace"]
