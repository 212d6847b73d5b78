"""A merchant with a product and a batch, a platform, officers; events as they come in; orders that a platform reported."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chengxin.kernel import clock
from chengxin.payments.tests import people
from chengxin.payments.tests.people import Town
from chengxin.products import actions
from chengxin.products.affected import ORDER, PARCEL
from chengxin.products.models import Batch, Product
from chengxin.traceability import actions as traces

GTIN, OTHER = "9520000000011", "9520000000028"
DAY = timedelta(days=1)
START = datetime(2026, 10, 1, 8, tzinfo=clock.CITY)
FARM, PLANT, SHOP = (f"urn:chengxin:party:{name}" for name in ("farm", "plant", "shop"))


def town(password: str | None = None) -> Town:
    return people.town(password)


def product(of: Town, gtin: str = GTIN, **changes: Any) -> Product:
    given = {"gtin": gtin, "name": "示例黑木耳", "name_en": "Black fungus", "category": "AGRI", "spec": "250 克", "brand": "示例山货"}
    return actions.register(of.merchant, of.shop.subject_id, {**given, **changes})


def batch(of: Town, made: Product, lot: str = "L1", **changes: Any) -> Batch:
    given = {"lot": lot, "made_at": date(2026, 10, 1), "quantity": Decimal(100), "unit": "KGM", "origin": "鹤岗市", "division": "230402"}
    return actions.add_batch(of.merchant, made.gtin, {**given, **changes})


def event(step: str, at: datetime, quantities: list[tuple[str, float, str]], here: str = "", **more: Any) -> dict[str, Any]:
    """An ObjectEvent over lots: (key, quantity, unit). more: giver, taker, order, parcel, action, disposition."""
    listed = [{"epcClass": key, "quantity": quantity} | ({"uom": unit} if unit else {}) for key, quantity, unit in quantities]
    made: dict[str, Any] = {"type": "ObjectEvent", "action": more.get("action", "OBSERVE"), "bizStep": step, "quantityList": listed}
    made |= {"eventTime": at.isoformat(timespec="milliseconds"), "eventTimeZoneOffset": "+08:00"}
    if here:
        made["bizLocation"] = {"id": here}
    if more.get("giver"):
        made["sourceList"] = [{"type": "possessing_party", "source": more["giver"]}]
    if more.get("taker"):
        made["destinationList"] = [{"type": "possessing_party", "destination": more["taker"]}]
    if more.get("disposition"):
        made["disposition"] = more["disposition"]
    papers = [("po", ORDER + order) for order in more.get("orders", ())] + [
        ("desadv", PARCEL + parcel) for parcel in more.get("parcels", ())
    ]
    if papers:
        made["bizTransactionList"] = [{"type": kind, "bizTransaction": uri} for kind, uri in papers]
    return made


def transformed(at: datetime, inputs: list[tuple[str, float, str]], outputs: list[tuple[str, float, str]], here: str) -> dict[str, Any]:
    """A TransformationEvent."""
    sides = {
        name: [{"epcClass": key, "quantity": quantity} | ({"uom": unit} if unit else {}) for key, quantity, unit in side]
        for name, side in (("inputQuantityList", inputs), ("outputQuantityList", outputs))
    }
    time = {"eventTime": at.isoformat(timespec="milliseconds"), "eventTimeZoneOffset": "+08:00"}
    return {"type": "TransformationEvent", "bizStep": "commissioning", "bizLocation": {"id": here}, **time, **sides}


def capture(of: Town, *events: dict[str, Any]) -> None:
    traces.capture(list(events), of.officer)


def key(made: Product, lot: str) -> str:
    from chengxin.products.gs1 import Code

    return Code(made.gtin, lot=lot).key
