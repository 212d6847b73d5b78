"""The public answer about a subject of whom only register facts are public, drawn once for all that are shaped alike.

Most subjects of a register have a name, a code, a shop or two and nothing else. For these the served application draws the answer once
with blanks (`publicity.blanks`): an outline. The next such subject costs two or three short questions to the register and the filling in.
What an answer says and how it looks stays with views, templates and schemas alone. An outline hangs on all that may alter an answer
besides the values: the card's shape, the reader's language, the host, the day. Nothing read from the register is kept, so nothing ages.
"""

from __future__ import annotations

import html
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

from django.db import DatabaseError

from chengxin.kernel import clock
from chengxin.publicity import bare, blanks
from chengxin.publicity.kept import Environ, Headers, Key, key_of
from chengxin.subjects.queries.card import PublicCard

DRAWN = "chengxin.publicity.drawn"  # in the environment of a request that draws an outline: the card to draw
ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PATH = re.compile(f"^(?P<before>/subject/(?=[^/]+/$)|/api/v1/public/subjects/(?=[^/]+$))(?P<id>{ID})(?P<after>/?)$")
MOST = 512  # outlines of one process, some 15 kB each
LONGEST = 8  # licences and shops; a longer card is of a shape that few share

App = Callable[..., Iterable[bytes]]
Write = Callable[[Any], str]


@dataclass(frozen=True)
class Outline:
    """Pieces of an answer; each hole (piece, value, how it is written there) is filled with a value of the card."""

    headers: Headers
    pieces: list[bytes]
    holes: list[tuple[int, int, Write]]

    def filled(self, values: list[Any]) -> bytes:
        """The answer about one subject."""
        pieces = self.pieces.copy()
        for place, number, write in self.holes:
            pieces[place] = write(values[number]).encode()
        return b"".join(pieces)


class Quick:
    """A WSGI application: bare subjects by outlines that `app` drew, all other questions by `other`."""

    def __init__(self, app: App, other: App) -> None:
        self.app, self.other = app, other
        self.outlines: OrderedDict[tuple[Any, ...], Outline] = OrderedDict()
        self.lock = Lock()

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        asked = PATH.match(environ.get("PATH_INFO", ""))
        key = key_of(environ) if asked and not environ.get("QUERY_STRING") else None
        card = _card(asked["id"]) if asked and key else None
        outline = self._outline(environ, asked, key, card) if asked and key and card else None
        if card is None or outline is None:
            return self.other(environ, start)
        body = outline.filled(blanks.values(card))
        start("200 OK", [*outline.headers, ("Content-Length", str(len(body)))])
        return [body]

    def _outline(self, environ: Environ, asked: re.Match[str], key: Key, card: PublicCard) -> Outline | None:
        """The outline for a card, drawn when it is the first of its shape. `key` begins with path and query."""
        place = (asked["before"], *key[2:], clock.today(), blanks.shape(card))
        with self.lock:
            found = self.outlines.get(place)
            if found:
                self.outlines.move_to_end(place)
                return found
        blank = blanks.blank(card)
        found = drawn(self.app, environ | {"PATH_INFO": f"{asked['before']}{blank.id}{asked['after']}", DRAWN: blank}, blank)
        if found:
            with self.lock:
                self.outlines[place] = found
                while len(self.outlines) > MOST:
                    self.outlines.popitem(last=False)
        return found


def _card(id: str) -> PublicCard | None:
    try:
        card = bare.card(UUID(id))
    except DatabaseError:
        return None
    return card if card and len(card.shops) + len(card.licences) <= LONGEST else None


def drawn(app: App, environ: Environ, card: PublicCard) -> Outline | None:
    """The outline of an answer about a card with blanks; None for an answer that is no plain page or sets a cookie."""
    said: list[tuple[str, Headers]] = []
    answer = app(environ, lambda status, headers, *_: said.append((status, headers)))
    body = b"".join(answer).decode()
    getattr(answer, "close", lambda: None)()
    status, headers = said[-1]
    if not status.startswith("200") or any(name.lower() == "set-cookie" for name, _ in headers):
        return None
    return _cut(body, [one for one in headers if one[0].lower() != "content-length"], card)


def _cut(body: str, headers: Headers, card: PublicCard) -> Outline:
    as_json = any("json" in value for name, value in headers if name.lower() == "content-type")
    ways = {text: hole for number, value in enumerate(blanks.values(card)) if value for text, hole in _written(value, number, as_json)}
    cut = re.split("(" + "|".join(map(re.escape, ways)) + ")", body)
    holes = [(place, *ways[text]) for place, text in enumerate(cut) if place % 2]
    return Outline(headers, [piece.encode() for piece in cut], holes)


def _written(value: Any, number: int, as_json: bool) -> Iterable[tuple[str, tuple[int, Write]]]:
    """How a blank may stand in an answer, and how its value is written in the same way."""
    if not isinstance(value, str) or len(value) > 1:
        return [(str(value), (number, str))]
    if as_json:
        return [(value, (number, _in_json)), (json.dumps(value)[1:-1], (number, _in_ascii_json))]
    return [(value, (number, html.escape)), (quote_plus(value), (number, quote_plus))]


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_ascii_json(value: str) -> str:
    return json.dumps(value)[1:-1]
