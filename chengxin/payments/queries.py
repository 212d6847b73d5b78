"""What may be asked of this room: the inventory of channels with their checks, and sums per platform and shop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.facts import queries as facts
from chengxin.kernel import clock
from chengxin.payments import licensing, lists
from chengxin.payments.models import Mismatch, OrgLicence, PaymentChannel
from chengxin.payments.models.mismatches import WAITING
from chengxin.subjects.models import Platform

MOST_FACTS = 50


@dataclass(frozen=True)
class Line:
    """A channel with the licence it rests on today and what is missing (words of lists.FLAG_NAMES)."""

    channel: PaymentChannel
    mode: str
    licences: list[OrgLicence]
    lacks: list[Any]
    ended: bool


def inventory(actor: Actor, platform: Platform | None = None) -> list[Line]:
    """The actor's channels, those that lack something first."""
    today = clock.today()
    found = access.all(actor, PaymentChannel).select_related("platform", "org")
    lines = [_line(one, today) for one in (found.filter(platform=platform) if platform else found)]
    return sorted(lines, key=lambda line: (line.ended, not line.lacks, line.channel.platform.code, line.channel.channel_no))


def _line(channel: PaymentChannel, today: Any) -> Line:
    org = channel.org or licensing.org_named(channel.institution)
    lacks = [lists.FLAG_NAMES[kind] for kind in licensing.of_channel(channel, today)]
    ended = channel.until is not None and channel.until < today
    return Line(channel, lists.coded("payment_mode", channel.mode), licensing.licences_of(org, today) if org else [], lacks, ended)


def by_platform(actor: Actor) -> list[dict[str, Any]]:
    """Per platform: mismatches that wait, all, confirmed."""
    counts = {
        "waiting": Count("pk", filter=Q(state__in=WAITING)),
        "all": Count("pk"),
        "confirmed": Count("pk", filter=Q(state="CONFIRMED")),
    }
    found = access.all(actor, Mismatch).values("platform__code", "platform__name").annotate(**counts)
    return [dict(row) for row in found.order_by("platform__code")]


def by_shop(actor: Actor, platform: str, most: int = 20) -> list[dict[str, Any]]:
    """The shops of a platform with the most mismatches that wait."""
    found = access.all(actor, Mismatch).filter(platform__code=platform, state__in=WAITING).exclude(shop=None)
    counted = found.values("shop__shop_id", "shop__name").annotate(waiting=Count("pk"))
    return [dict(row) for row in counted.order_by("-waiting", "shop__shop_id")[:most]]


def rows_of(known: dict[str, Iterable[int]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The fact rows behind a mismatch or flag, kind by kind, without pseudonyms: those say nothing to a reader."""
    hidden = {"batch", "order", "shop", "parcel", "item", "buyer", "payer", "payee", "address", "sender", "device", "ip", "serial", "fact"}
    found = []
    for kind, ids in known.items():
        rows = facts.rows(kind, list(ids)[:MOST_FACTS])
        found.append((kind, [{name: value for name, value in row.items() if name not in hidden and value is not None} for row in rows]))
    return found
