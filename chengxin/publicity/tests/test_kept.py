"""A kept public answer is sent again while nothing changed, and never once anything did."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory

from chengxin.kernel import clock
from chengxin.publicity import kept, touched
from chengxin.publicity.kept import Kept
from chengxin.publicity.models import Touch
from chengxin.publicity.tests.conftest import Counted
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject() -> Subject:
    owner = samples.shop(samples.platform(), samples.row()).subject
    assert owner is not None
    return owner


def ask(app: Kept, path: str, **headers: str) -> str:
    told: list[str] = []
    environ = RequestFactory().get(path, **headers).environ | {"wsgi.input": io.BytesIO()}
    body = b"".join(app(environ, lambda status, _headers, *_rest: told.append(status)))
    assert told == ["200 OK"]
    return body.decode()


@pytest.mark.parametrize("path", ["/subject/{}/", "/api/v1/public/subjects/{}"])
def test_an_answer_is_made_once_until_the_subject_changes(served: Counted, subject: Subject, path: str) -> None:
    app, path = Kept(served), path.format(subject.pk)
    first = ask(app, path)
    assert ask(app, path) == first and served.asked == 1
    Subject.objects.filter(pk=subject.pk).update(name="Nanshan Hundred Goods")
    assert "Nanshan Hundred" not in first and "Nanshan Hundred" in ask(app, path) and served.asked == 2


def test_the_twin_without_the_triggers_the_old_answer_is_sent(served: Counted, subject: Subject) -> None:
    app, path = Kept(served), f"/subject/{subject.pk}/"
    with connection.cursor() as cursor:
        touched.leave(cursor.execute, connection.vendor)
    ask(app, path)
    Subject.objects.filter(pk=subject.pk).update(name="Nanshan Hundred Goods")
    assert "Nanshan Hundred" not in ask(app, path)


def test_the_next_day_it_is_made_again(served: Counted, subject: Subject) -> None:
    app, path = Kept(served), f"/subject/{subject.pk}/"
    with clock.set_to(datetime(2026, 11, 24, 23, 59, tzinfo=clock.CITY)):
        ask(app, path)
    with clock.set_to(datetime(2026, 11, 25, 0, 0, tzinfo=clock.CITY)):
        ask(app, path)
    assert served.asked == 2


def test_each_language_and_host_has_its_own(served: Counted, subject: Subject) -> None:
    app, path = Kept(served), f"/subject/{subject.pk}/"
    chinese = ask(app, path)
    english = ask(app, path, HTTP_COOKIE="django_language=en")
    assert chinese != english and 'lang="en"' in english
    assert ask(app, path, HTTP_COOKIE="django_language=en") == english and served.asked == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"REQUEST_METHOD": "POST"},
        {"PATH_INFO": "/officer/publicity/"},
    ],
)
def test_nothing_is_kept_of_somebody_known_or_of_another_page(asked: dict[str, str]) -> None:
    plain = {"REQUEST_METHOD": "GET", "PATH_INFO": "/subject/x/"}
    assert kept.key_of(plain) is not None and kept.key_of(plain | asked) is None


def test_what_a_proxy_was_answered_is_not_sent_to_whoever_says_that_he_is_one(served: Counted, subject: Subject, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.PROXIES = True, ["10.0.0.7"]
    served.app = get_wsgi_application()  # the redirect is read when it is made
    app, path, by_tls = Kept(served), f"/subject/{subject.pk}/", {"HTTP_X_FORWARDED_PROTO": "https"}
    first = ask(app, path, REMOTE_ADDR="10.0.0.7", **by_tls)
    assert ask(app, path, REMOTE_ADDR="10.0.0.7", **by_tls) == first and served.asked == 1
    with pytest.raises(AssertionError, match="301"):
        ask(app, path, REMOTE_ADDR="192.0.2.1", **by_tls)


def test_an_answer_that_sets_a_cookie_is_not_kept() -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Set-Cookie", "a=b")])
        return [b""]

    around = Kept(app)
    ask(around, "/")
    assert not around.answers


def test_memory_stays_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"x" * 1000]

    monkeypatch.setattr(kept, "MOST_BYTES", 3500)
    around = Kept(app)
    for number in range(10):
        ask(around, f"/search/?q={number}")
    assert len(around.answers) == 3 and around.bytes == 3000
    assert next(iter(around.answers))[1] == "q=7"


def test_every_watched_table_has_its_triggers() -> None:
    source = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else "SELECT tgname FROM pg_trigger"
    with connection.cursor() as cursor:
        cursor.execute(source)
        present = {name for (name,) in cursor.fetchall()}
    wanted = {name for table in touched.TABLES for name in touched.names(table, connection.vendor)}
    assert not wanted - present, "a migration that makes a table anew must call touched.watch again"


def test_old_marks_are_forgotten_and_the_mark_stays_new() -> None:
    for _ in range(3):
        Touch.objects.create()
    last = touched.mark()[0]
    touched.forget()
    assert Touch.objects.count() == 1 and touched.mark()[0] == last
    with clock.set_to(clock.now() + timedelta(days=1)):
        Touch.objects.create()
    assert touched.mark()[0] > last
