"""What the open data is made of: the declared fields of each set, and its rows as they are public on a day.

Whether a fact is public is asked of the room it stands in (records, lists, marks …), never computed here. Natural persons are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from django.db.models import Q, QuerySet

from chengxin.commitments import queries as commitments
from chengxin.commitments.models import Commitment
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.lists import queries as lists
from chengxin.lists.catalogue import programme
from chengxin.marks import queries as marks
from chengxin.marks.models import Mark
from chengxin.marks.models.marks import VALID
from chengxin.products import queries as products
from chengxin.publicity import reviews
from chengxin.records.models import Record
from chengxin.subjects.models import Licence, Subject
from chengxin.subjects.models.parties import NATURAL_KINDS
from chengxin.subjects.queries.card import is_current
from chengxin.subjects.vocabulary import licence_kinds

CHUNK = 2000  # rows held at once; with 20,000 a set of a million takes no less time and four times the memory
ARROW = {"text": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "date": pa.date32()}

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Field:
    """A declared field. scan: free text that the redaction check reads."""

    name: str
    type: str
    zh: str
    en: str
    scan: bool = False


@dataclass(frozen=True)
class Dataset:
    """A set of the open data. tracked: its rows are facts that can end; reviewed: a named human can hold one of them back."""

    code: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    tracked: bool = False
    reviewed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields)

    @property
    def scanned(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields if one.scan)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(one.name, ARROW[one.type]) for one in self.fields])

    def rows(self, day: date) -> Iterator[list[Row]]:
        """The rows that are public on a day, a chunk at a time, without what a named human holds back."""
        held = reviews.held(self.code) if self.reviewed else frozenset()
        for some in READERS[self.code](day):
            kept = [row for row in some if row[0] not in held]
            if kept:
                yield kept


@cache
def catalogue() -> dict[str, Dataset]:
    """All sets, as datasets.yaml declares them."""
    given = yaml.load((Path(__file__).parent / "datasets.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {code: _dataset(code, one) for code, one in given.items()}


def _dataset(code: str, given: dict[str, Any]) -> Dataset:
    fields = tuple(Field(name=name, **one) for name, one in given.pop("fields").items())
    return Dataset(code=code, fields=fields, **given)


def copy_until(day: date) -> date:
    """The last day on which a copy made on a day may be used without being fetched again."""
    return day + timedelta(days=int(law.at(day).value("open_data_copy_days")))


def ends(day: date, *last: date | None) -> date:
    """valid_until of a row: its fact's last public day, or that of the copy, whichever comes first."""
    return min(one for one in (copy_until(day), *last) if one)


def _who(subject: Subject) -> Row:
    return str(subject.pk), subject.uscc or "", subject.name


def _open(field: str = "subject") -> Q:
    """Not about a natural person."""
    return ~Q(**{f"{field}__kind__in": NATURAL_KINDS})


def _chunks(rows: QuerySet[Any]) -> Iterator[Iterable[Any]]:
    stream = rows.iterator(chunk_size=CHUNK)
    while some := list(islice(stream, CHUNK)):
        yield some


def _subjects(day: date) -> Iterator[list[Row]]:
    names = ("pk", "uscc", "name", "kind", "status", "division", "verified_at")
    rows = Subject.objects.exclude(kind__in=NATURAL_KINDS).order_by("pk").values_list(*names)
    until = copy_until(day)
    for some in _chunks(rows):
        yield [(str(pk), uscc or "", *rest, clock.city_day(at) if at else None, until) for pk, uscc, *rest, at in some]


def _licences(day: date) -> Iterator[list[Row]]:
    valid = Licence.objects.filter(_open(), Q(expires_on__isnull=True) | Q(expires_on__gte=day), status="valid").select_related("subject")
    kinds = licence_kinds()
    for some in _chunks(valid.order_by("pk")):
        yield [
            (str(one.pk), *_who(one.subject), kinds[one.kind]["zh"], one.number, one.issuer, one.expires_on, ends(day, one.expires_on))
            for one in some
        ]


def _marks(day: date) -> Iterator[list[Row]]:
    rows = marks.with_state(Mark.objects.filter(_open(), expires_at__gt=clock.now())).filter(state=VALID).select_related("subject", "shop")
    for some in _chunks(rows):
        yield [_mark(one, day) for one in some if is_current(one.shop, day)]


def _mark(one: Mark, day: date) -> Row:
    last = clock.city_day(one.expires_at)
    until = ends(day, last, one.shop.next_due_on, one.shop.licence_expires_on)
    return one.serial, *_who(one.subject), one.host, clock.city_day(one.issued_at), last, one.leaf, until


def _records(day: date) -> Iterator[list[Row]]:
    keys = Record.objects.filter(_open(), end__isnull=True, published_on__lte=day).order_by("pk").values_list("pk", flat=True)
    for some in _chunks(keys):
        lines = lists.public_lines(Record.objects.filter(pk__in=list(some)).select_related("subject"), day)
        yield [_record(line, day) for line in lines]


def _record(line: Any, day: date) -> Row:
    one, last = line.record, line.publicity.until
    said = (line.item.zh, one.kind, one.level, one.summary, one.behaviour, one.amount_fen, one.maker, one.basis, one.document_number)
    return one.number, *_who(one.subject), *said, one.decided_on, one.published_on, last, line.disputed, one.leaf, ends(day, last)


def _lists(day: date) -> Iterator[list[Row]]:
    for some in _chunks(lists.public(day).filter(_open())):
        yield [_entry(lists.Listing(one), day) for one in some]


def _entry(listing: lists.Listing, day: date) -> Row:
    one = listing.entry
    said = (listing.kind.zh, one.facts, one.basis, one.department, one.record.document_number)
    return one.number, *_who(one.subject), *said, one.published_on, one.until, ends(day, one.until)


def _red(day: date) -> Iterator[list[Row]]:
    for some in _chunks(lists.red_public(day).filter(_open())):
        yield [
            (one.number, *_who(one.subject), programme(one.programme).zh, one.department, one.listed_on, one.until, ends(day, one.until))
            for one in some
        ]


def _commitments(day: date) -> Iterator[list[Row]]:
    rows = commitments.in_force(Commitment.objects.filter(_open()).select_related("subject", "template"), day)
    for some in _chunks(rows):
        yield [_commitment(one, day) for one in some]


def _commitment(one: Commitment, day: date) -> Row:
    said = (one.template.title["zh"], one.department, one.valid_from, one.valid_until)
    return one.number, *_who(one.subject), *said, one.leaf, ends(day, one.valid_until)


def _recalls(day: date) -> Iterator[list[Row]]:
    for some in _chunks(products.public_recalls().filter(_open("batch__product__subject"))):
        yield [_recall(one, day) for one in some]


def _recall(one: Any, day: date) -> Row:
    goods = one.batch.product
    said = (goods.gtin, goods.name, one.batch.lot, one.level, one.reason, one.advice, clock.city_day(one.issued_at), one.state)
    return one.number, *_who(goods.subject), *said, copy_until(day)


READERS: dict[str, Callable[[date], Iterator[list[Row]]]] = {
    "subjects": _subjects,
    "licences": _licences,
    "marks": _marks,
    "records": _records,
    "lists": _lists,
    "red_lists": _red,
    "commitments": _commitments,
    "recalls": _recalls,
}
