"""What the interface of EPCIS is asked with in the crawl for canaries. Events name no persons; two are put in, so that pages have rows.

What is looked for is the token with which a subscriber's messages are signed: whoever reads it can send in the city's name.
"""

from __future__ import annotations

from chengxin.accounts.actor import of_client
from chengxin.accounts.models import PlatformClient
from chengxin.traceability import actions
from chengxin.traceability.models import Subscription
from chengxin.traceability.tests.people import FUNGUS, seen
from tests.gates.canary_fields import value
from tests.gates.subscription_rows import subscription

NAME = "canary"
IDS = {
    "event_id": [seen()["eventID"]],
    "epc": [FUNGUS],
    "event_type": ["ObjectEvent"],
    "of": ["bizSteps", "readPoints"],
    "value": ["shipping"],
}


def events(client: PlatformClient) -> Subscription:
    """An event of the platform's, a later one, and a subscription."""
    machine = of_client(client, frozenset())
    actions.capture([seen(), seen(eventID="urn:x:canary", bizStep="receiving")], machine)
    query = actions.keep_query(machine, NAME, {"EQ_action": ["OBSERVE"]})
    return subscription(query, client, token=value("traceability.Subscription.token"))


def numbers() -> list[str]:
    """Of subscriptions."""
    return list(Subscription.objects.values_list("number", flat=True))
