"""Ids and lists of marks for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.marks import actions
from chengxin.marks.actions.asking import do_prove
from chengxin.marks.models import ImitationReport, Mark, MarkRequest
from chengxin.marks.tests.people import stands
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Shop
from chengxin.subjects.tests import samples as invented
from tests.gates.bodies import Asked, asks
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import platforms_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
HOSTS = ("gate-a.example", "gate-b.example")


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def shops_of(city: City) -> list[Shop]:
    """A verified shop of each merchant."""
    subjects_of(city)
    made = []
    for side, platform in enumerate(platforms_of(city)):
        row = invented.row(
            930 + side, shop_id=f"MARK{side}", url=f"https://{HOSTS[side]}/", **invented.verified(verified_on=str(clock.today()))
        )
        shop = subjects.upsert_shop(platform, entries.parse(row), "system:gate").shop
        Shop.objects.filter(pk=shop.pk).update(subject=city.subjects[side])
        made.append(Shop.objects.get(pk=shop.pk))
    return made


def marks_of(city: City) -> list[Mark]:
    """A mark of each merchant, issued by the first department."""
    officer = _of(city, "officer", 0)
    return [stands(_of(city, "merchant", side), officer, shop, HOSTS[side]) for side, shop in enumerate(city.once(shops_of))]


def requests_of(city: City) -> list[MarkRequest]:
    """A request of each merchant that waits for an officer."""
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        one = actions.ask(_of(city, "merchant", side), shop.pk, f"new.{HOSTS[side]}")
        do_prove(one, _of(city, "merchant", side), "dns", "")
        made.append(one)
    return made


def reports_of(city: City) -> list[ImitationReport]:
    return [actions.report(f"https://imitates-{side}.example/", "示例店", f"门{'甲乙'[side]}看到的内容") for side in (0, 1)]


@sample("marks:mark", "marks:badge", "marks:statement", "marks:vc", "api:one_mark")
def public_marks(city: City) -> Sample:
    a, b = city.once(marks_of)
    return Sample({"serial": a.serial}, {"serial": b.serial}, EVERYBODY)


@sample("marks:status")
def status_lists(city: City) -> Sample:
    """A list holds everybody's marks and nobody's name."""
    city.once(marks_of)
    return Sample({"number": 0}, {"number": 0}, EVERYBODY)


@sample("marks:followed")
def followed(city: City) -> Sample:
    """Whoever has the code is the one who reported."""
    a, b = city.once(reports_of)
    return Sample({"code": a.code}, {"code": b.code}, EVERYBODY)


@sample("marks:officer_mark")
def marks_for_officers(city: City) -> Sample:
    a, b = city.once(marks_of)
    return Sample({"serial": a.serial}, {"serial": b.serial}, DESK)


@sample("marks:request")
def requests_for_officers(city: City) -> Sample:
    a, b = city.once(requests_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)


@sample("marks:my_request")
def own_requests(city: City) -> Sample:
    a, b = city.once(requests_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("marks:report")
def reports(city: City) -> Sample:
    a, b = city.once(reports_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)


@sample("marks:ask", "marks:my_rules")
def own_shops(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("marks:rules")
def shops(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@listing("marks:mine")
def mine(city: City) -> Listing:
    a, b = city.once(requests_of)
    return Listing(a.number, b.number)


@listing("marks:desk")
def desk(city: City) -> Listing:
    a, b = city.once(requests_of)
    return Listing(a.host, b.host, DESK)


@listing("marks:all")
def all_marks(city: City) -> Listing:
    a, b = city.once(marks_of)
    return Listing(a.serial, b.serial, DESK, (*EXPORTS, "state=VALID", "q=gate-a"))


@asks
def licences_of_links(city: City) -> list[Asked]:
    """The licence that a merchant hangs an official link on."""
    ids = []
    for side, shop in enumerate(city.once(shops_of)):
        assert shop.subject is not None
        made = {"created_at": clock.now(), "created_by": "system:gate"}
        ids.append({"licence": shop.subject.licences.create(kind="FB", number=f"GATE-JY{side}", **made).pk})
    return [Asked("marks:mine", "merchant", *ids, rest={"url": "https://register.example/1", "product": ""})]
