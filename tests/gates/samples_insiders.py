"""Ids and lists of the insiders' channel and of complaints alike for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

import json

from chengxin.accounts.actor import of_user
from chengxin.consumers import actions as consumers
from chengxin.consumers.models import Complaint
from chengxin.consumers.triage.models import Alike, Group, Look
from chengxin.insiders import actions, queries, reference
from chengxin.insiders.models import Handler, Mailbox
from chengxin.kernel import clock
from tests.gates.bodies import Asked, asks
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import shops_of

NOT_NAMED = {"head": "none"}  # the head names the handlers and sees no mailbox


def handlers_of(city: City) -> list[Handler]:
    """The officer, and the reviewer as the deputy, of each department."""
    made = []
    for side, department in enumerate(city.departments):
        head = of_user(city.person("head", side))
        named = [actions.name_handler(head, city.person(role, side), department, role == "reviewer") for role in ("officer", "reviewer")]
        for role in ("officer", "reviewer"):
            pair = reference.new_pair()
            wrapped = {"rounds": reference.ROUNDS, "salt": "AAAA", "iv": "AAAA", "box": "AAAA"}
            actions.register_key(of_user(city.person(role, side)), department, pair.id, pair.public, wrapped)
        made.append(named[0])
    return made


def mailboxes_of(city: City) -> list[Mailbox]:
    """One of each department, as a stranger's browser writes it."""
    city.once(handlers_of)
    return [written(department) for department in city.departments]


def written(department: str, text: str = "门内情况") -> Mailbox:
    pair, known = reference.new_pair(), reference.of_code(reference.new_code())
    receivers = [one["public"] for one in queries.receivers(department)]
    sealed = reference.seal({"text": text}, pair, receivers, department, known.tag)
    return actions.take_first(
        department, known.lookup, known.tag, pair.id, pair.public, reference.wrapped_by_code(pair, known), json.dumps(sealed)
    )


def groups_of(city: City) -> list[Group]:
    """A group of one complaint on each department's desk."""
    made = []
    for side, (department, shop) in enumerate(zip(city.departments, city.once(shops_of), strict=True)):
        given = {
            "wants": "money",
            "shop": shop,
            "text": f"门{'甲乙'[side]}收到的货不对",
            "request": "退还货款",
            "name": "门某",
            "phone": "10012345678",
        }
        complaint = consumers.file(given).complaint
        assert complaint is not None
        Complaint.objects.filter(pk=complaint.pk).update(department=department)
        look = Look.objects.create(department=department, at=clock.now(), complaints=1)
        counts = {"n": 1, "wordings": 1, "businesses": 1, "contacts": 1, "wave": 1}
        group = Group.objects.create(look=look, pattern=complaint, first_at=clock.now(), last_at=clock.now(), **counts)
        Alike.objects.create(group=group, complaint=complaint, place=0)
        made.append(group)
    return made


@sample("insiders:mailbox")
def mailboxes(city: City) -> Sample:
    a, b = city.once(mailboxes_of)
    return Sample({"number": a.number}, {"number": b.number}, NOT_NAMED)


@sample("triage:group")
def groups(city: City) -> Sample:
    a, b = city.once(groups_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@listing("triage:groups")
def alike(city: City) -> Listing:
    a, b = city.once(groups_of)
    return Listing(a.pattern.number, b.pattern.number, queries=EXPORTS)


@listing("insiders:handlers")
def named(city: City) -> Listing:
    """A department's own, for its head and the handlers themselves."""
    a, b = city.once(handlers_of)
    return Listing(str(a.user), str(b.user))


@asks
def handlers_in_forms(city: City) -> list[Asked]:
    """A head ends a handler; another department's is as one that does not exist."""
    a, b = city.once(handlers_of)
    return [Asked("insiders:handlers", "head", {"end": a.pk}, {"end": b.pk}, taken=False)]
