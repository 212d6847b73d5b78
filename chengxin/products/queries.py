"""What may be asked of this room: products and batches by code, recalls that the public sees, who the captured parties are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.errors import LawUnknown
from chengxin.products import gs1, routes
from chengxin.products.errors import NotRegistered
from chengxin.products.gs1 import Code
from chengxin.products.models import Batch, Product, Recall, RecallTask, TraceCode
from chengxin.products.models.recalls import PUBLIC
from chengxin.subjects.models import Subject
from chengxin.traceability import lists as trace_lists
from chengxin.traceability.models import TraceEvent, TraceName

SUBJECT = "urn:chengxin:subject:"  # how a business without a GLN stands in its own events
MOST_EVENTS = 60


@dataclass(frozen=True)
class Found:
    """What a code stands for. batch: None when the code names no lot, or one that is not registered (`lot_unknown`)."""

    code: Code
    product: Product
    batch: Batch | None
    lot_unknown: bool


@dataclass(frozen=True)
class Stop:
    """One event as the public may read it: no person, no address; place down to the city."""

    event: TraceEvent
    city: str
    business: str
    what: str


def lot_key(batch: Batch) -> str:
    """How captured events name the batch."""
    return Code(batch.product.gtin, lot=batch.lot).key


def batches_of_keys(keys: Iterable[str]) -> list[Batch]:
    """The registered batches that captured keys name by GTIN and lot."""
    codes = [code for key in keys if (code := gs1.of_key(key)) and code.lot]
    wanted = {(code.gtin, code.lot) for code in codes}
    if not wanted:
        return []
    found = Batch.objects.filter(product__gtin__in={gtin for gtin, _lot in wanted}).select_related("product")
    return [one for one in found if (one.product.gtin, one.lot) in wanted]


def find(code: Code) -> Found:
    """The product and batch of a code; a serial leads to its batch where the code was made here. Raises NotRegistered."""
    product = Product.objects.select_related("subject").filter(gtin=code.gtin).first()
    if product is None:
        raise NotRegistered
    batch = product.batches.select_related("product").filter(lot=code.lot).first() if code.lot else None
    if batch is None and code.serial:
        known = TraceCode.objects.filter(batch__product=product, serial=code.serial).select_related("batch__product").first()
        batch = known.batch if known else None
    return Found(code, product, batch, bool(code.lot) and batch is None)


def public_recalls() -> QuerySet[Recall]:
    """Recalls that were issued, the newest first."""
    return Recall.objects.filter(state__in=PUBLIC).select_related("batch__product__subject").order_by("-issued_at")


def recalls_of(found: Found) -> list[Recall]:
    """The public recalls of the batch; of the whole product where the code names no registered lot."""
    of = {"batch": found.batch} if found.batch else {"batch__product": found.product}
    return list(public_recalls().filter(**of))


def stops(found: Found) -> list[Stop]:
    """The events of the batch and of what it was made of, the oldest first. Empty without a batch."""
    if found.batch is None:
        return []
    keys = [lot_key(found.batch), *([Code(found.code.gtin, serial=found.code.serial).key] if found.code.serial else [])]
    ids = routes.events_of(routes.source(keys).keys)
    events = list(
        TraceEvent.objects.filter(pk__in=ids[:1000]).exclude(biz_step="").select_related("owner").order_by("event_time")[:MOST_EVENTS]
    )
    people = subjects_of(one.owner.code for one in events if one.owner.kind == "subject")
    return [_stop(one, people.get(one.owner.code)) for one in events]


def _stop(event: TraceEvent, subject: Subject | None) -> Stop:
    business = subject.name if subject and not subject.is_natural else ""
    return Stop(event, city_of(subject.division) if subject else "", business, event.biz_step)


def city_of(division: str) -> str:
    """The city a division lies in; empty for one outside the city that runs this."""
    try:
        return law.at(clock.today()).division(division[:4] + "00").zh
    except LawUnknown:
        return ""


def subjects_of(codes: Iterable[str]) -> dict[str, Subject]:
    """id as text → subject."""
    wanted = []
    for code in set(codes):
        try:
            wanted.append(UUID(code))
        except ValueError:
            continue
    return {str(pk): one for pk, one in Subject.objects.in_bulk(wanted).items()}


def party_names(values: Sequence[str]) -> dict[str, str]:
    """Captured parties as officers read them: the name in the register where it is known, else as given."""
    names = {one.key: one.owner for one in TraceName.objects.filter(key__in=values).select_related("owner")}
    owners = {
        f"owner:{one.owner_id}": one.owner for one in TraceName.objects.filter(owner_id__in=_owner_ids(values)).select_related("owner")
    }
    codes = {value: value.removeprefix(SUBJECT) for value in values if value.startswith(SUBJECT)}
    codes.update({value: owner.code for value, owner in {**names, **owners}.items() if owner.kind == "subject"})
    known = subjects_of(codes.values())
    return {value: known[codes[value]].name if codes.get(value) in known else trace_lists.party(value) for value in values}


def _owner_ids(values: Iterable[str]) -> list[int]:
    return [int(value.removeprefix("owner:")) for value in values if value.startswith("owner:")]


def coverage(recall: Recall) -> list[dict[str, Any]]:
    """Platform by platform: orders to tell, told, and the last day."""
    tasks = RecallTask.objects.filter(recall=recall).select_related("platform").annotate(told=Count("notices"))
    return [
        {"task": one, "orders": len(one.orders), "told": one.told, "left": len(one.orders) - one.told, "buyers": one.buyers}
        for one in tasks
    ]


def told(recall: Recall) -> tuple[int, int]:
    """(n, m): orders whose buyer was told, of all that the platforms have to tell."""
    lines = coverage(recall)
    return sum(line["told"] for line in lines), sum(line["orders"] for line in lines)


def search_products(text: str) -> Q:
    return Q(name__icontains=text) | Q(gtin__contains=text) | Q(brand__icontains=text)


def recall_clock(recall: Recall) -> str:
    """The period that runs for a recall, by its level."""
    return f"RECALL_{recall.level}"
