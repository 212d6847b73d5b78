"""Lists of coordination for the access matrix; see listings.py."""

from __future__ import annotations

from chengxin.coordination import actions
from chengxin.coordination.models import Sheet
from chengxin.kernel import clock
from tests.gates import samples_coordination as coordination
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City


@listing("coordination:tasks")
def tasks(city: City) -> Listing:
    a, b = city.once(coordination.tasks_of)
    return Listing(a.number, b.number, coordination.LEADERS, EXPORTS)


@listing("coordination:plans")
def plans(city: City) -> Listing:
    a, b = city.once(coordination.plans_of)
    return Listing(a.number, b.number, coordination.ONLY_LEADERS)


@listing("coordination:meetings")
def meetings(city: City) -> Listing:
    a, b = city.once(coordination.meetings_of)
    return Listing(a.number, b.number, coordination.ALL)


@listing("coordination:reports")
def reports(city: City) -> Listing:
    a, b = city.once(coordination.reports_of)
    return Listing(a.code, b.code, coordination.ALL)


@listing("coordination:sheets")
def sheets(city: City) -> Listing:
    """Frozen sheets of two quarters that the plan's tasks fell due in: each department's own."""
    a, b = city.once(_frozen)
    return Listing(a.page_url, b.page_url, coordination.LEADERS)


def _frozen(city: City) -> list[Sheet]:
    """A sheet of each department, of the month in which their tasks fell due."""
    due = city.once(coordination.tasks_of)[0].due_on
    with clock.set_to(clock.now().replace(year=due.year + 1)):
        made = actions.freeze(city.once(coordination.office_of), f"{due:%Y-%m}")
    known = {one.department: one for one in made}
    return [known[code] for code in city.departments]
