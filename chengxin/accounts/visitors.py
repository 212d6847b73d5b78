"""How often somebody without an account may send a form: a token bucket per address and route, in this process.

`settings.VISITOR_RATES` says per route (forms a second, forms at once); the entry "" is for every other route. The middleware asks for each
anonymous POST of a route that is open to all, so a new form is limited the day it is written. An address is never kept: what is kept is a
hash keyed with a random key of the day that lives in this process alone. An IPv6 address counts as its /64, the least one household has.
As with `rates`, several web processes allow that many times the rate: the limit protects the service, it is no quota.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import time
from datetime import date
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from chengxin.accounts import access
from chengxin.kernel import clock

PASSED_ON = "chengxin.passed_on"  # in a request's META: somebody between said for whom it is, believed or not (web.edge)

MOST_VISITORS = 10_000  # buckets kept; a forgotten one is full again
HOUSEHOLD = 64  # bits of an IPv6 address
_buckets: dict[bytes, tuple[float, float]] = {}  # hashed address and route → (forms left, when)
_lock = Lock()
_keys: dict[date, bytes] = {}  # today's alone


def limited(request: HttpRequest, what: str, now: float | None = None) -> HttpResponse | None:
    """None when the visitor may go on; else the page (or problem+json) 429 with the seconds to wait in Retry-After.

    Only a POST by nobody signed in counts. what: the route, or another word with a rate of its own; now: seconds of a steady clock.
    """
    if request.method != "POST" or access.actor_of(request).user is not None:
        return None
    seconds = _take(what, request.META.get("REMOTE_ADDR", ""), time.monotonic() if now is None else now)
    if not seconds:
        return None
    answer: HttpResponse = import_string(settings.VISITOR_REFUSAL)(request)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _take(what: str, address: str, now: float) -> int:
    """Count one form; the seconds to wait, 0 when it may pass."""
    refill, size = settings.VISITOR_RATES.get(what) or settings.VISITOR_RATES[""]
    visitor = _hashed(what, address)
    with _lock:
        left, at = _buckets.pop(visitor, (size, now))
        left = min(size, left + (now - at) * refill)
        _buckets[visitor] = (left - 1 if left >= 1 else left, now)
        while len(_buckets) > MOST_VISITORS:
            _buckets.pop(next(iter(_buckets)))
    return 0 if left >= 1 else max(1, math.ceil((1 - left) / refill))


def _hashed(what: str, address: str) -> bytes:
    return hashlib.blake2b(f"{what}\0{_household(address)}".encode(), key=_todays_key(), digest_size=16).digest()


def _household(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""  # a socket without an address: all of them together
    return str(ipaddress.ip_network((known, HOUSEHOLD), strict=False)) if known.version == 6 else str(known)


def _todays_key() -> bytes:
    """A new random key each day, so that no two days can be laid side by side."""
    today = clock.today()
    with _lock:
        if today not in _keys:
            _keys.clear()
            _buckets.clear()
            _keys[today] = secrets.token_bytes(32)
        return _keys[today]
