"""Finding subjects and shops: by code, by link, by the platform's shop id, by name.

Names go through the bigram index (FTS5 or tsvector) as a filter and are then compared with LIKE, so that the answer is exactly LIKE's,
without LIKE's walk over every row. A text with no Chinese pair in it has nothing to look up and is answered by LIKE alone; one with a
Latin letter or a figure by LIKE over the names that hold any.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from chengxin.kernel import search
from chengxin.subjects import identifiers
from chengxin.subjects.models import IndexedName, Shop, Subject, SubjectIdentifier
from chengxin.subjects.models.shops import EXITED
from chengxin.subjects.search_index import HoldsLatin

MOST = 500
_LATIN = re.compile("[0-9a-z]")
_PAIR = re.compile(r"^[㐀-鿿豈-﫿]{2}$")


def search_subjects(text: str, limit: int = MOST) -> QuerySet[Subject]:
    """Subjects found by code, secondary number, link, shop id, shop name, or any public name; exact finds alone when there are any.

    Public facts only: natural persons are not found by name, number or telephone here (the officer's `find_person` is). Where more
    than `limit` names hold the text, the entries of that very name and then the oldest are taken. Each step is one look-up in an index.
    """
    text = text.strip()
    if not text:
        return Subject.objects.none()
    found = _by_code(text) or _by_name(text, limit)
    return Subject.objects.filter(pk__in=found).order_by("name", "pk")


def _by_code(text: str) -> set[UUID]:
    """Subjects of a code, a secondary number or a link; asked one after the other, since an OR over joined tables reads every row."""
    code = identifiers.compact(text)
    found = Subject.objects.filter(uscc=code).order_by().values_list("pk")
    others = SubjectIdentifier.objects.filter(value__in=[text, code]).order_by().values_list("subject")
    return {key for (key,) in found.union(others, _by_link(text).order_by().values_list("subject"))}


def _by_name(text: str, limit: int) -> set[UUID]:
    """Subjects by their own or their shops' names, or by a shop's id at its platform. An address is not looked for in names."""
    if "://" in text:
        return set()
    own = IndexedName.objects.filter(text=search.normal(text))
    by_id = Shop.objects.filter(shop_id=text).values_list("subject", "subject")
    rows = [*by_id, *_owners(own)[:limit], *_owners(_first(text))[:limit]]
    found = dict.fromkeys(subject or of_shop for subject, of_shop in rows)
    return set([key for key in found if key][:limit])


def _owners(names: QuerySet[IndexedName]) -> QuerySet[IndexedName, tuple[UUID | None, UUID | None]]:
    return names.values_list("subject", "shop__subject")


def search_shops(text: str) -> QuerySet[Shop]:
    """Shops found by link, platform shop id, or name; also those of a subject found by its code."""
    text = text.strip()
    if not text:
        return Shop.objects.none()
    linked = _by_link(text)
    if linked.exists():
        return linked
    names = hits(text).filter(shop__isnull=False).values("shop")
    return Shop.objects.filter(Q(shop_id=text) | Q(pk__in=names) | Q(subject__uscc=identifiers.compact(text)))


def find_by_link(address: str) -> Shop | None:
    """The one shop that stands at a web address, or below it on a platform that gives shops their own paths."""
    return _by_link(address).exclude(state=EXITED).first()


def hits(text: str) -> QuerySet[IndexedName]:
    """The indexed names that hold the text, by LIKE on the normalised form; the full-text index only narrows what LIKE looks at."""
    found, pairs = _alike(text)
    if not pairs:
        return found
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM subjects_indexedname_fts WHERE subjects_indexedname_fts MATCH %s"
        return found.filter(pk__in=RawSQL(sql, [_match(pairs)]))  # noqa: S611 - constant text
    sql = "SELECT id FROM subjects_indexedname WHERE to_tsvector('simple', tokens) @@ plainto_tsquery('simple', %s)"
    return found.filter(pk__in=RawSQL(sql, [" ".join(pairs)]))  # noqa: S611 - constant text


def _first(text: str) -> QuerySet[IndexedName]:
    """`hits`, the oldest first, to be cut and never to be asked within another question.

    On SQLite a join, read in the index's own order: it ends as soon as enough are found.
    """
    found, pairs = _alike(text)
    if not pairs or connection.vendor != "sqlite":
        return hits(text).order_by("pk")
    same = "subjects_indexedname_fts.rowid = subjects_indexedname.id"
    match, own = "subjects_indexedname_fts MATCH %s", "subjects_indexedname_fts.rowid"
    return found.extra(tables=["subjects_indexedname_fts"], where=[same, match], params=[_match(pairs)], order_by=[own])  # noqa: S610


def _alike(text: str) -> tuple[QuerySet[IndexedName], list[str]]:
    """The names by LIKE alone, and the pairs that all of them hold: a name that holds the text holds its pairs."""
    wanted = search.normal(text.strip())
    if not wanted:
        return IndexedName.objects.none(), []
    found = IndexedName.objects.filter(text__contains=wanted)
    pairs = sorted({token for token in search.query(wanted) if _PAIR.match(token)})
    if not pairs and _LATIN.search(wanted):
        found = found.filter(HoldsLatin("text"))
    return found, pairs


def _match(pairs: list[str]) -> str:
    return " ".join(f'"{pair}"' for pair in pairs)


def _by_link(text: str) -> QuerySet[Shop]:
    if "." not in text or " " in text:
        return Shop.objects.none()
    key = identifiers.url_key(text)
    return Shop.objects.filter(url_key=key) if key else Shop.objects.none()
