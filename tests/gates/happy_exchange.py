"""What the contract gate asks of the exchange: requests that go well, and what they need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from chengxin.exchange.models import CatalogueEntry, Hook, ShareRequest
from chengxin.kernel import clock
from tests.gates.contract import Request

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

CLIENT = "client"
ADDRESS = "https://93.184.216.34/notices"  # a public address as a number: no name is looked up

HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/exchange/grants": lambda w: Request(CLIENT),
    "GET /api/v1/exchange/grants/{number}/rows": lambda w: Request(CLIENT, {"number": granted(w).number}, query={"fields": "CF_WSH"}),
    "POST /api/v1/exchange/hooks": lambda w: Request(CLIENT, body={"url": ADDRESS}),
    "GET /api/v1/exchange/hooks": lambda w: Request(CLIENT),
    "POST /api/v1/exchange/hooks/{number}/stop": lambda w: Request(CLIENT, {"number": hooked(w).number}),
    "POST /api/v1/exchange/hooks/{number}/replay": lambda w: Request(CLIENT, {"number": hooked(w).number}, body={"after": 0}),
    "GET /api/v1/exchange/notices": lambda w: Request(CLIENT, query={"after": 0}),
}


def granted(world: World) -> ShareRequest:
    """What the machine's department may use."""
    now, place = clock.now(), ShareRequest.objects.count()
    made = {"made_by": "user:1", "made_by_name": "甲", "made_at": now, "listed_by": "user:2", "listed_by_name": "乙", "listed_at": now}
    entry = CatalogueEntry.objects.create(
        number=f"MLGATE{place}",
        resource="penalties",
        title="处罚",
        department="SAMR",
        sharing="open",
        fields=["CF_WSH"],
        state="LISTED",
        **made,
    )
    given = {"fields": ["CF_WSH"], "until": date(now.year + 1, 1, 1), "filed_at": now, "state": "DELIVERED", "purpose": "核对"}
    given |= {"filed_by": "user:1", "filed_by_name": "甲", "decided_by": "user:2", "decided_by_name": "乙"}
    return ShareRequest.objects.create(number=f"GXGATE{place}", entry=entry, department=world.platform.code, supplier="SAMR", **given)


def hooked(world: World) -> Hook:
    """A hook of the machine's."""
    place = Hook.objects.count()
    given = {"url": f"https://a{place}.example/", "made_by": "client:1", "made_at": clock.now()}
    return Hook.objects.create(number=f"TSGATE{place}", client_code=world.platform.code, **given)
