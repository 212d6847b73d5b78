"""Ids of the register for the access matrix: a shop, an import, an identity report and a subject of each tenant."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.subjects import actions, entries
from chengxin.subjects.models import IdentityReportBatch, ImportRun, Joining, Platform, Shop, Subject
from chengxin.subjects.tests import samples as invented
from tests.gates.matrix import City, Sample, sample

OFFICERS = {"officer": "all", "reviewer": "all", "head": "all", "leader": "all"}
ACTOR = "system:gate"


def platforms_of(city: City) -> list[Platform]:
    return [Platform.objects.get_or_create(code=code, defaults={"name": code})[0] for code in city.platforms]


def operators_of(city: City) -> list[Subject]:
    """The firm behind each platform."""
    now, made = clock.now(), []
    for side, platform in enumerate(platforms_of(city)):
        given = {"kind": "1", "name": f"平台公司{side}", "uscc": invented.uscc(950 + side, "91"), "division": "230499", "created_by": ACTOR}
        made.append(Subject.objects.create(created_at=now, updated_at=now, **given))
        Platform.objects.filter(pk=platform.pk).update(subject=made[-1])
    return made


def subjects_of(city: City) -> list[Subject]:
    """The subjects that the merchants' grants name."""
    now = clock.now()
    made = {"kind": "2", "created_at": now, "updated_at": now, "created_by": ACTOR}
    return [
        Subject.objects.get_or_create(pk=pk, defaults={**made, "name": f"示例店{side}", "uscc": invented.uscc(900 + side)})[0]
        for side, pk in enumerate(city.subjects)
    ]


def shops_of(city: City) -> list[Shop]:
    subjects_of(city)
    found = []
    for side, platform in enumerate(platforms_of(city)):
        row = invented.row(900 + side, shop_id=f"GATE{side}", subject_name=f"示例店{side}", legal_rep="")
        found.append(actions.upsert_shop(platform, entries.parse(row), ACTOR).shop)
    return found


def due_shops_of(city: City) -> list[Shop]:
    """A shop of each platform whose verification ran out yesterday."""
    found = []
    for side, platform in enumerate(platforms_of(city)):
        row = invented.row(910 + side, shop_id=f"DUE{side}", subject_name=f"过期店{side}", legal_rep="", **invented.verified())
        shop = actions.upsert_shop(platform, entries.parse(row), ACTOR).shop
        Shop.objects.filter(pk=shop.pk).update(next_due_on=clock.today() - timedelta(days=1))
        found.append(shop)
    return found


def _shop_samples(city: City, **more: str) -> Sample:
    a, b = shops_of(city)
    return Sample({"pk": a.pk, **more}, {"pk": b.pk, **more}, OFFICERS)


@sample("subjects:shop", "subjects:shop_edit", "subjects:officer_shop")
def shops(city: City) -> Sample:
    return _shop_samples(city)


@sample("subjects:step", "subjects:officer_step")
def steps(city: City) -> Sample:
    return _shop_samples(city, action="suspend")


@sample("subjects:image")
def images(city: City) -> Sample:
    """Both shops rest on an image that is kept here."""
    from chengxin.subjects import evidence

    digest = evidence.keep(b"\x89PNG\r\n\x1a\n gate")
    for shop in shops_of(city):
        shop.verifications.create(method="image_two_person", result="half", evidence_hash=digest, verifier=ACTOR, verified_at=clock.now())
    return _shop_samples(city, digest=digest)


@sample("api:verification", "api:leave")
def shops_by_id(city: City) -> Sample:
    a, b = shops_of(city)
    return Sample({"shop_id": a.shop_id}, {"shop_id": b.shop_id}, OFFICERS)


def runs_of(city: City) -> list[ImportRun]:
    return [actions.import_rows(platform, [{"shop_id": "x"}], ACTOR) for platform in platforms_of(city)]


@sample("subjects:import_run", "subjects:import_errors")
def import_pages(city: City) -> Sample:
    a, b = runs_of(city)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("api:import_run", "api:import_errors")
def imports(city: City) -> Sample:
    a, b = runs_of(city)
    return Sample({"id": a.pk}, {"id": b.pk})


def reports_of(city: City) -> list[IdentityReportBatch]:
    shops_of(city)
    return [actions.build_report(platform, 2026 + side, 7, ACTOR) for side, platform in enumerate(platforms_of(city))]


@sample("subjects:report", "subjects:report_answer")
def reports(city: City) -> Sample:
    a, b = reports_of(city)
    return Sample({"pk": a.pk}, {"pk": b.pk}, OFFICERS)


@sample("subjects:report_file")
def report_files(city: City) -> Sample:
    a, b = reports_of(city)
    more = {"shape": "registered", "form": "xlsx"}
    return Sample({"pk": a.pk, **more}, {"pk": b.pk, **more}, OFFICERS)


@sample("api:identity_receipts")
def receipts(city: City) -> Sample:
    """Tenant b's report is of another year, so that its address is another one."""
    reports_of(city)
    return Sample({"period": "2026-07"}, {"period": "2027-07"})


@sample("subjects:subject", "subjects:subject_edit")
def subjects(city: City) -> Sample:
    a, b = subjects_of(city)
    return Sample({"pk": a.pk}, {"pk": b.pk}, OFFICERS)


@sample("subjects:own_data")
def own_subjects(city: City) -> Sample:
    a, b = subjects_of(city)
    return Sample({"pk": a.pk}, {"pk": b.pk})


def joinings_of(city: City) -> list[Joining]:
    """A judgement that each department proposed; every desk sees both."""
    made = []
    for side, subject in enumerate(subjects_of(city)):
        now = clock.now()
        given = {"kind": "4", "name": f"同店{side}", "created_at": now, "updated_at": now, "created_by": ACTOR}
        other = Subject.objects.create(**given)
        made.append(actions.propose_same(of_user(city.person("officer", side)), subject.pk, other.pk, "门的认定理由"))
    return made


@sample("subjects:same")
def joinings(city: City) -> Sample:
    a, b = city.once(joinings_of)
    return Sample({"id": a.pk}, {"id": b.pk}, {"officer": "all", "reviewer": "all", "head": "all"})


@sample("subjects:same_with")
def compared(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, {"officer": "all", "head": "all"})
