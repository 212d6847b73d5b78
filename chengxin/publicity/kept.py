"""Public answers kept ready: the same page for the same question, until anything that may be public changes, and never past its day.

A public page is made of some twenty questions to the register. Many people ask for the same shop on the same day, so the answer is kept
in the web process's memory with the mark (`touched.mark`) that held before it was made. A change of any table such an answer reads sets
another mark within the change's own transaction: what is repaired, withdrawn or held is gone with the next request, not some time later.
Only answers to people who carry no session are kept, and only those that set no cookie.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie

from chengxin.kernel import clock
from chengxin.publicity import touched

PATHS = re.compile(r"^(/|/search/|/subject/[^/]+/|/api/v1/public/subjects(/[^/]+)?)$")
LONGEST = 60.0  # seconds; bounds what depends on the time of day alone
MOST_BYTES = 64 * 2**20  # of one process; the answer longest unasked goes first
LARGEST = 2**18  # a longer answer is not kept

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """An answer as it was sent first, with the mark it was made under and until when (steady clock) it may be sent again."""

    status: str
    headers: Headers
    body: bytes
    mark: tuple[Any, ...]
    until: float


class Kept:
    """A WSGI application around another."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.answers: OrderedDict[Key, Answer] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        key = key_of(environ)
        mark = mark_now() if key else None
        if key is None or mark is None:
            return self.app(environ, start)
        found = self.answers.get(key)
        if found and found.mark == mark and found.until > time.monotonic():
            self._used(key)
            start(found.status, list(found.headers))
            return [found.body]
        return self._made(key, mark, environ, start)

    def _made(self, key: Key, mark: tuple[Any, ...], environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []

        def heard(status: str, headers: Headers, *rest: Any) -> Any:
            said.append((status, headers))
            return start(status, headers, *rest)

        answer = self.app(environ, heard)
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()
        status, headers = said[-1]
        if status.startswith("200") and len(body) <= LARGEST and not any(name.lower() == "set-cookie" for name, _ in headers):
            self._keep(key, Answer(status, list(headers), body, mark, time.monotonic() + LONGEST))
        return [body]

    def _keep(self, key: Key, answer: Answer) -> None:
        with self.lock:
            old = self.answers.pop(key, None)
            self.answers[key] = answer
            self.bytes += len(answer.body) - (len(old.body) if old else 0)
            while self.bytes > MOST_BYTES:
                _, dropped = self.answers.popitem(last=False)
                self.bytes -= len(dropped.body)

    def _used(self, key: Key) -> None:
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)


def key_of(environ: Environ) -> Key | None:
    """What an answer depends on besides the register; None for a question whose answer is not kept."""
    if environ["REQUEST_METHOD"] != "GET" or not PATHS.match(environ.get("PATH_INFO", "")) or "HTTP_AUTHORIZATION" in environ:
        return None
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    if settings.SESSION_COOKIE_NAME in cookies:
        return None
    names: tuple[str, ...] = ("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT")
    if settings.SECURE_SSL_REDIRECT:  # what the city's proxy was answered is not for a stranger who says that he came by TLS (web.edge)
        names += ("REMOTE_ADDR",)
    return (*(str(environ.get(name, "")) for name in names), cookies.get(settings.LANGUAGE_COOKIE_NAME, ""))


def mark_now() -> tuple[Any, ...] | None:
    """The mark of this moment: the last change and the city's day; None while the database does not answer."""
    try:
        return (*touched.mark(), clock.today())
    except DatabaseError:
        return None
