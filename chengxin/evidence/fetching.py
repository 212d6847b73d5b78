"""Fetches a page and what it shows, in a child process (kernel.jail), into a WARC file (ISO 28500). Nothing here runs a script.

Only public addresses: every name is resolved first, each of its addresses must be global, and the connection goes to exactly the address
that was checked, for every redirect and every part anew, so that a name which changes its answer reaches nothing inside.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from chengxin.evidence.errors import CaptureRefused
from chengxin.kernel import clock

SECONDS = 40  # for the whole page; the jail stops it a little later whatever happens
EACH_SECONDS = 8
ONE_BYTES = 8 * 1024 * 1024
ALL_BYTES = 24 * 1024 * 1024
MOST_PARTS = 80
REDIRECTS = 5
PORTS = (80, 443)
AGENT = "ChengxinEvidence/1.0"
CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]{1,2000})\1\s*\)|@import\s+['"]([^'"]{1,2000})['"]""")


@dataclass
class Exchange:
    """One request and its answer. error: why there is none."""

    url: str
    address: str = ""
    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    at: str = ""
    error: str = ""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def content_type(self) -> str:
        return self.header("content-type").split(";")[0].strip().lower()


class _Budget:
    """What is left of time, bytes and parts."""

    def __init__(self) -> None:
        self.until, self.bytes, self.parts = time.monotonic() + SECONDS, ALL_BYTES, MOST_PARTS

    @property
    def seconds(self) -> float:
        return self.until - time.monotonic()


def fetch(path: str, private: bool = False) -> dict[str, Any]:
    """The entry of the jail: `path` holds the URL. Returns {"warc": bytes, "records": [plain facts of each exchange]}.

    Raises CaptureRefused when the page itself cannot be had; a part that cannot be had is a record with its error.
    """
    with open(path, encoding="utf-8") as file:
        url = file.read().strip()
    budget = _Budget()
    chain = _followed(url, budget, private)
    if chain[-1].error:
        raise _refused(*REASONS.get(chain[-1].error, REASONS["failed"]))
    found = [*chain, *_parts(chain[-1], budget, private)]
    return {"warc": _warc(found), "records": [_record(one) for one in found]}


def fetch_one(path: str, private: bool = False, redirects: int = REDIRECTS) -> dict[str, Any]:
    """The entry of the jail for one file without its parts: {"url", "status", "type", "body"} of the last answer. Nothing is kept.

    Raises CaptureRefused when there is no answer. redirects: how many are followed; one more is given back as it is.
    """
    with open(path, encoding="utf-8") as file:
        url = file.read().strip()
    last = _followed(url, _Budget(), private, redirects)[-1]
    if last.error and not last.status:
        raise _refused(*REASONS.get(last.error, REASONS["failed"]))
    return {"url": last.url, "status": last.status, "type": last.header("content-type"), "body": last.body}


REASONS = {
    "scheme": ("只能固定 http 或 https 网址", "only http and https addresses can be captured"),
    "private": ("该网址指向内部网络", "the address leads into a private network"),
    "port": ("该网址使用了不允许的端口", "the port of the address is not allowed"),
    "name": ("域名无法解析", "the name cannot be resolved"),
    "time": ("网页在规定时间内没有打开", "the page did not open in time"),
    "size": ("网页超过大小上限", "the page is larger than is allowed"),
    "redirects": ("重定向次数过多", "there were too many redirects"),
    "certificate": ("网站证书无效", "the site's certificate is not valid"),
    "failed": ("网页没有打开", "the page did not open"),
}


def _refused(zh: str, en: str) -> CaptureRefused:
    return CaptureRefused(reason_zh=zh, reason_en=en)


def _followed(url: str, budget: _Budget, private: bool, redirects: int = REDIRECTS) -> list[Exchange]:
    """The exchange of a URL and of every redirect after it."""
    chain: list[Exchange] = []
    for _ in range(redirects + 1):
        one = _asked(url, budget, private)
        chain.append(one)
        target = one.header("location")
        if one.error or one.status not in (301, 302, 303, 307, 308) or not target:
            return chain
        url = urljoin(url, target)
    chain[-1].error = "redirects"
    return chain


def _asked(url: str, budget: _Budget, private: bool) -> Exchange:
    one = Exchange(url=url, at=clock.now().isoformat(timespec="microseconds"))
    try:
        host, port, secure = _place(url, private)
        one.address = _address(host, port, private)
        _exchange(one, host, port, secure, budget)
    except CaptureFailed as why:
        one.error = str(why)
    except ssl.SSLError:
        one.error = "certificate"
    except TimeoutError:
        one.error = "time"
    except (OSError, http.client.HTTPException, ValueError):
        one.error = "failed"
    return one


class CaptureFailed(Exception):
    """Why one exchange came to nothing: a key of REASONS."""


def _place(url: str, private: bool) -> tuple[str, int, bool]:
    """(host, port, whether TLS) of a URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(url) > 2000:
        raise CaptureFailed("scheme")
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    if port not in PORTS and not private:
        raise CaptureFailed("port")
    return parts.hostname.encode("idna").decode(), port, secure


def _address(host: str, port: int, private: bool) -> str:
    """The address to connect to: the first, when all that the name has are public."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as cause:
        raise CaptureFailed("name") from cause
    if not private and not all(is_public(one) for one in found):
        raise CaptureFailed("private")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address is in the public internet: not private, local, reserved or shared, nor an IPv6 form that wraps an IPv4 one."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is not None or ip in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _exchange(one: Exchange, host: str, port: int, secure: bool, budget: _Budget) -> None:
    parts = urlsplit(one.url)
    connection = _Pinned(host, one.address, port, secure, _timeout(budget))
    try:
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request("GET", target.encode("ascii", "ignore").decode(), headers=HEADERS)
        answer = connection.getresponse()
        one.status, one.reason, one.headers = answer.status, answer.reason, answer.getheaders()
        one.body = _body(answer, budget)
    finally:
        connection.close()


HEADERS = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Accept-Language": "zh-CN,zh;q=0.9", "Connection": "close"}


def _timeout(budget: _Budget) -> float:
    if budget.seconds <= 0:
        raise CaptureFailed("time")
    return min(EACH_SECONDS, budget.seconds)


def _body(answer: http.client.HTTPResponse, budget: _Budget) -> bytes:
    """The body, as long as there are bytes and time; a slow drip is cut off as well."""
    made = io.BytesIO()
    until = time.monotonic() + 2 * EACH_SECONDS
    while part := answer.read1(65536):
        made.write(part)
        budget.bytes -= len(part)
        if made.tell() > ONE_BYTES or budget.bytes < 0:
            raise CaptureFailed("size")
        if time.monotonic() > until or budget.seconds <= 0:
            raise CaptureFailed("time")
    return made.getvalue()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that was asked for."""

    def __init__(self, host: str, address: str, port: int, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._secure = address, secure
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host) if self._secure else sock


# ---- the parts of a page


class _Links(HTMLParser):
    """The addresses of what a page shows: pictures, style sheets, icons, scripts (kept, never run)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        if tag in ("img", "script", "source", "input"):
            self.found.append(given.get("src", ""))
        if tag == "video":
            self.found.append(given.get("poster", ""))
        if tag == "link" and {"stylesheet", "icon"} & set(given.get("rel", "").lower().split()):
            self.found.append(given.get("href", ""))
        self.found += css_urls(given.get("style", ""))


def css_urls(text: str) -> list[str]:
    """The addresses that a style sheet names."""
    return [found[1] or found[2] for found in CSS_URL.findall(text)]


def _parts(page: Exchange, budget: _Budget, private: bool) -> list[Exchange]:
    """What the page shows, and what its style sheets show, one level deep; each address once."""
    if page.content_type not in ("text/html", "application/xhtml+xml"):
        return []
    found: dict[str, list[Exchange]] = {page.url: []}
    for url in _links_of(page):
        _take(url, found, budget, private)
    for sheet in [chain[-1] for chain in found.values() if chain and chain[-1].content_type == "text/css"]:
        for url in css_urls(sheet.body.decode("utf-8", "replace")):
            _take(urljoin(sheet.url, url), found, budget, private)
    return [one for chain in found.values() for one in chain]


def _links_of(page: Exchange) -> list[str]:
    links = _Links()
    links.feed(text_of(page.body, page.header("content-type")))
    base = urljoin(page.url, links.base)
    return [urljoin(base, one.strip()) for one in links.found if one.strip()]


def _take(url: str, found: dict[str, list[Exchange]], budget: _Budget, private: bool) -> None:
    url = url.split("#", maxsplit=1)[0]
    if url in found or not url.startswith(("http://", "https://")) or budget.parts <= 0 or budget.seconds <= 0:
        return
    budget.parts -= 1
    found[url] = _followed(url, budget, private)


_META = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_\-]{2,20})""", re.IGNORECASE)


def text_of(body: bytes, content_type: str) -> str:
    """HTML as text: by the header's charset, the page's own, or UTF-8; what does not fit becomes a mark."""
    stated = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_\-]{2,20})", content_type)
    inside = _META.search(body[:4096])
    name = stated[1] if stated else inside[1].decode() if inside else "utf-8"
    try:
        return body.decode("gb18030" if name.lower() in ("gb2312", "gbk") else name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


# ---- the file


def _warc(found: list[Exchange]) -> bytes:
    """All exchanges as one compressed WARC 1.1 file."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("capture.warc.gz", {"software": AGENT, "format": "WARC File Format 1.1"}))
    for one in found:
        if not one.error:
            _write(writer, one)
    return out.getvalue()


UNCHUNKED = "X-Archive-Orig-Transfer-Encoding"  # the body is kept whole, so that no reader looks for chunks


def _write(writer: Any, one: Exchange) -> None:
    more = {"WARC-IP-Address": one.address, "WARC-Date": one.at.replace("+00:00", "Z")}
    headers = [(UNCHUNKED if name.lower() == "transfer-encoding" else name, value) for name, value in one.headers]
    status = StatusAndHeaders(f"{one.status} {one.reason}".strip(), headers, protocol="HTTP/1.1")
    answer = writer.create_warc_record(
        one.url, "response", payload=io.BytesIO(one.body), length=len(one.body), http_headers=status, warc_headers_dict=dict(more)
    )
    asked = StatusAndHeaders(f"GET {urlsplit(one.url).path or '/'} HTTP/1.1", list(HEADERS.items()), is_http_request=True)
    request = writer.create_warc_record(one.url, "request", http_headers=asked, warc_headers_dict=dict(more))
    writer.write_request_response_pair(request, answer)


def _record(one: Exchange) -> dict[str, Any]:
    """What the manifest says of an exchange."""
    said = {"url": one.url, "at": one.at, "address": one.address}
    if one.error:
        return {**said, "error": one.error}
    digest = hashlib.sha256(one.body).hexdigest()
    return {**said, "status": one.status, "type": one.content_type, "size": len(one.body), "sha256": digest}


# ---- one message out


def check_public(url: str, private: bool = False) -> None:
    """Raises CaptureRefused for an address that is not https, or whose host is not in the public internet."""
    try:
        host, port, secure = _place(url, private)
        if not secure and not private:
            raise CaptureFailed("scheme")
        _address(host, port, private)
    except (CaptureFailed, ValueError) as why:
        raise _refused(*REASONS.get(str(why), REASONS["failed"])) from why


def post(url: str, body: bytes, headers: dict[str, str], private: bool = False) -> tuple[int, str]:
    """(status, "") of a POST to a public https address, or (0, why not). Redirects are not followed, the answer is not read."""
    try:
        host, port, secure = _place(url, private)
        if not secure and not private:
            return 0, "scheme"
        address = _address(host, port, private)
        parts = urlsplit(url)
        connection = _Pinned(host, address, port, secure, EACH_SECONDS)
        watch = threading.Timer(2 * EACH_SECONDS, _cut, [connection])  # each read is in time when an answer drips, and all of it is not
        watch.start()
        try:
            connection.request("POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), body, {**headers, "User-Agent": AGENT})
            return connection.getresponse().status, ""
        finally:
            watch.cancel()
            connection.close()
    except CaptureFailed as why:
        return 0, str(why)
    except (OSError, http.client.HTTPException, ValueError) as why:
        return 0, type(why).__name__


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection that another thread is reading."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
