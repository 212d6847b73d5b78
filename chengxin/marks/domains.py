"""Proof that somebody controls a host: a text in its DNS, or a small file on it, shows the request's token. Looked at again every day."""

from __future__ import annotations

import ipaddress
import re

import dns.exception
import dns.resolver
from django.conf import settings

from chengxin.evidence.errors import CaptureRefused
from chengxin.kernel import jail
from chengxin.marks.models.marks import DNS
from chengxin.marks.verify_mark import host_of

NAME = "_chengxin-mark"
FILE = "/.well-known/chengxin-mark.txt"
SECONDS = 8.0
FETCH_SECONDS = 30
MOST_TEXTS = 50
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Why a look did not find the token, in both languages.
ERRORS = {
    "dns_none": {"zh": "域名下没有该 TXT 记录", "en": "the name has no such TXT record"},
    "dns_other": {"zh": "TXT 记录的内容不是本次申请的验证码", "en": "the TXT record holds another text"},
    "dns_failed": {"zh": "域名服务器没有应答", "en": "the name server does not answer"},
    "file_none": {"zh": "网站上没有该文件", "en": "the site has no such file"},
    "file_moved": {"zh": "该文件被重定向到别处，须由该主机直接给出", "en": "the file is redirected; the host itself has to give it"},
    "file_other": {"zh": "文件内容不是本次申请的验证码", "en": "the file holds another text"},
    "file_failed": {"zh": "网站没有应答，或者地址不是公网地址", "en": "the site does not answer, or its address is not public"},
}


def checked_host(address: str) -> str:
    """The exact host of an address in its wire form, empty when it is none that can be proven: no dot, an IP address, a strange label."""
    host = host_of(address)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        fits = len(labels) > 1 and len(host) <= 253 and all(LABEL.fullmatch(one) for one in labels) and not labels[-1].isdigit()
        return host if fits else ""
    return ""


def text_of(token: str) -> str:
    """What the TXT record, or the one line of the file, has to say."""
    return f"chengxin-mark={token}"


def look(host: str, token: str, method: str) -> str:
    """Empty when the host shows the token, else a code of ERRORS. May take seconds: never call it in a transaction."""
    return _in_dns(host, token) if method == DNS else _in_file(host, token)


def _in_dns(host: str, token: str) -> str:
    try:
        found = texts(f"{NAME}.{host}")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return "dns_none"
    except dns.exception.DNSException:
        return "dns_failed"
    return "" if text_of(token) in found else "dns_other"


def texts(name: str) -> list[str]:
    """The TXT records of a name (RFC 1035, 3.3.14), each put together from its parts."""
    answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    return [b"".join(one.strings).decode("utf-8", "replace") for one in list(answer)[:MOST_TEXTS]]


def _in_file(host: str, token: str) -> str:
    try:
        got = jail.run(
            "chengxin.evidence.fetching:fetch_one",
            f"https://{host}{FILE}".encode(),
            memory_mb=256,
            seconds=FETCH_SECONDS,
            private=settings.CAPTURE_PRIVATE,
            redirects=0,
        )
    except (CaptureRefused, jail.FileTooHard):
        return "file_failed"
    if 300 <= got["status"] < 400:
        return "file_moved"
    if got["status"] != 200:
        return "file_none"
    lines = got["body"][:4096].decode("utf-8", "replace").splitlines()
    return "" if text_of(token) in [line.strip() for line in lines] else "file_other"
