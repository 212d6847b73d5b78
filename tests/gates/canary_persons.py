"""Where the canary of a request for erasure is put in: what the person writes of themselves."""

from __future__ import annotations

from chengxin.persons import actions
from chengxin.persons.person import Person
from tests.gates import matrix
from tests.gates.canary_fields import value


def a_request(city: matrix.City) -> None:
    """Somebody asks to be forgotten; nobody has decided."""
    person = Person(name="门某", phones=("10012345699",), said=value("persons.ErasureRequest.about"))
    actions.file_request(person, city.departments[0])
