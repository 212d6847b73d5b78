"""What art. 17 of order 121 names for telling daily consumption from abuse, as facts for the clerk who decides. They are read by a page and
by nothing else: no act of this room imports them, and a count is no ground of refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from chengxin.consumers.models import Complaint
from chengxin.law import law


@dataclass(frozen=True)
class Factor:
    """A fact in the reader's words; n: complaints, shops or days it counts."""

    label: Any
    n: int | None
    said: Any = ""


def of(complaint: Complaint) -> list[Factor]:
    """Counts over the look-back of the law's table, up to the day of receipt; the complaint itself is among them."""
    days = law.at(complaint.received_on).value("complaint_factor_days")
    since = complaint.received_at - timedelta(days=days)
    before = Complaint.objects.filter(received_at__gte=since, received_at__lte=complaint.received_at)
    return [
        *_same(before, "phone_hash", complaint.phone_hash, _("From the same telephone"), _("Businesses complained of from it")),
        *_same(before, "address_hash", complaint.address_hash, _("From the same address"), _("Businesses complained of from there")),
        Factor(_("About the same shop"), before.filter(shop=complaint.shop).count() if complaint.shop else None),
        Factor(_("Order number"), None, _("given") if complaint.order_ref else _("not given")),
    ]


def _same(before: Any, field: str, value: str, label: Any, businesses: Any) -> list[Factor]:
    if not value:
        return [Factor(label, None, _("not given"))]
    told = before.filter(**{field: value}).aggregate(n=Count("pk"), many=Count("respondent_name", distinct=True))
    return [Factor(label, told["n"]), Factor(businesses, told["many"])]
