"""A subscription to events of traceability, for the gates: to an address that nobody connects to."""

from __future__ import annotations

from chengxin.accounts.models import PlatformClient
from chengxin.kernel import clock, ids
from chengxin.traceability.models import NamedQuery, Subscription


def subscription(query: NamedQuery, client: PlatformClient, dest: str = "https://a.example/", token: str = "") -> Subscription:
    """A stream from now on."""
    now = clock.now()
    said = {"dest": dest, "signed": bool(token), "token": token, "stream": True, "batch": 1, "cursor": 0, "target": 0}
    times = {"initial_record_time": now, "min_record_time": now, "created_at": now}
    return Subscription.objects.create(
        number=str(ids.new_id()), query=query, client=client, by=client.actor, by_name=client.name, **said, **times
    )
