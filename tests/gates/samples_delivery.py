"""Ids of parcels, incidents, bans and workers' facts for the access matrix and the API's happy paths; see samples.py."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.delivery import actions
from chengxin.delivery.models import Ban, Incident, WorkerFact
from chengxin.facts import intake
from chengxin.kernel import clock
from chengxin.records import actions as records
from chengxin.records.tests import people
from chengxin.subjects import actions as register
from chengxin.subjects.models import CourierFirm, Platform, Shop, Subject
from chengxin.subjects.tests import samples
from tests.gates.contract import Request
from tests.gates.listings import Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import shops_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
NOBODY = {"*": "none"}
STAFF = "E771"


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def carried(platform: Platform, shop_id: str, courier: str, waybill: str, order: str) -> None:
    """One parcel of a shop with two scans, reported."""
    start = clock.now().replace(microsecond=0) - timedelta(hours=9)
    parcel = {"waybill_no": waybill, "order_no": order, "shop_id": shop_id, "courier": courier, "collected_at": start.isoformat()}
    places = {"origin_division": "230402", "dest_division": "230421"}
    scans = [
        {
            "waybill_no": waybill,
            "seq": seq,
            "status": status,
            "at": (start + timedelta(hours=seq)).isoformat(),
            "division": "230402",
            "outlet": "N1",
            "operator": STAFF,
        }
        for seq, status in ((1, "PICKED"), (2, "SIGNED"))
    ]
    for kind, rows in (("parcel", [{**parcel, **places}]), ("scan", scans)):
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        intake.accept_batch(platform, kind, body, "ndjson", "system:gate")


def firms_of(city: City) -> list[CourierFirm]:
    """A courier firm of each subject, with a parcel of each shop."""
    found = []
    for side, (subject, shop) in enumerate(zip(city.once(subjects_of), city.once(shops_of), strict=True)):
        code = f"gate-courier-{'ab'[side]}"
        found.append(register.register_courier_firm(code, f"门{'甲乙'[side]}速递", "system:gate", subject=subject))
        carried(shop.platform, shop.shop_id, code, f"GW{side}000017", f"GO{side}")
    return found


def _reported(city: City, side: int, kind: str, role: str, reporter: str) -> Incident:
    department, who = city.departments[side], _of(city, role, side)
    text = f"门{'甲乙'[side]}的寄递情况"
    return actions.report(who, reporter, f"GW{side}000017", f"GO{side}", kind, text, department=department)


def incidents_of(city: City) -> list[Incident]:
    """An incident of each department about each firm, traced: its paper is there."""
    city.once(firms_of)
    made = []
    for side in (0, 1):
        incident, officer = _reported(city, side, "damaged", "officer", "regulator"), _of(city, "officer", side)
        actions.reply(_of(city, "courier_staff", side), incident.number, f"门{'甲乙'[side]}的答复")
        actions.verify(officer, incident.number, "照片与扫描记录相符")
        node = {"outlet": "N1", "staff_no": STAFF, "event": "SIGNED", "fault": "rough_handling", "share": 100}
        actions.make_trace(officer, incident.number, [node], "卸车时跌落")
        made.append(Incident.objects.get(pk=incident.pk))
    return made


def reports_of(city: City) -> list[Incident]:
    """What each merchant reported."""
    city.once(firms_of)
    return [_reported(city, side, "late", "merchant", "merchant") for side in (0, 1)]


def facts_of(city: City) -> list[WorkerFact]:
    """A fact about a worker of each firm, from the recorded incident."""
    made = []
    for side, incident in enumerate(city.once(incidents_of)):
        actions.record(_of(city, "officer", side), incident.number)
        made.append(actions.enter_fact(_of(city, "officer", side), incident.number, STAFF))
    return made


def bans_of(city: City) -> list[Ban]:
    """A ban in force of each firm, by two people of each department."""
    made = []
    for side, firm in enumerate(city.once(firms_of)):
        department, officer, reviewer = city.departments[side], _of(city, "officer", side), _of(city, "reviewer", side)
        subject = Subject.objects.get(pk=firm.subject_id)
        made.append(barred(officer, reviewer, department, firm, subject, f"门〔2026〕{side}号"))
    return made


def barred(officer: Actor, reviewer: Actor, department: str, firm: CourierFirm, subject: Subject, number: str) -> Ban:
    """A penalty on the firm's file, and the ban that rests on it, in force without the firm's statement: its last day is over."""
    proposed = records.propose_record(officer, subject.pk, department, people.penalty(document_number=number))
    record = records.confirm(reviewer, proposed.pk).made
    assert record
    ban = actions.propose(officer, firm.code, department, record.number, "多次泄露用户信息")
    actions.notice(officer, ban.number)
    Ban.objects.filter(pk=ban.pk).update(due_on=clock.today() - timedelta(days=1))
    actions.hear(officer, ban.number)
    actions.decide(reviewer, ban.number, "事实清楚，情节严重")
    return actions.enforce(officer, ban.number)


def _numbers(rows: list[Any], sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, sees or {})


@sample("delivery:incident", "delivery:trace", "delivery:firm_incident", "delivery:firm_paper")
def incidents(city: City) -> Sample:
    """The desk it is with, and the firm it is about."""
    return _numbers(city.once(incidents_of))


@sample("delivery:ban", "delivery:firm_ban")
def bans(city: City) -> Sample:
    return _numbers(city.once(bans_of))


@sample("delivery:worker_fact", "delivery:firm_worker")
def worker_facts(city: City) -> Sample:
    return _numbers(city.once(facts_of))


@sample("delivery:firm")
def firms(city: City) -> Sample:
    """Every desk reads every firm's page; what it lists there is the desk's own."""
    a, b = city.once(firms_of)
    return Sample({"code": a.code}, {"code": b.code}, DESK)


@sample("delivery:workers", "delivery:propose_ban")
def postal_only(city: City) -> Sample:
    """The postal desk's alone; tenant a's people are the market regulator's."""
    a, _b = city.once(firms_of)
    return Sample({"code": a.code}, {}, NOBODY)


@sample("delivery:public_firm")
def public_firms(city: City) -> Sample:
    a, b = city.once(firms_of)
    return Sample({"code": a.code}, {"code": b.code}, EVERYBODY)


@sample("api:firm", "api:firm_status")
def firms_for_programs(city: City) -> Sample:
    """What is public of a firm, and whether it may be admitted, is every platform's to ask."""
    a, b = city.once(firms_of)
    return Sample({"id": a.code}, {"id": b.code}, EVERYBODY)


@sample("api:push_events", "api:shipment")
def shipments(city: City) -> Sample:
    """A waybill is no tenant's object: a carrier's program adds events, an officer reads with an order's number too."""
    city.once(firms_of)
    return Sample({"waybill": "GW0000017"}, {"waybill": "GW1000017"}, EVERYBODY)


@sample("api:confirm_ban")
def confirmed_bans(city: City) -> Sample:
    """Every platform confirms every ban for itself."""
    return _numbers(city.once(bans_of), EVERYBODY)


def platform_reports_of(city: City) -> list[Incident]:
    """What each platform reported of a parcel."""
    city.once(firms_of)
    return [_reported(city, side, "attitude", "platform_staff", "platform") for side in (0, 1)]


@sample("api:incident_state")
def reports_of_platforms(city: City) -> Sample:
    return _numbers(city.once(platform_reports_of))


@listing("delivery:incidents")
def incident_list(city: City) -> Listing:
    a, b = city.once(incidents_of)
    return Listing(a.number, b.number, queries=("export=csv", "export=json"))


@listing("delivery:desk")
def desk(city: City) -> Listing:
    a, b = city.once(bans_of)
    return Listing(a.number, b.number)


@listing("delivery:inbox")
def inbox(city: City) -> Listing:
    a, b = city.once(incidents_of)
    return Listing(a.number, b.number, queries=("export=csv",))


@listing("delivery:merchant_parcels")
def own_reports(city: City) -> Listing:
    a, b = city.once(reports_of)
    return Listing(a.number, b.number)


@listing("delivery:board")
def board(city: City) -> Listing:
    """Every platform sees every firm's status."""
    a, b = city.once(firms_of)
    return Listing(a.name, b.name, EVERYBODY)


@listing("delivery:outlets")
def outlets(city: City) -> Listing:
    """Figures of every firm's outlets, for every desk."""
    a, b = city.once(firms_of)
    return Listing(a.name, b.name, DESK, ("export=csv",))


# ---- the API's happy paths

CLIENT, OFFICER, ANYBODY = "client", "officer", "anonymous"
FIRM, WAYBILL, ORDER = "gate-courier", "GATEW17", "GATEO17"


def _event(seq: int) -> dict[str, Any]:
    at = clock.now().replace(microsecond=0).isoformat()
    return {"waybill_no": WAYBILL, "seq": seq, "status": "TRANSIT", "at": at, "division": "230402", "outlet": "N1", "operator": "E1"}


def _world(shop: Shop) -> CourierFirm:
    """A courier firm of the world's subject with one parcel; made once."""
    firm = CourierFirm.objects.filter(code=FIRM).first()
    if firm is None:
        firm = register.register_courier_firm(FIRM, "门速递", "system:gate", subject=shop.subject)
        carried(shop.platform, shop.shop_id, FIRM, WAYBILL, ORDER)
    return firm


def _ban(shop: Shop) -> Ban:
    from chengxin.supervision.tests import town

    firm, subject = _world(shop), shop.subject
    assert subject
    made = Ban.objects.filter(firm=firm).first()
    if made:
        return made
    officer, reviewer = (town.person(f"{role}-of-bans", role, department="POST") for role in ("officer", "reviewer"))
    return barred(officer, reviewer, "POST", firm, subject, "门〔2026〕9号")


def _pushed(shop: Shop, seq: int, waybill: str = "") -> Request:
    _world(shop)
    return Request(CLIENT, {"waybill": waybill} if waybill else {}, body={"format": "plain", "events": [_event(seq)]})


def _incident(shop: Shop, kind: str) -> Request:
    _world(shop)
    return Request(CLIENT, body={"waybill_no": WAYBILL, "order_no": ORDER, "kind": kind, "text": "外箱破损，内件碎了"})


def _known_incident(shop: Shop) -> Incident:
    """One that the world's platform reported; made once."""
    _world(shop)
    found = Incident.objects.filter(waybill_no=WAYBILL, kind="lost").first()
    return found or actions.report(samples.staff(shop.platform.code), "platform", WAYBILL, ORDER, "lost", "轨迹停在中转场")


HAPPY: dict[str, Any] = {
    "GET /api/v1/shipments/formats": lambda w: Request(ANYBODY),
    "POST /api/v1/shipments/events": lambda w: _pushed(w.shop, 3),
    "POST /api/v1/shipments/{waybill}/events": lambda w: _pushed(w.shop, 4, WAYBILL),
    "GET /api/v1/shipments/{waybill}": lambda w: _world(w.shop) and Request(OFFICER, {"waybill": WAYBILL}, query={"order_no": ORDER}),
    "POST /api/v1/courier-incidents": lambda w: _incident(w.shop, "late"),
    "GET /api/v1/courier-incidents/{number}": lambda w: Request(CLIENT, {"number": _known_incident(w.shop).number}),
    "GET /api/v1/courier-firms": lambda w: _world(w.shop) and Request(ANYBODY),
    "GET /api/v1/courier-firms/{id}": lambda w: Request(ANYBODY, {"id": _world(w.shop).code}),
    "GET /api/v1/courier-firms/{id}/status": lambda w: Request(CLIENT, {"id": _world(w.shop).code}),
    "POST /api/v1/courier-bans/{number}/receipts": lambda w: Request(CLIENT, {"number": _ban(w.shop).number}),
}
