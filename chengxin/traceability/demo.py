"""A few chains for the demo city: black fungus from a farm to a parcel, a lot that was weighed wrongly, a box that got warm."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chengxin.accounts.access import Actor
from chengxin.subjects.models import Subject
from chengxin.traceability import actions
from chengxin.traceability.models import PLATFORM, SUBJECT, TraceEvent

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://example.org/trace/"}]
RAW, PACK = "https://id.gs1.org/01/09521234000105", "https://id.gs1.org/01/09521234000204"
FARM, PACKER, MALL = (f"urn:epc:id:pgln:9521234.0000{place}" for place in (1, 2, 3))
SITES = {who: f"urn:epc:id:sgln:9521234.1000{place}.0" for place, who in enumerate((FARM, PACKER, MALL))}
DAYS = ("2026-08-28", "2026-08-30", "2026-09-02", "2026-09-03", "2026-09-05")


def fill(farm: Subject, packer: Subject, platform: str, officer: Actor) -> None:
    """Three chains, each captured by who did what. Repeating it changes nothing."""
    if TraceEvent.objects.exists():
        return
    for kind, code, name in ((SUBJECT, str(farm.pk), FARM), (SUBJECT, str(packer.pk), PACKER), (PLATFORM, platform, MALL)):
        actions.name_party(officer, kind, code, name)
        actions.name_party(officer, kind, code, SITES[name])
    mall = Actor(id="system:demo", name=platform, platforms=frozenset({platform}))
    for number, kilos in enumerate((120, 80, 60), 1):
        lot = f"{RAW}/10/HE26090{number}"
        boxes = [f"{PACK}/21/P{number}{place:03d}" for place in range(1, 4)]
        parcel = f"urn:epc:id:sscc:9521234.000000000{number}"
        actions.capture(_grown(lot, kilos, number), officer, subject=farm.pk, context=CONTEXT)
        actions.capture(_packed(lot, kilos, boxes, parcel, number), officer, subject=packer.pk, context=CONTEXT)
        actions.capture(_sold(boxes, parcel, number), mall, context=CONTEXT)
    _weighed_wrongly(officer, farm)


def _event(kind: str, number: int, step: str, day: str, who: str, **more: Any) -> dict[str, Any]:
    return {
        "eventID": f"urn:uuid:{uuid5(NAMESPACE_URL, f'https://example.org/trace/{who}/{number}/{step}')}",
        "type": kind,
        "eventTime": f"{day}T0{number}:30:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        "readPoint": {"id": SITES[who]},
        "bizLocation": {"id": SITES[who]},
        **more,
    }


def _of(lot: str, kilos: float) -> list[dict[str, Any]]:
    return [{"epcClass": lot, "quantity": kilos, "uom": "KGM"}]


def _moved(one: str, other: str) -> dict[str, Any]:
    return {
        "sourceList": [{"type": "owning_party", "source": one}],
        "destinationList": [{"type": "owning_party", "destination": other}],
    }


def _grown(lot: str, kilos: float, number: int) -> list[dict[str, Any]]:
    ilmd = {"ex:product": "黑木耳", "ex:harvestDate": DAYS[0], "ex:plot": f"北陵村{number}号棚"}
    return [
        _event("ObjectEvent", number, "commissioning", DAYS[0], FARM, action="ADD", quantityList=_of(lot, kilos), ilmd=ilmd),
        _event("ObjectEvent", number, "shipping", DAYS[1], FARM, action="OBSERVE", quantityList=_of(lot, kilos), **_moved(FARM, PACKER)),
    ]


def _packed(lot: str, kilos: float, boxes: list[str], parcel: str, number: int) -> list[dict[str, Any]]:
    warm = [{"sensorReport": [{"type": "Temperature", "value": 21.5 + number, "uom": "CEL"}]}]
    return [
        _event("ObjectEvent", number, "receiving", DAYS[1], PACKER, action="OBSERVE", quantityList=_of(lot, kilos)),
        _event("TransformationEvent", number, "commissioning", DAYS[2], PACKER, inputQuantityList=_of(lot, 30), outputEPCList=boxes),
        _event("AggregationEvent", number, "packing", DAYS[2], PACKER, action="ADD", parentID=parcel, childEPCs=boxes),
        _event("ObjectEvent", number, "departing", DAYS[3], PACKER, action="OBSERVE", epcList=[parcel], **_moved(PACKER, MALL)),
        _event("ObjectEvent", number, "sensor_reporting", DAYS[3], PACKER, action="OBSERVE", epcList=[parcel], sensorElementList=warm),
    ]


def _sold(boxes: list[str], parcel: str, number: int) -> list[dict[str, Any]]:
    order = [{"type": "po", "bizTransaction": f"https://example.org/orders/YS{number:05d}"}]
    return [
        _event("ObjectEvent", number, "arriving", DAYS[3], MALL, action="OBSERVE", epcList=[parcel]),
        _event("AggregationEvent", number, "unpacking", DAYS[4], MALL, action="DELETE", parentID=parcel, childEPCs=boxes),
        _event("ObjectEvent", number, "retail_selling", DAYS[4], MALL, action="OBSERVE", epcList=boxes[:1], bizTransactionList=order),
    ]


def _weighed_wrongly(officer: Actor, farm: Subject) -> None:
    """The farm says that the second lot was weighed wrongly, and says it right."""
    wrong = _grown(f"{RAW}/10/HE260902", 80, 2)[0]
    right = {**wrong, "eventID": "urn:uuid:00000000-0000-4000-8000-000000000902", "quantityList": _of(f"{RAW}/10/HE260902", 82)}
    declared = {"declarationTime": f"{DAYS[1]}T12:00:00+08:00", "reason": "incorrect_data", "correctiveEventIDs": [right["eventID"]]}
    actions.capture([right, {**wrong, "errorDeclaration": declared}], officer, subject=farm.pk, context=CONTEXT)
