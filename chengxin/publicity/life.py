"""The life line of goods: shop, licence, mark, origin, custody, papers, inspections, recalls, reviews. Public facts only, read together.

Nothing personal: people stand without a name, places go down to the city, no order and no buyer is read.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chengxin.evaluation import queries as scores
from chengxin.inspection import queries as inspections
from chengxin.kernel import clock
from chengxin.marks import queries as trusted
from chengxin.products import lists, queries
from chengxin.products.gs1 import Code
from chengxin.publicity import reviews
from chengxin.publicity.queries import records
from chengxin.subjects import queries as subjects
from chengxin.subjects.queries import PublicShop

MOST = 5  # of each kind; the subject's page has them all


def of(code: Code) -> dict[str, Any]:
    """What the page shows. Raises NotRegistered for a product that is not."""
    found = queries.find(code)
    owner = found.product.subject
    family = subjects.family(owner.pk)
    card = subjects.public_card(owner, family)
    best = found.batch.expires_at if found.batch else None
    return {
        "code": code,
        "product": found.product,
        "name_en": found.product.name_en,
        "category": lists.coded("trace_category", found.product.category),
        "batch": found.batch,
        "lot_unknown": found.lot_unknown,
        "expires": best or code.dates.get("17") or code.dates.get("15"),
        "today": clock.today(),
        "recalls": [{"one": one, "state": lists.state_name("recall", one.state)} for one in queries.recalls_of(found)],
        "card": card,
        "licences": [one for one in card.licences if one.in_force][:MOST],
        "shops": card.shops[:MOST],
        "marks": trusted.of_subjects(family)[:MOST],
        "stops": [{"one": one, "step": lists.step_name(one.what)} for one in queries.stops(found)],
        "certificates": _papers(found),
        "inspections": _inspections(family),
        "records": len(records(owner)),
        "scores": list(scores.latest().filter(shop__subject__in=family)[:MOST]),
        "complain": "/complaints/new/?" + urlencode(_complaint(found, card.shops, card.name)),
    }


def _inspections(family: frozenset[UUID]) -> list[dict[str, Any]]:
    """Published results, without those whose record a named human holds back."""
    held = reviews.held("records")
    rows = inspections.public_results(MOST, family)
    return [row for row in rows if row["line"] is None or row["line"].record.number not in held]


def _papers(found: queries.Found) -> list[dict[str, Any]]:
    if found.batch is None:
        return []
    return [{"one": one, "kind": lists.coded("product_certificate", one.kind)} for one in found.batch.certificates.all()[:MOST]]


def _complaint(found: queries.Found, shops: list[PublicShop], business: str) -> dict[str, str]:
    """What the complaint's form is filled with: the shop by its link, else by name."""
    shop = (shops[0].url or shops[0].name) if shops else business
    lot = found.batch.lot if found.batch else found.code.lot
    given = {"shop": shop, "product": found.product.name, "lot": lot, "gtin": found.product.gtin}
    return {name: value for name, value in given.items() if value}
