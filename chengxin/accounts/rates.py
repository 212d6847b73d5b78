"""How many requests a client of a rate class may make: a token bucket per client, in this process.

`settings.CLIENT_RATES` says per class (requests a second, requests at once). Each web process keeps its own buckets, so with several
processes a client has that many times the rate: the limit protects the service, it is no quota.
"""

from __future__ import annotations

import math
import time
from threading import Lock

from django.conf import settings

from chengxin.accounts.errors import TooManyRequests
from chengxin.accounts.models import PlatformClient

MOST_CLIENTS = 10_000  # buckets kept; a forgotten one is full again
_buckets: dict[str, tuple[float, float]] = {}  # client → (tokens left, when)
_lock = Lock()


def take(client: PlatformClient, now: float | None = None) -> None:
    """Count one request of the client. now: seconds of a steady clock. Raises TooManyRequests with the seconds to wait."""
    refill, size = settings.CLIENT_RATES[client.rate]
    now = time.monotonic() if now is None else now
    with _lock:
        left, at = _buckets.pop(str(client.pk), (size, now))
        left = min(size, left + (now - at) * refill)
        _buckets[str(client.pk)] = (left - 1 if left >= 1 else left, now)
        while len(_buckets) > MOST_CLIENTS:
            _buckets.pop(next(iter(_buckets)))
    if left < 1:
        raise TooManyRequests(seconds=max(1, math.ceil((1 - left) / refill)), rate=refill)
