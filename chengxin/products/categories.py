"""What the records of a batch lack by the duties of its category, and which listings carry no code. Dated data, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.products.models import Batch

FIELDS: dict[str, Any] = {
    "lot": _("Lot"),
    "made_at": _("Made on"),
    "expires_at": _("Best before"),
    "quantity": _("Quantity"),
    "origin": _("Origin"),
    "standard_no": _("Standard"),
    "licence_no": _("Licence number"),
    "spec": _("Specification"),
}
OF_PRODUCT = ("standard_no", "licence_no", "spec")
MOST = 500
MEMORY_MB = 512
# The newest state of each product page of a category that is on the shelf and carries neither a GTIN nor a trace code.
WITHOUT_CODE = """
SELECT platform, shop, sku, max_by(title, changed_at) AS title, max_by(category, changed_at) AS category, max(changed_at) AS changed_at
FROM listing WHERE changed_at < $as_of GROUP BY platform, shop, sku
HAVING coalesce(max_by(status, changed_at), 'on') = 'on' AND coalesce(max_by(gtin, changed_at), '') = ''
    AND NOT contains(coalesce(max_by(attributes, changed_at), ''), '追溯码=')
    AND regexp_matches(coalesce(max_by(category, changed_at), ''), $paths)
    AND ($platform = '' OR platform = $platform)
ORDER BY platform, shop, sku LIMIT $most
"""


@dataclass(frozen=True)
class Missing:
    """What the records of a batch lack. fields: names; certificates: kinds of which one is needed, empty when one is there."""

    category: Mapping[str, Any]
    fields: list[str]
    certificates: list[str]
    keep_until: date | None

    @property
    def complete(self) -> bool:
        return not self.fields and not self.certificates

    @property
    def field_names(self) -> list[Any]:
        return [FIELDS[name] for name in self.fields]


def duties(day: date | None = None) -> dict[str, dict[str, Any]]:
    """The categories with their duties in force on a day."""
    return law.at(day or clock.today()).codes("trace_category")


def missing(batch: Batch) -> Missing | None:
    """What is missing by the law of the day the batch was made (today, without one); None for a category that had no duty then."""
    duty = duties(batch.made_at).get(batch.product.category)
    if duty is None:
        return None
    held = set(batch.certificates.values_list("kind", flat=True))
    lacking = [name for name in duty["fields"] if not getattr(batch.product if name in OF_PRODUCT else batch, name)]
    return Missing(duty, lacking, [] if held & set(duty["certificates"]) else list(duty["certificates"]), keep_until(batch, duty))


def keep_until(batch: Batch, duty: Mapping[str, Any]) -> date | None:
    """Until when the records are kept: so long after the shelf life, or so many years after the batch was made."""
    keep = duty["keep"]
    if batch.expires_at and "after_expiry_months" in keep:
        return add_months(batch.expires_at, keep["after_expiry_months"])
    return add_months(batch.made_at, 12 * keep["years"]) if batch.made_at else None


def listings_without_code(platform: str = "") -> list[dict[str, Any]]:
    """Product pages on the shelf in a category of tracing that carry no GTIN and no trace code (attribute 追溯码), 500 at most."""
    paths = sorted({path for duty in duties().values() for path in duty["paths"]})
    given = {"as_of": clock.now(), "paths": f"^({'|'.join(paths)})(/|$)", "platform": platform, "most": MOST}
    with lake.connect(snapshot(["listing"]), memory_mb=MEMORY_MB, threads=1) as db:
        answer = db.execute(WITHOUT_CODE, given)
        names = [column[0] for column in answer.description or []]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
