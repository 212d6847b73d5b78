"""What the interface of EPCIS is asked with in the crawl for canaries. Events name no persons; two are put in, so that pages have rows."""

from __future__ import annotations

from chengxin.accounts.actor import Actor
from chengxin.traceability import actions
from chengxin.traceability.tests.people import FUNGUS, seen

IDS = {
    "event_id": [seen()["eventID"]],
    "epc": [FUNGUS],
    "event_type": ["ObjectEvent"],
    "of": ["bizSteps", "readPoints"],
    "value": ["shipping"],
}


def events(platform: str) -> None:
    """An event of the platform's, and a later one."""
    machine = Actor(id="client:canary", name="canary", roles=frozenset({"platform_client"}), platforms=frozenset({platform}))
    actions.capture([seen(), seen(eventID="urn:x:canary", bizStep="receiving")], machine)
