"""Where requests come in and answers leave: who is believed about the caller's address, and what no browser or proxy may keep."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from chengxin.accounts.visitors import PASSED_ON
from chengxin.kernel.errors import ChengxinError

Answer = Callable[[HttpRequest], HttpResponse]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
TOLD_BY_PROXIES = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
OF_MACHINES = ("/api/", "/oauth/")


class InTheClear(ChengxinError):
    code = "in_the_clear"
    status = 403
    what = {"zh": "接口只接受加密连接。", "en": "The API answers over TLS only."}
    why = {
        "zh": "请求以明文到达；不作跳转，以免凭证一再以明文发送。",
        "en": "The request came in clear; it is not redirected, so that credentials are not sent in clear again and again.",
    }
    next = {
        "zh": "请改用 https 地址，并更换已经明文发送过的凭证。",
        "en": "Use the https address, and change credentials that were sent in clear.",
    }


class ProxyMiddleware:
    """The caller's address and scheme as the city's own proxy tells them; what others say is dropped (OWASP ASVS 4.1.3, 15.3.4)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = {name: str(request.META.pop(name, "")) for name in TOLD_BY_PROXIES}
        request.META[PASSED_ON] = any(told.values())
        if is_proxy(str(request.META.get("REMOTE_ADDR", ""))):
            believe(request.META, told["HTTP_X_FORWARDED_FOR"], told["HTTP_X_FORWARDED_PROTO"])
        return self.get_response(request)


def believe(meta: dict[str, Any], forwarded_for: str, scheme: str) -> None:
    """Take over what a trusted proxy says: the last address that is no proxy of ours, and https."""
    callers = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    while len(callers) > 1 and is_proxy(callers[-1]):
        callers.pop()
    if callers and _address(callers[-1]) is not None:
        meta["REMOTE_ADDR"] = callers[-1]
    if scheme.strip().lower() == "https":
        meta["wsgi.url_scheme"] = "https"


def is_proxy(address: str) -> bool:
    """Whether an address is in settings.PROXIES."""
    known = _address(address)
    return known is not None and any(known in network for network in _proxies(tuple(settings.PROXIES)))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@cache
def _proxies(given: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one, strict=False) for one in given)


class AnswerMiddleware:
    """Refuses machines that speak in clear; answers to somebody known are kept by nobody; signing out empties the cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path.startswith(OF_MACHINES):
            return JsonResponse(InTheClear().problem(), status=InTheClear.status, content_type="application/problem+json")
        answer = self.get_response(request)
        if is_for_somebody(request, answer):
            answer.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and getattr(request.resolver_match, "view_name", "") == "account_logout":
            answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


def is_for_somebody(request: HttpRequest, answer: HttpResponse) -> bool:
    """Whether the answer may depend on who asked: a session or a token came with the request, or leaves with the answer."""
    session = settings.SESSION_COOKIE_NAME
    return session in request.COOKIES or session in answer.cookies or "Authorization" in request.headers
