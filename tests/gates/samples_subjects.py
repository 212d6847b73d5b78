"""Ids of the register for the access matrix: a shop, an import, an identity report and a subject of each tenant."""

from __future__ import annotations

from chengxin.kernel import clock
from chengxin.subjects import actions, entries
from chengxin.subjects.models import IdentityReportBatch, ImportRun, Platform, Shop, Subject
from chengxin.subjects.tests import samples as invented
from tests.gates.matrix import City, Sample, sample

OFFICERS = {"officer": "all", "reviewer": "all", "head": "all", "leader": "all"}
ACTOR = "system:gate"


def _platforms(city: City) -> list[Platform]:
    return [Platform.objects.get_or_create(code=code, defaults={"name": code})[0] for code in city.platforms]


def _subjects(city: City) -> list[Subject]:
    """The subjects that the merchants' grants name."""
    now = clock.now()
    made = {"kind": "2", "created_at": now, "updated_at": now, "created_by": ACTOR}
    return [
        Subject.objects.get_or_create(pk=pk, defaults={**made, "name": f"示例店{side}", "uscc": invented.uscc(900 + side)})[0]
        for side, pk in enumerate(city.subjects)
    ]


def _shops(city: City) -> list[Shop]:
    _subjects(city)
    found = []
    for side, platform in enumerate(_platforms(city)):
        row = invented.row(900 + side, shop_id=f"GATE{side}", subject_name=f"示例店{side}", legal_rep="")
        found.append(actions.upsert_shop(platform, entries.parse(row), ACTOR).shop)
    return found


def _shop_samples(city: City, **more: str) -> Sample:
    a, b = _shops(city)
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
    for shop in _shops(city):
        shop.verifications.create(method="image_two_person", result="half", evidence_hash=digest, verifier=ACTOR, verified_at=clock.now())
    return _shop_samples(city, digest=digest)


@sample("api:verification", "api:leave")
def shops_by_id(city: City) -> Sample:
    a, b = _shops(city)
    return Sample({"shop_id": a.shop_id}, {"shop_id": b.shop_id}, OFFICERS)


def _runs(city: City) -> list[ImportRun]:
    return [actions.import_rows(platform, [{"shop_id": "x"}], ACTOR) for platform in _platforms(city)]


@sample("subjects:import_run", "subjects:import_errors")
def import_pages(city: City) -> Sample:
    a, b = _runs(city)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("api:import_run", "api:import_errors")
def imports(city: City) -> Sample:
    a, b = _runs(city)
    return Sample({"id": a.pk}, {"id": b.pk})


def _reports(city: City) -> list[IdentityReportBatch]:
    _shops(city)
    return [actions.build_report(platform, 2026 + side, 7, ACTOR) for side, platform in enumerate(_platforms(city))]


@sample("subjects:report", "subjects:report_answer")
def reports(city: City) -> Sample:
    a, b = _reports(city)
    return Sample({"pk": a.pk}, {"pk": b.pk}, OFFICERS)


@sample("subjects:report_file")
def report_files(city: City) -> Sample:
    a, b = _reports(city)
    more = {"shape": "registered", "form": "xlsx"}
    return Sample({"pk": a.pk, **more}, {"pk": b.pk, **more}, OFFICERS)


@sample("api:identity_receipts")
def receipts(city: City) -> Sample:
    """Tenant b's report is of another year, so that its address is another one."""
    _reports(city)
    return Sample({"period": "2026-07"}, {"period": "2027-07"})


@sample("subjects:subject", "subjects:subject_edit")
def subjects(city: City) -> Sample:
    a, b = _subjects(city)
    return Sample({"pk": a.pk}, {"pk": b.pk}, OFFICERS)


@sample("subjects:own_data")
def own_subjects(city: City) -> Sample:
    a, b = _subjects(city)
    return Sample({"pk": a.pk}, {"pk": b.pk})
