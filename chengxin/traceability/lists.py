"""Lists of this room and the words for its codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any
from urllib.parse import unquote, urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from chengxin.jobs.attempts import DEAD, DONE, WAITS
from chengxin.kernel import clock
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.subjects.models import Subject
from chengxin.traceability import identifiers
from chengxin.traceability.models import (
    ACTIVE,
    BROKEN,
    EMPTY,
    FAULT,
    PAUSED,
    QUERY,
    RECEIVER,
    RIGHT,
    TOO_LARGE,
    TraceItem,
    TraceParty,
)
from chengxin.traceability.models import EVENTS as SENT

KIND_NAMES: dict[str, Any] = {
    "object": _("Objects seen"),
    "aggregation": _("Packed together"),
    "transformation": _("Transformed from"),
    "transaction": _("Business document"),
    "association": _("Fixed together"),
    "extended": _("Other event"),
}
STEP_NAMES: dict[str, Any] = {
    "accepting": _("accepted"),
    "arriving": _("arrived"),
    "assembling": _("put together"),
    "collecting": _("collected"),
    "commissioning": _("made or harvested"),
    "consigning": _("consigned"),
    "creating_class_instance": _("made as a batch"),
    "cycle_counting": _("counted in part"),
    "decommissioning": _("taken out of use"),
    "departing": _("set out"),
    "destroying": _("destroyed"),
    "disassembling": _("taken apart"),
    "dispensing": _("dispensed"),
    "encoding": _("given a code"),
    "entering_exiting": _("came in or went out"),
    "holding": _("held back"),
    "inspecting": _("inspected"),
    "installing": _("installed"),
    "killing": _("tag switched off"),
    "loading": _("loaded"),
    "other": _("something else"),
    "packing": _("packed"),
    "picking": _("picked for an order"),
    "receiving": _("received"),
    "removing": _("removed"),
    "repackaging": _("packed anew"),
    "repairing": _("repaired"),
    "replacing": _("replaced"),
    "reserving": _("reserved"),
    "retail_selling": _("sold"),
    "sampling": _("sampled"),
    "sensor_reporting": _("measured"),
    "shipping": _("sent off"),
    "staging_outbound": _("made ready to go"),
    "stock_taking": _("stock taken"),
    "stocking": _("put on the shelf"),
    "storing": _("stored"),
    "transporting": _("on the way"),
    "unloading": _("unloaded"),
    "unpacking": _("unpacked"),
    "void_shipping": _("sending cancelled"),
}
REASON_NAMES: dict[str, Any] = {"did_not_occur": _("it did not happen"), "incorrect_data": _("the data were wrong")}
# How businesses without a GLN stand in events that were entered here by hand.
SUBJECT_URN, PARTY_URN = "urn:chengxin:subject:", "urn:chengxin:party:"
UNIT_NAMES: dict[str, Any] = {
    "KGM": _("kg"),
    "GRM": _("g"),
    "TNE": _("t"),
    "LTR": _("l"),
    "MLT": _("ml"),
    "C62": _("pieces"),
    "CEL": _("°C"),
}
ROLE_NAMES: dict[str, Any] = {
    "epc": _("Product item"),
    "quantity": _("Lot or class"),
    "parent": _("Container"),
    "child": _("Packed in it"),
    "child_quantity": _("Packed in it"),
    "input": _("Used"),
    "input_quantity": _("Used"),
    "output": _("Made"),
    "output_quantity": _("Made"),
}


def item_page(key: str) -> str:
    """The timeline of an item."""
    return f"{reverse('traceability:item')}?{urlencode({'key': key})}"


def _by_code(rows: Any, value: str) -> Any:
    code = value.strip()
    about = TraceItem.objects.filter(event=OuterRef("pk"))
    if code.isdigit() and len(code) in (8, 12, 13, 14):
        return rows.filter(Exists(about.filter(gtin=code.zfill(14))))
    return rows.filter(Q(Exists(about.filter(key=identifiers.key_of(code)))) | Q(event_id=code))


def _by_lot(rows: Any, value: str) -> Any:
    return rows.filter(Exists(TraceItem.objects.filter(event=OuterRef("pk"), lot=value.strip())))


def _by_place(rows: Any, value: str) -> Any:
    return rows.filter(Exists(TraceParty.objects.filter(event=OuterRef("pk"), value=identifiers.key_of(value.strip()))))


def _since(rows: Any, value: str) -> Any:
    day = parse_date(value) if len(value) == 10 else None
    return rows.filter(event_time__gte=datetime.combine(day, time.min, clock.CITY)) if day else rows


def _until(rows: Any, value: str) -> Any:
    day = parse_date(value) if len(value) == 10 else None
    return rows.filter(event_time__lte=datetime.combine(day, time.max, clock.CITY)) if day else rows


def about(row: Any) -> str:
    """The first item of an event and how many more, for a list."""
    found = list(row.items.all())
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    return f"{short(found[0].key)}{more}" if found else "—"


def short(key: str) -> str:
    """A key as people read it off a package: (01)09521234000105 (10)HE260901; what is no GS1 key as it is."""
    if not key.startswith(identifiers.HOME):
        return key
    said = key[len(identifiers.HOME) :].split("/")
    return " ".join(f"({name}){value}" for name, value in zip(said[::2], said[1::2], strict=False))


def parties(values: Iterable[str]) -> dict[str, str]:
    """Parties and places as people read them: a business of the register by its name, free words as written, a GS1 number as on paper."""
    ids = {value: value.removeprefix(SUBJECT_URN) for value in values if value.startswith(SUBJECT_URN)}
    known = {str(one.pk): one.name for one in Subject.objects.filter(pk__in=filter(is_uuid, ids.values()))}
    return {value: known.get(ids.get(value, ""), party(value)) for value in values}


def party(value: str) -> str:
    """A party or place that is no business of the register."""
    return unquote(value.removeprefix(PARTY_URN)) if value.startswith(PARTY_URN) else short(value)


def is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def place(row: Any) -> str:
    return str(row.biz_location or row.read_point)


def name_places(rows: Sequence[Any]) -> None:
    """Give the rows of a page the names of their places; an export keeps the identifiers."""
    names = parties({place(row) for row in rows})
    for row in rows:
        row.place_name = names[place(row)]


def unit(code: str) -> str:
    """A unit of UN/ECE recommendation 20 in words; one that is not among the common ones stays as it is."""
    return str(UNIT_NAMES.get(code, code))


def step(row: Any) -> str:
    return str(STEP_NAMES.get(row.biz_step, row.biz_step or "—"))


EVENTS = Table(
    name="trace-events",
    caption=_("Traceability events"),
    columns=[
        Column("event_time", _("When"), kind="time", sort="event_time"),
        Column("kind", _("Its way so far"), value=lambda one: f"{KIND_NAMES[one.kind]} · {step(one)}"),
        Column("items", _("Products and lots"), kind="mono", value=about, link="page_url"),
        Column("biz_location", _("Place"), value=lambda one: getattr(one, "place_name", short(place(one))) or "—"),
        Column("owner", _("Captured by"), value=lambda one: one.job.by_name or str(one.owner)),
        Column("declared_at", _("Error declared"), kind="time"),
        Column("event_id", _("Event ID"), kind="mono", show=False),
    ],
    filters=[
        Filter("code", _("Code: barcode number, EPC or link"), kind="text", apply=_by_code),
        Filter("lot", _("Lot"), kind="text", apply=_by_lot),
        Filter("place", _("Place or party"), kind="text", apply=_by_place),
        Filter("since", _("From day"), kind="date", apply=_since),
        Filter("until", _("Until day"), kind="date", apply=_until),
    ],
    sort="-event_time",
    empty=_("No event"),
    empty_next=_("Events come in by the EPCIS interface, or by upload from platforms and merchants."),
)

JOBS = Table(
    name="trace-uploads",
    caption=_("Uploaded documents"),
    columns=[
        Column("created_at", _("When"), kind="time", sort="id", link="page_url"),
        Column("by_name", _("Uploaded by")),
        Column("events", _("Number of events"), kind="number"),
        Column("accepted", _("Stored"), kind="number"),
        Column("repeated", _("Known already"), kind="number"),
        Column("faulty", _("Not taken"), kind="number", value=lambda one: len(one.errors)),
    ],
    sort="-created_at",
    empty=_("Nothing uploaded yet"),
    empty_next=_("Choose an EPCIS document above, as JSON or XML."),
)


# ---- subscriptions

SUBSCRIPTION_STATES = {ACTIVE: _("Sending"), PAUSED: _("Paused"), BROKEN: _("Stopped after failures")}
WHY_BROKEN = {
    RECEIVER: _("The receiver did not take a message in all its attempts. Look at the receiving program, then resume; nothing is lost."),
    QUERY: _("The query could not be executed, and the receiver was told so. Check its conditions, then resume."),
    RIGHT: _("The client that subscribed may not read events any more. It can be resumed once it may again."),
}
PUSH_KINDS = {
    SENT: _("Traceability events"),
    EMPTY: _("Nothing new"),
    TOO_LARGE: _("Notice: too many events"),
    FAULT: _("Notice: query failed"),
}
PUSH_STATES = {WAITS: _("waiting to be sent"), DONE: _("taken by the receiver"), DEAD: _("given up after all attempts")}
SCHEDULE_PARTS = {
    "month": _("Month of the year"),
    "dayOfMonth": _("Day of the month"),
    "dayOfWeek": _("Day of the week"),
    "hour": _("Hour"),
    "minute": _("Minute"),
    "second": _("Second"),
}


def schedule(given: dict[str, str]) -> str:
    """A schedule in words, the coarsest part first; "" for a stream."""
    return ", ".join(f"{name} {given[part]}" for part, name in SCHEDULE_PARTS.items() if given.get(part))
