"""What anybody may see of a subject: identity facts, licences, shops, how current they are. Never a grade, never a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from chengxin.kernel import clock
from chengxin.kernel.masking import mask
from chengxin.law import law
from chengxin.subjects.models import Licence, Shop, Subject
from chengxin.subjects.models.shops import DRAFT, EXITED, SEEN, SUBMITTED
from chengxin.subjects.queries.same import family
from chengxin.subjects.vocabulary import licence_kinds

if TYPE_CHECKING:
    from chengxin.subjects.queries.bare import LicenceRow, ShopRow

HIDDEN = (SEEN, DRAFT, SUBMITTED, EXITED)  # states of a shop that is not shown
Row = TypeVar("Row", Licence, Shop)


@dataclass(frozen=True)
class PublicLicence:
    """A licence as it is shown publicly (亮照亮证)."""

    kind: dict[str, str]
    number: str
    issuer: str
    expires_on: date | None
    in_force: bool
    official_query_url: str
    last_checked_on: date | None


@dataclass(frozen=True)
class PublicShop:
    """A shop: `current` says whether its identity was verified within the law's six months and its licences hold."""

    id: str
    token: int
    platform: str
    platform_code: str
    name: str
    url: str
    path_words: str
    registered: bool
    declaration: dict[str, str] | None
    state: str
    current: bool
    verified_on: date | None
    next_due_on: date | None


@dataclass(frozen=True)
class PublicCard:
    """A subject's public card; a natural person's name is masked, the address ends at the district. `entries`: all that are one."""

    id: str
    kind: str
    kind_text: dict[str, str]
    name: str
    uscc: str
    legal_rep: str
    address: str
    division: str
    status: str
    natural: bool
    verified_on: date | None
    entries: frozenset[UUID]
    licences: list[PublicLicence] = field(default_factory=list)
    shops: list[PublicShop] = field(default_factory=list)


def public_card(subject: Subject, entries: frozenset[UUID] | None = None) -> PublicCard:
    """The card of a subject, from public columns only; a natural person's encrypted columns are read for the district alone.

    entries: its `family`, where the caller knows it; its shops and licences are shown together.
    """
    return public_cards([(subject, family(subject.pk) if entries is None else entries)])[0]


def public_cards(wanted: Sequence[tuple[Subject, frozenset[UUID]]]) -> list[PublicCard]:
    """The card of each subject with its `family`, in their order; the same three queries for one and for many."""
    everybody = {entry for _, entries in wanted for entry in entries}
    shops = Shop.objects.filter(subject__in=everybody).exclude(state__in=HIDDEN)
    theirs = _by_subject(shops.select_related("platform").prefetch_related("declarations"))
    licences = _by_subject(Licence.objects.filter(subject__in=everybody))
    kinds = law.at(clock.today()).codes("subject_kind")
    return [
        _card(one, entries, kinds[one.kind], [licences.get(entry, []) for entry in entries], [theirs.get(entry, []) for entry in entries])
        for one, entries in wanted
    ]


def _by_subject(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    grouped: dict[UUID, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.subject_id, []).append(row)  # type: ignore[arg-type]  # asked for by subject, so none is without
    return grouped


def _card(
    subject: Subject, entries: frozenset[UUID], kind_text: dict[str, str], licences: list[list[Licence]], shops: list[list[Shop]]
) -> PublicCard:
    natural = subject.is_natural
    return PublicCard(
        id=str(subject.pk),
        kind=subject.kind,
        kind_text=kind_text,
        name=subject.name,
        uscc=subject.uscc or "",
        legal_rep="" if natural else subject.legal_rep,
        address=mask("address", subject.person_address or "", "public") if natural else subject.address,
        division=subject.division,
        status=subject.status,
        natural=natural,
        verified_on=clock.city_day(subject.verified_at) if subject.verified_at else None,
        entries=entries,
        licences=[shown_licence(one, clock.today()) for some in licences for one in some],
        shops=[public_shop(one) for one in sorted(chain.from_iterable(shops), key=lambda one: (one.platform.code, one.shop_id))],
    )


def public_shop(shop: Shop) -> PublicShop:
    """The public side of one shop."""
    standing = next((one for one in shop.declarations.all() if one.withdrawn_at is None), None)
    texts = law.at(clock.today()).declarations()
    declaration = {"zh": standing.text, "en": texts[standing.exemption]["en"]} if standing else None
    return shown_shop(shop, shop.platform.name, shop.platform.code, declaration, clock.today())


def shown_shop(shop: Shop | ShopRow, platform: str, code: str, declaration: dict[str, str] | None, today: date) -> PublicShop:
    """The public side of a shop's columns."""
    return PublicShop(
        id=str(shop.id),
        token=shop.token,
        platform=platform,
        platform_code=code,
        name=shop.name or shop.shop_id,
        url=shop.url,
        path_words=shop.path_words,
        registered=shop.registered,
        declaration=declaration,
        state=shop.state,
        current=is_current(shop, today),
        verified_on=clock.city_day(shop.verified_at) if shop.verified_at else None,
        next_due_on=shop.next_due_on,
    )


def is_current(shop: Shop | ShopRow, day: date) -> bool:
    """Whether the display holds on a day, whatever the nightly job has got to: both days are looked at here again."""
    in_time = shop.next_due_on is not None and shop.next_due_on >= day
    return shop.displayed and in_time and (shop.licence_expires_on is None or shop.licence_expires_on >= day)


def subject_facts(subject: Subject) -> dict[str, Any]:
    """The public card as plain data, for open data and badges."""
    card = public_card(subject)
    return {
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "uscc": card.uscc,
        "status": card.status,
        "division": card.division,
        "shops": [
            {"platform": shop.platform_code, "name": shop.name, "url": shop.url, "registered": shop.registered, "current": shop.current}
            for shop in card.shops
        ],
        "licences": [{"kind": one.kind["zh"], "number": one.number, "in_force": one.in_force} for one in card.licences],
    }


def shown_licence(one: Licence | LicenceRow, today: date) -> PublicLicence:
    """The public side of a licence's columns."""
    return PublicLicence(
        kind=licence_kinds()[one.kind],
        number=one.number,
        issuer=one.issuer,
        expires_on=one.expires_on,
        in_force=one.status == "valid" and (one.expires_on is None or one.expires_on >= today),
        official_query_url=one.official_query_url,
        last_checked_on=clock.city_day(one.last_checked_at) if one.last_checked_at else None,
    )
