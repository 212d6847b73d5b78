"""The public card in two or three prepared questions, for a subject that is one with no other entry, no person, and has declared nothing.

The caller has asked whether that is so (`publicity.bare`); what a card says is `card.py`'s alone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from chengxin.kernel import clock
from chengxin.kernel.prepared import Prepared
from chengxin.law import law
from chengxin.subjects.models import Licence, Shop
from chengxin.subjects.queries.card import HIDDEN, PublicCard, PublicLicence, PublicShop, shown_licence, shown_shop


class SubjectRow(NamedTuple):
    """The columns of a subject that a card of no person is made of."""

    kind: str
    name: str
    uscc: str | None
    legal_rep: str
    address: str
    division: str
    status: str
    verified_at: datetime | None


class ShopRow(NamedTuple):
    """Of a shop."""

    id: UUID
    token: int
    shop_id: str
    name: str
    url: str
    path_words: str
    registered: bool
    state: str
    displayed: bool
    verified_at: datetime | None
    next_due_on: date | None
    licence_expires_on: date | None


class LicenceRow(NamedTuple):
    """Of a licence."""

    kind: str
    number: str
    issuer: str
    expires_on: date | None
    status: str
    official_query_url: str
    last_checked_at: datetime | None


SHOPS = Prepared(
    lambda key: (
        Shop.objects.filter(subject=key)
        .exclude(state__in=HIDDEN)
        .order_by("platform__code", "shop_id")
        .values_list(*ShopRow._fields, "platform__name", "platform__code")
    )
)
LICENCES = Prepared(lambda key: Licence.objects.filter(subject=key).order_by("kind", "number").values_list(*LicenceRow._fields))


def bare_card(key: UUID, subject: SubjectRow, shops: bool, licences: bool) -> PublicCard:
    """The card; shops, licences: whether there are any to be asked for."""
    today = clock.today()
    return PublicCard(
        id=str(key),
        kind=subject.kind,
        kind_text=law.at(today).codes("subject_kind")[subject.kind],
        name=subject.name,
        uscc=subject.uscc or "",
        legal_rep=subject.legal_rep,
        address=subject.address,
        division=subject.division,
        status=subject.status,
        natural=False,
        verified_on=clock.city_day(subject.verified_at) if subject.verified_at else None,
        entries=frozenset({key}),
        licences=_licences(key, today) if licences else [],
        shops=_shops(key, today) if shops else [],
    )


def _shops(key: UUID, today: date) -> list[PublicShop]:
    return [shown_shop(ShopRow(*row[:-2]), row[-2], row[-1], None, today) for row in SHOPS.rows(key)]


def _licences(key: UUID, today: date) -> list[PublicLicence]:
    return [shown_licence(LicenceRow(*row), today) for row in LICENCES.rows(key)]
