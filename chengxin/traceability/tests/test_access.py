"""Who reads what: one's own, what names one, and the chain of an item in which one stands; nobody reads himself in."""

from __future__ import annotations

import pytest

from chengxin.accounts import access
from chengxin.traceability import actions
from chengxin.traceability.models import PLATFORM, TraceEvent
from chengxin.traceability.tests.people import COURIER, FARM, MALL, officer, platform, seen

pytestmark = pytest.mark.django_db
GTIN = "https://id.gs1.org/01/09521234000105"
LOT, OTHER = ([{"epcClass": f"{GTIN}/10/{lot}", "quantity": 1}] for lot in ("L1", "L2"))
WHOLE = [{"epcClass": GTIN, "quantity": 1}]


def read_by(actor):
    return {row.event_id.rpartition(":")[2] for row in access.all(actor, TraceEvent)}


@pytest.fixture
def chain(db):
    """The farm makes a lot and sends it to the mall, and stores it before; another lot and whole classes are its own business."""
    actions.name_party(officer(), PLATFORM, "mall-a", MALL)
    farm = platform("farm")
    to_mall = [{"type": "owning_party", "destination": MALL}]
    events = [
        seen(eventID="urn:x:made", action="ADD", bizStep="commissioning", quantityList=LOT),
        seen(eventID="urn:x:stored", bizStep="storing", quantityList=LOT),
        seen(eventID="urn:x:sent", quantityList=LOT, destinationList=to_mall),
        seen(eventID="urn:x:secret", quantityList=OTHER),
        seen(eventID="urn:x:price", quantityList=WHOLE, bizStep="inspecting"),
        seen(eventID="urn:x:class", quantityList=WHOLE, destinationList=to_mall),
    ]
    actions.capture(events, farm)
    return farm


def test_an_officer_reads_all_and_who_captured_reads_his_own(chain):
    assert read_by(officer()) == read_by(chain) == {"made", "stored", "sent", "secret", "price", "class"}


def test_who_is_named_reads_the_chain_of_the_lot_and_no_other(chain):
    assert read_by(platform("mall-a")) == {"made", "stored", "sent", "class"}
    assert read_by(platform("mall-b")) == set()


def test_nobody_reads_himself_into_a_chain(chain):
    """mall-b guesses the lot, and captures an event that names itself: it reads that event alone."""
    actions.name_party(officer(), PLATFORM, "mall-b", COURIER)
    mine = seen(eventID="urn:x:guess", quantityList=LOT, destinationList=[{"type": "owning_party", "destination": COURIER}])
    actions.capture([mine], platform("mall-b"))
    assert read_by(platform("mall-b")) == {"guess"}
    assert "guess" in read_by(chain)  # the maker reads what others say of its lot


def test_a_name_is_one_owners():
    actions.name_party(officer(), PLATFORM, "farm", FARM)
    actions.name_party(officer(), PLATFORM, "farm", FARM)
    with pytest.raises(actions.Conflicting):
        actions.name_party(officer(), PLATFORM, "mall-b", "https://id.gs1.org/417/9521234000006")
