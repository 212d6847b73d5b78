"""Capture jobs, events and named queries of both tenants for the access matrix; see samples.py."""

from __future__ import annotations

from typing import Any

from chengxin.accounts.actor import of_client, of_user
from chengxin.traceability import actions
from chengxin.traceability.models import CaptureJob, NamedQuery, Subscription
from chengxin.traceability.tests.people import seen
from tests.gates.bodies import Asked, asks
from tests.gates.listings import Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.subscription_rows import subscription

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
STEPS = ("https://gate.example/step-a", "https://gate.example/step-b")
PLACES = ("https://gate.example/place-a", "https://gate.example/place-b")
LOTS = tuple(f"https://id.gs1.org/01/09521234000105/10/GATE{side}" for side in "AB")
NAMES = ("gate query a", "gate query b")
ADDRESSES = ("https://gate.example/receiver-a", "https://gate.example/receiver-b")


def _event(side: int, **more: Any) -> dict[str, Any]:
    place = {"id": PLACES[side]}
    given = {"eventID": f"urn:x:gate-event-{'ab'[side]}", "bizStep": STEPS[side], "disposition": STEPS[side], "bizLocation": place}
    return seen(**{**given, "readPoint": place, "quantityList": [{"epcClass": LOTS[side]}], **more})


def jobs_of(city: City) -> list[CaptureJob]:
    """A document of each platform's machine."""
    clients = [city.clients["platform_client", side].client for side in (0, 1)]
    return [actions.capture([_event(side)], of_client(one, frozenset())) for side, one in enumerate(clients)]


def business_jobs_of(city: City) -> dict[str, list[CaptureJob]]:
    """A document of the people of both sides, by role."""
    found = {}
    for role in ("platform_staff", "merchant", "courier_staff"):
        people = [of_user(city.person(role, side)) for side in (0, 1)]
        found[role] = [actions.capture([_event(side, eventID=f"urn:x:gate-{role}-{side}")], one) for side, one in enumerate(people)]
    return found


def queries_of(city: City) -> list[NamedQuery]:
    made = []
    for side, name in enumerate(NAMES):
        owner = actions.owner_of(of_client(city.clients["platform_client", side].client, frozenset()))
        made.append(NamedQuery.objects.create(owner=owner, name=name, query={"EQ_action": ["OBSERVE"]}))
    return made


@sample("epcis:capture_job")
def jobs(city: City) -> Sample:
    a, b = city.once(jobs_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)


@sample("epcis:event")
def events(city: City) -> Sample:
    city.once(jobs_of)
    return Sample({"event_id": "urn:x:gate-event-a"}, {"event_id": "urn:x:gate-event-b"}, DESK)


@sample("epcis:named_query", "epcis:drop_query", "epcis:events_of_query")
def named_queries(city: City) -> Sample:
    a, b = city.once(queries_of)
    return Sample({"name": a.name}, {"name": b.name})


def subscriptions_of(city: City) -> list[Subscription]:
    clients = [city.clients["platform_client", side].client for side in (0, 1)]
    found = zip(city.once(queries_of), clients, ADDRESSES, strict=True)
    return [subscription(query, client, dest) for query, client, dest in found]


@sample("epcis:subscriptions", "epcis:subscribe")
def subscribed_queries(city: City) -> Sample:
    a, b = city.once(subscriptions_of)
    return Sample({"name": a.query.name}, {"name": b.query.name})


@sample("epcis:subscription", "epcis:unsubscribe")
def subscriptions(city: City) -> Sample:
    a, b = city.once(subscriptions_of)
    return Sample({"name": a.query.name, "number": a.number}, {"name": b.query.name, "number": b.number})


@sample("traceability:upload_job")
def uploads(city: City) -> Sample:
    made = city.once(business_jobs_of)
    a, b = made["platform_staff"]
    return Sample({"number": a.number}, {"number": b.number}, of_role={role: {"number": one[0].number} for role, one in made.items()})


@sample("epcis:events_of_epc")
def items(city: City) -> Sample:
    city.once(jobs_of)
    return Sample({"epc": LOTS[0]}, {"epc": LOTS[1]}, DESK)


@sample("epcis:events_of")
def places(city: City) -> Sample:
    city.once(jobs_of)
    return Sample({"of": "bizSteps", "value": STEPS[0]}, {"of": "bizSteps", "value": STEPS[1]}, DESK)


@sample("epcis:events_of_type")
def kinds(city: City) -> Sample:
    return Sample({"event_type": "ObjectEvent"}, {}, {"*": "all"})


@sample("epcis:collection")
def collections(city: City) -> Sample:
    return Sample({"of": "bizSteps"}, {}, {"*": "all"})


# ---- lists


@listing("epcis:events", "epcis:capture_event", "epcis:epcs")
def all_events(city: City) -> Listing:
    city.once(jobs_of)
    return Listing(LOTS[0], LOTS[1], DESK, ("perPage=1000",))


@listing("epcis:capture_jobs", "epcis:capture_document")
def all_jobs(city: City) -> Listing:
    a, b = city.once(jobs_of)
    return Listing(a.number, b.number, DESK)


@listing("epcis:named_queries", "epcis:make_query")
def all_queries(city: City) -> Listing:
    a, b = city.once(queries_of)
    return Listing(a.name, b.name)


@listing("traceability:search")
def search(city: City) -> Listing:
    city.once(jobs_of)
    return Listing("GATEA", "GATEB", {"*": "all"}, ("lot=GATEA", "lot=GATEA&export=csv", f"code={LOTS[0]}&export=json"))


@listing("traceability:upload")
def all_uploads(city: City) -> Listing:
    """Each sees what its own people handed in."""
    city.once(business_jobs_of)
    return Listing("{name} 0", "{name} 1", {}, ("export=csv", "export=json"))


@listing("traceability:subscriptions")
def all_subscriptions(city: City) -> Listing:
    city.once(subscriptions_of)
    return Listing(*ADDRESSES)


@asks
def subscriptions_in_a_form(city: City) -> list[Asked]:
    """A platform's staff pause, resume and delete what belongs to their platform."""
    a, b = city.once(subscriptions_of)
    own, other = {"number": a.number}, {"number": b.number}
    return [Asked("traceability:subscriptions", "platform_staff", own, other, rest={"act": act}) for act in ("pause", "resume", "delete")]
