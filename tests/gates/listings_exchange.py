"""Lists of the exchange for the access matrix; see listings.py."""

from __future__ import annotations

from tests.gates import samples_exchange as exchange
from tests.gates.listings import EXPORTS, WITHOUT, Listing, listing
from tests.gates.matrix import City

WITHOUT |= {
    "exchange:hooks": "of the whole city, for the department that keeps the exchange",
    "exchange:new_entry": "a form",
    "exchange:quality": "counts of the rows that the list of rows shows",
    "api:notices": "what is public, for every client",
}


@listing("exchange:rows", "exchange:desk")
def own_rows(city: City) -> Listing:
    a, b = city.once(exchange.rows_of)
    return Listing(a.number, b.number, queries=("state=WAITING", "sort=-due_on"))


@listing("exchange:corrections")
def own_corrections(city: City) -> Listing:
    a, b = city.once(exchange.corrections_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("exchange:batches")
def own_batches(city: City) -> Listing:
    a, b = city.once(exchange.batches_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("exchange:differences")
def own_differences(city: City) -> Listing:
    a, b = city.once(exchange.differences_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "kind=LOST"))


@listing("exchange:inbound")
def upper_levels(city: City) -> Listing:
    a, b = city.once(exchange.inbound_of)
    return Listing(a.number, b.number, exchange.DESK, (*EXPORTS, "state=UNMATCHED"))


@listing("exchange:catalogue")
def own_drafts(city: City) -> Listing:
    a, b = city.once(exchange.entries_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("exchange:requests")
def own_requests(city: City) -> Listing:
    a, b = city.once(exchange.requests_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("api:grants")
def own_grants(city: City) -> Listing:
    a, b = city.once(exchange.grants_of)
    return Listing(a.number, b.number)


@listing("api:own_hooks", "api:open_hook")
def own_hooks(city: City) -> Listing:
    a, b = city.once(exchange.hooks_of)
    return Listing(a.number, b.number)
