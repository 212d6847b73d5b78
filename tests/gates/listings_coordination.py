"""Lists of coordination for the access matrix; see listings.py."""

from __future__ import annotations

from tests.gates import samples_coordination as coordination
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City


@listing("coordination:tasks")
def tasks(city: City) -> Listing:
    a, b = city.once(coordination.tasks_of)
    return Listing(a.number, b.number, coordination.LEADERS, EXPORTS)


@listing("coordination:meetings")
def meetings(city: City) -> Listing:
    a, b = city.once(coordination.meetings_of)
    return Listing(a.number, b.number, coordination.ALL)


@listing("coordination:reports")
def reports(city: City) -> Listing:
    a, b = city.once(coordination.reports_of)
    return Listing(a.code, b.code, coordination.ALL)
