"""Ids and lists of notices for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

from chengxin.notices.models import TOLD, Notice
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.no_lists import WITHOUT

WITHOUT.update(
    {
        "notices:preferences": "the reader's own wishes",
        "notices:read_all": "a button",
        "notices:waiting": "of most roles nothing waits here: notices/tests/test_telling.py asks as each",
    }
)


def notices_of(city: City) -> dict[tuple[str, int], Notice]:
    """A notice to everybody, of a matter of their own."""
    made = {}
    for (role, side), user in city.people.items():
        given = {"key": "gate", "kind": "recorded", "stage": TOLD, "topic": "decision", "page": "/about/"}
        made[role, side] = Notice.objects.create(person=user, number=f"N-{role}-{'ab'[side]}", **given)
    return made


@sample("notices:follow")
def own_notices(city: City) -> Sample:
    """Everybody follows the own ones; another's is one of the same role on the other side."""
    made = city.once(notices_of)
    own = {role: {"id": one.pk} for (role, side), one in made.items() if side == 0}
    return Sample(own["officer"], {"id": made["officer", 1].pk}, of_role=own)


@listing("notices:inbox")
def inbox(city: City) -> Listing:
    city.once(notices_of)
    return Listing("N-{name}-a", "N-officer-b", queries=(*EXPORTS, "read=no"))
