"""Lists of commitments for the access matrix; see listings.py."""

from __future__ import annotations

from tests.gates import samples_commitments as commitments
from tests.gates import samples_subjects as register
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City


@listing("commitments:my_list")
def own_commitments(city: City) -> Listing:
    a, b = city.once(commitments.commitments_of)
    return Listing(a.number, b.number)


@listing("commitments:platform_list")
def operators_own(city: City) -> Listing:
    a, b = city.once(commitments.operators_commitments_of)
    return Listing(a.number, b.number)


@listing("commitments:desk")
def alleged(city: City) -> Listing:
    """Only the department whose letter it is."""
    a, b = city.once(commitments.breaches_of)
    return Listing(a.number, b.number)


@listing("commitments:all")
def everything(city: City) -> Listing:
    a, b = city.once(commitments.commitments_of)
    return Listing(a.number, b.number, commitments.DESK, (*EXPORTS, "force=yes"))


@listing("commitments:templates")
def letters(city: City) -> Listing:
    a, b = city.once(commitments.templates_of)
    return Listing(a.number, b.number, commitments.DESK)


@listing("commitments:coverage", "api:commitment_coverage")
def coverage(city: City) -> Listing:
    city.once(register.shops_of)
    return Listing(*city.platforms, commitments.DESK)


@listing("commitments:returns")
def returns(city: City) -> Listing:
    """Every desk sees all of them."""
    a, b = city.once(commitments.returns_of)
    return Listing(a.number, b.number, commitments.DESK, EXPORTS)
