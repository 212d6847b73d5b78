"""Events out: pages of a query, what is known of one item, and whether what is stored is what the log knows."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit.models import Leaf
from chengxin.traceability import actions, asking, columns, documents, preparing
from chengxin.traceability.columns import instant
from chengxin.traceability.errors import TooMany, WrongParameter
from chengxin.traceability.models import CaptureJob, TraceContext, TraceEvent, TraceItem


@dataclass(frozen=True)
class Page:
    """Events of a query in order, and the token that the next page is asked with; "" when there is none."""

    rows: list[TraceEvent]
    token: str


def standing(actor: Actor) -> QuerySet[TraceEvent]:
    """The actor's events as they stand: one whose error was declared only with its declaration."""
    later = TraceEvent.objects.filter(event_id=OuterRef("event_id"), pk__gt=OuterRef("pk"))
    return access.all(actor, TraceEvent).filter(~Exists(later))


def page(actor: Actor, asked: asking.Asked, *, poll: bool = False) -> Page:
    """One page. poll: give a token after the last page too, to ask later what has come since. Raises TooMany over maxEventCount."""
    rows = standing(actor).filter(asked.where)
    if asked.most is not None and rows.order_by()[: asked.most + 1].count() > asked.most:
        raise TooMany(most=asked.most)
    sent, last = _read_token(asked)
    rows = _after(rows, asked, last) if last else rows
    wanted = asked.per_page if asked.limit is None else min(asked.per_page, asked.limit - sent)
    sign = "-" if asked.descending else ""
    found = list(rows.order_by(*dict.fromkeys((sign + asked.order, f"{sign}id")))[: max(wanted, 0) + 1])
    shown = found[:wanted]
    more = len(found) > wanted and (asked.limit is None or sent + len(shown) < asked.limit)
    return Page(shown, _token(asked, shown[-1], sent + len(shown)) if shown and (more or poll) else "")


def _after(rows: QuerySet[TraceEvent], asked: asking.Asked, last: tuple[str, int]) -> QuerySet[TraceEvent]:
    compare = "__lt" if asked.descending else "__gt"
    if asked.order == "id":
        return rows.filter(**{f"id{compare}": last[1]})
    at = instant(last[0])
    return rows.filter(Q(**{f"event_time{compare}": at}) | Q(event_time=at, **{f"id{compare}": last[1]}))


def _token(asked: asking.Asked, row: TraceEvent, sent: int) -> str:
    said = json.dumps([asked.order, asked.descending, sent, row.event_time.isoformat(), row.pk])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _read_token(asked: asking.Asked) -> tuple[int, tuple[str, int] | None]:
    """How many events went before, and the last of them. Raises WrongParameter for a token of another query."""
    if not asked.token:
        return 0, None
    try:
        order, descending, sent, at, number = json.loads(base64.urlsafe_b64decode(asked.token + "=" * (-len(asked.token) % 4)))
        instant(at)
        if (order, descending) != (asked.order, asked.descending) or not isinstance(sent, int) or not isinstance(number, int):
            raise ValueError(order)
    except (ValueError, TypeError, binascii.Error, AttributeError) as cause:
        raise WrongParameter(name="nextPageToken", reason="not a token of this query") from cause
    return sent, (at, number)


def contents(rows: list[TraceEvent]) -> tuple[list[dict[str, Any]], Any]:
    """The events as they came, and their context. Where contexts differ each event has its own in it."""
    ids = {row.context_id for row in rows}
    bodies = dict(TraceContext.objects.filter(pk__in=ids).values_list("pk", "body"))
    context, one = documents.common_context([bodies[row.context_id] for row in rows])
    events = [msgspec.json.decode(row.document) for row in rows]
    if not one:
        events = [_with_context(event, msgspec.json.decode(bodies[row.context_id])) for event, row in zip(events, rows, strict=True)]
    return events, context


def _with_context(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event if "@context" in event else {"@context": context, **event}


def document(job: CaptureJob) -> Any:
    """The document that a job took, put together from what is stored; for a job that stored all of it."""
    events = [msgspec.json.decode(text) for text in job.stored.order_by("place").values_list("document", flat=True)]
    return documents.put_together(job.envelope, events)


def distinct(actor: Actor, column: str, after: str, most: int) -> list[str]:
    """The values of a column among the actor's events, in order, those after one."""
    rows = access.all(actor, TraceEvent).filter(**{f"{column}__gt": after}).order_by(column).values_list(column, flat=True).distinct()
    return list(rows[:most])


def distinct_items(actor: Actor, after: str, most: int) -> list[str]:
    """Keys of the items of the actor's events, in order, those after one."""
    rows = TraceItem.objects.filter(key__gt=after, event__in=access.all(actor, TraceEvent).order_by().values("pk"))
    return list(rows.order_by("key").values_list("key", flat=True).distinct()[:most])


def check_stored() -> Iterator[str]:
    """What does not hold, a line each in both languages: jobs whose stored events are not those the log knows, events whose rows are not
    what their document says."""
    logged = {}
    for body in Leaf.objects.filter(action="traceability.captured").values_list("body", flat=True).iterator():
        said = json.loads(body)
        logged[said["object"].partition(":")[2]] = said["data"]["root"]
    for job in CaptureJob.objects.filter(running=False).order_by("pk").iterator():
        rows = list(job.stored.order_by("pk").select_related("context").prefetch_related("items", "parties", "fields"))
        root = actions.root_of((row.context.body, row.document) for row in rows) if rows else ""
        if logged.pop(job.number, None) != root:
            yield f"{job.number}: 追溯事件与日志不符 / the stored events are not those the log knows"
        yield from (
            f"{row.event_id}: 检索列与事件内容不符 / the columns are not what the event says" for row in rows if not _says(job, row)
        )
    yield from (f"{number}: 日志所载的采集任务已不存在 / the capture job that the log knows is gone" for number in logged)


def _says(job: CaptureJob, row: TraceEvent) -> bool:
    """Whether an event's columns and rows are what its document says."""
    found, _ = preparing.prepare([msgspec.json.decode(row.document)], row.context.body)
    if not found:
        return False
    one = found[0]
    kept = columns.Row(*(getattr(row, name) for name in columns.Row._fields))
    return (
        (kept, row.event_id, row.event_hash, row.declaration, row.owner_id)
        == (one.row, one.event_id, one.event_hash, one.declaration, job.owner_id)
        and sorted(map(_of_item, row.items.all()), key=repr) == sorted(one.items, key=repr)
        and sorted((each.side, each.type, each.uri, each.value) for each in row.parties.all()) == sorted(one.parties)
        and sorted(((each.path, each.text, each.number, each.unit) for each in row.fields.all()), key=repr) == sorted(one.fields, key=repr)
    )


def _of_item(one: TraceItem) -> columns.Item:
    return one.role, one.uri, one.key, one.gtin, one.lot, one.serial, one.quantity, one.unit
