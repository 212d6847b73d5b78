"""Reads a capture back, in the jail: what is in it, and the page as it looked, without scripts and without the network.

The page is written anew from a short list of tags and attributes; what slips through still meets the frame's policy, which fetches nothing.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from warcio.archiveiterator import ArchiveIterator

from chengxin.evidence.fetching import CSS_URL, text_of

SAID_LETTERS = 200_000
REPLAY_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """One recorded answer."""

    url: str
    status: int
    content_type: str
    location: str
    body: bytes

    @property
    def kind(self) -> str:
        return self.content_type.split(";")[0].strip().lower()


def answers(path: str) -> list[Answer]:
    """Every answer of a WARC file, in order."""
    found = []
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                head = record.http_headers
                found.append(
                    Answer(
                        url=record.rec_headers.get_header("WARC-Target-URI"),
                        status=int(head.get_statuscode()),
                        content_type=head.get_header("Content-Type") or "",
                        location=head.get_header("Location") or "",
                        body=record.raw_stream.read(),
                    )
                )
    return found


def listed(path: str) -> list[dict[str, Any]]:
    """The entry of the jail for checking: url, size and SHA-256 of each answer, to be compared with the manifest."""
    return [{"url": one.url, "size": len(one.body), "sha256": hashlib.sha256(one.body).hexdigest()} for one in answers(path)]


def said(path: str) -> dict[str, Any]:
    """The entry of the jail for reading: the status of the page that was arrived at, and its visible words (as many as fit)."""
    found = answers(path)
    first = _arrived(found, found[0].url) if found else None
    if first is None:
        return {"status": 0, "text": ""}
    words = _Words()
    words.feed(text_of(first.body, first.content_type))
    words.close()
    return {"status": first.status, "text": " ".join(words.made)[:SAID_LETTERS]}


class _Words(HTMLParser):
    """The text of a page without its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.made.append(data.strip())


def page(path: str) -> str:
    """The entry of the jail for the replay: one HTML text with everything in it, no script, no link out. Empty when it is no web page."""
    found = answers(path)
    first = _arrived(found, found[0].url) if found else None
    if first is None or first.kind not in ("text/html", "application/xhtml+xml"):
        return ""
    replay = _Replay(found, first.url)
    replay.feed(text_of(first.body, first.content_type))
    replay.close()
    return "".join(replay.made)[:REPLAY_BYTES]


def _arrived(found: list[Answer], url: str) -> Answer | None:
    """The answer of a URL after its redirects."""
    by_url = {one.url: one for one in reversed(found)}
    for _ in range(len(found)):
        one = by_url.get(url.split("#", maxsplit=1)[0])
        if one is None or not one.location or one.status not in (301, 302, 303, 307, 308):
            return one
        url = urljoin(one.url, one.location)
    return None


DROPPED = frozenset(("script", "iframe", "frameset", "object", "applet", "portal", "template", "noscript"))
NEVER = frozenset(("base", "embed", "frame", "meta", "param"))  # these have no end tag
EMPTY = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
SHOWN = frozenset(
    """
    alt title class id width height colspan rowspan align valign lang dir style src type value placeholder checked
    bgcolor color size face border viewbox d fill stroke stroke-width stroke-linecap stroke-linejoin points cx cy r rx ry x y x1 y1 x2 y2
    transform opacity
    """.split()  # noqa: SIM905
)
PICTURES = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/svg+xml",
    "image/x-icon",
    "image/vnd.microsoft.icon",
    "image/avif",
    "image/bmp",
)


class _Replay(HTMLParser):
    """Writes a page anew with only what is shown: known attributes, pictures and style sheets from the capture."""

    def __init__(self, found: list[Answer], url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found, self.url = found, url
        self.made: list[str] = ["<!doctype html><meta charset=utf-8>"]
        self._dropping: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self._dropping.append(tag)
        if self._dropping or tag in NEVER:
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "link":
            self._sheet(given)
            return
        self._style = tag == "style"
        kept = "".join(self._attribute(name, value) for name, value in given.items() if name in SHOWN)
        self.made.append(f"<{'div' if tag == 'form' else tag}{kept}>")

    def _attribute(self, name: str, value: str) -> str:
        if name == "src":
            value = self._data(value, PICTURES)
        elif name == "style" or "url" in value.lower() or "\\" in value:
            value = self._css(value, self.url)
        return f' {name}="{html.escape(value, quote=True)}"'

    def _sheet(self, given: dict[str, str]) -> None:
        if "stylesheet" not in given.get("rel", "").lower().split():
            return
        sheet = _arrived(self.found, urljoin(self.url, given.get("href", "")))
        if sheet is not None and sheet.kind == "text/css":
            self.made.append(f"<style>{self._css(sheet.body.decode('utf-8', 'replace'), sheet.url)}</style>")

    def _css(self, text: str, base: str) -> str:
        """A style sheet with its pictures and fonts inside; what was not captured is left out, and no tag can be closed."""
        put_in = CSS_URL.sub(lambda one: f'url("{self._data(one[2] or one[3] or "", (*PICTURES, *FONTS), base)}")', text)
        return re.sub(r"</|<!", r"<\\/", put_in)

    def _data(self, url: str, kinds: tuple[str, ...], base: str = "") -> str:
        if url.startswith("data:image/"):
            return url
        one = _arrived(self.found, urljoin(base or self.url, url.strip()))
        if one is None or one.kind not in kinds:
            return "data:,"
        return f"data:{one.kind};base64,{base64.b64encode(one.body).decode()}"

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
            return
        self._style = False
        if tag not in EMPTY and tag not in DROPPED:
            self.made.append(f"</{'div' if tag == 'form' else tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.made.append(self._css(data, self.url) if self._style else html.escape(data, quote=False))


FONTS = ("font/woff", "font/woff2", "font/ttf", "font/otf", "application/font-woff", "application/font-woff2")
