"""What anybody may look up: the public cards of subjects. Clues, risk classes and persons are not here and cannot be reached from here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from chengxin.commitments import queries as commitments
from chengxin.consumers import queries as consumers
from chengxin.evaluation import queries as scores
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.lists import queries as lists
from chengxin.lists.catalogue import Programme, programme
from chengxin.lists.models import RedEntry
from chengxin.marks import queries as trusted
from chengxin.marks.lists import link_line
from chengxin.marks.models import Mark
from chengxin.platforms.lists import coded
from chengxin.platforms.models import MajorEvent
from chengxin.products import gs1
from chengxin.products.errors import CodeWrong
from chengxin.products.models import Product
from chengxin.publicity import bare, reviews
from chengxin.records.queries import Line
from chengxin.records.queries import as_data as record_as_data
from chengxin.subjects import queries as subjects
from chengxin.subjects.models import Platform, Shop, Subject
from chengxin.subjects.queries import PublicCard

MARK = re.compile(r"TM[0-9A-Z]{6,22}")
MOST = 50  # more than two pages of results is a question to ask more narrowly, not a list to read


@dataclass(frozen=True)
class Found:
    """An answer to a search: the cards, and whether there were more than are shown."""

    cards: list[PublicCard]
    more: bool


def look_up(text: str) -> Found:
    """The public cards for a name, code, link or shop id; nothing for a text of one character or of only blanks."""
    if len(text.strip()) < 2:
        return Found([], False)
    found = list(subjects.search_subjects(text[:200])[: MOST + 1])
    shown = _kept(found[:MOST])
    return Found(subjects.public_cards(shown), len(found) > MOST)


def _kept(found: list[Subject]) -> list[tuple[Subject, frozenset[UUID]]]:
    """Each subject once, under the entry that is kept, with its entries."""
    entries = subjects.families(one.pk for one in found)
    away = {one.pk: subjects.kept_of(one.pk) for one in found if len(entries[one.pk]) > 1}
    kept = Subject.objects.in_bulk(set(away.values()))
    shown = {away.get(one.pk, one.pk): (kept[away[one.pk]] if one.pk in away else one, entries[one.pk]) for one in found}
    return list(shown.values())


def card(subject: Subject) -> PublicCard:
    """The public card of a subject."""
    return subjects.public_card(subject)


def records(subject: Subject, entries: frozenset[UUID] | None = None) -> list[Line]:
    """The records of a subject that the law has published today, each with its flag when it is disputed; what is repaired is gone.

    Without those a named human holds back. entries: those of its card, where it is at hand.
    """
    held = reviews.held("records")
    return [one for one in lists.public_records(subject, entries) if one.record.number not in held]


def official_lists(subject: Subject) -> list[lists.Listing]:
    """The official lists the subject is on today. Platforms' own lists are not here: no authority decided them."""
    held = reviews.held("lists")
    return [one for one in lists.public_of_subject(subject) if one.entry.number not in held]


def red_lists(subject: Subject) -> list[tuple[RedEntry, Programme]]:
    """The red lists the subject is on today."""
    rows = lists.red_public().filter(subject=subject).exclude(number__in=reviews.held("red_lists"))
    return [(one, programme(one.programme)) for one in rows]


def lead(text: str) -> str:
    """The page that a GTIN, a Digital Link, or a mark's serial or address leads to; empty when the text is none of them, or unknown."""
    plain = text.strip()
    marked = MARK.search(plain.upper())
    if marked and Mark.objects.filter(serial=marked[0]).exists():
        return reverse("marks:mark", args=[marked[0]])
    path = plain[plain.find("/01/") :] if "/01/" in plain else f"/01/{plain}" if plain.isascii() and plain.isdigit() else ""
    try:
        code = gs1.read(path.partition("?")[0]) if path else None
    except CodeWrong:
        code = None
    known = code is not None and Product.objects.filter(gtin=code.gtin).exists()
    return f"/life{code.path}" if code and known else ""


def sections(subject: Subject, card: PublicCard) -> dict[str, list[Any]]:
    """What is public of a subject besides its card. A section in which it has no row at all is not asked for."""
    there, entries = bare.present(card.entries), card.entries
    ask: dict[str, Callable[[], Iterable[Any]]] = {
        "records": lambda: records(subject, entries),
        "official": lambda: official_lists(subject),
        "red": lambda: red_lists(subject),
        "marks": lambda: trusted.of_subjects(entries),
        "links": lambda: [link_line(one) for one in trusted.links_of(entries)],
        "scores": lambda: scores.latest().filter(shop__subject__in=entries)[:MOST],
        "commitments": lambda: commitments.of_subject([subject.pk]),
        "complaints": lambda: consumers.figures(Shop.objects.filter(subject__in=entries)),
        "platforms": lambda: Platform.objects.filter(subject__in=entries),
    }
    found = {name: list(one()) if name in there else [] for name, one in ask.items()}
    return found | {"events": _events(found["platforms"])}


def _events(platforms: list[Platform]) -> list[dict[str, Any]]:
    rows = MajorEvent.objects.filter(platform__in=platforms, until__gte=clock.today()).select_related("platform")
    return [{"one": one, "kind": coded("platform_event", one.kind)} for one in (rows if platforms else ())]


def subject_of(id: str) -> Subject:
    """The subject of a public page's address, under the entry that is kept. Raises NotFound for an unknown or malformed id."""
    try:
        key = UUID(id)
    except ValueError:
        raise NotFound from None
    found = Subject.objects.filter(pk=subjects.kept_of(key)).first()
    if found is None:
        raise NotFound
    return found


def summary(one: PublicCard) -> dict[str, Any]:
    """What a result line says of a card: how many shops, and whether all of them are verified now."""
    current = sum(shop.current for shop in one.shops)
    return {"card": one, "shops": len(one.shops), "current": current, "state": state(one)}


def state(one: PublicCard) -> str:
    """verified: every shop's identity is current; partly; stale: none is; none: no shop is shown."""
    if not one.shops:
        return "none"
    current = sum(shop.current for shop in one.shops)
    return "verified" if current == len(one.shops) else "partly" if current else "stale"


def as_data(one: PublicCard) -> dict[str, Any]:
    """A public card as plain data for the open interface, with the day it was read."""
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "uscc": one.uscc,
        "status": one.status,
        "division": one.division,
        "verified_on": one.verified_on,
        "state": state(one),
        "licences": [
            {"kind": each.kind, "number": each.number, "issuer": each.issuer, "expires_on": each.expires_on, "in_force": each.in_force}
            for each in one.licences
        ],
        "shops": [
            {"platform": each.platform_code, "name": each.name, "url": each.url, "current": each.current, "verified_on": each.verified_on}
            for each in one.shops
        ],
        "as_of": clock.today(),
    }


def records_as_data(subject: Subject, entries: frozenset[UUID] | None = None) -> list[dict[str, Any]]:
    """The public records of a subject as plain data: what happened, who decided, on what basis, until when it is shown."""
    there = entries is None or "records" in bare.present(entries)
    return [record_as_data(one) for one in (records(subject, entries) if there else ())]
