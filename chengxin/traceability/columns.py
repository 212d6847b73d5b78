"""One event as the rows of our tables: what a query asks for, taken out of the JSON once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from chengxin.traceability import contexts, units, vocabulary
from chengxin.traceability import models as known
from chengxin.traceability.hashing import parse_time
from chengxin.traceability.identifiers import key_of, parts

KINDS = {
    "ObjectEvent": known.OBJECT,
    "AggregationEvent": known.AGGREGATION,
    "TransformationEvent": known.TRANSFORMATION,
    "TransactionEvent": known.TRANSACTION,
    "AssociationEvent": known.ASSOCIATION,
}
TYPES = {kind: name for name, kind in KINDS.items()}
EPCS = {
    "epcList": known.EPC,
    "childEPCs": known.CHILD,
    "inputEPCList": known.INPUT,
    "outputEPCList": known.OUTPUT,
}
QUANTITIES = {
    "quantityList": known.QUANTITY,
    "childQuantityList": known.CHILD_QUANTITY,
    "inputQuantityList": known.INPUT_QUANTITY,
    "outputQuantityList": known.OUTPUT_QUANTITY,
}
PLACES = {"bizLocation": known.LOCATION, "readPoint": known.READ_POINT}
PARTIES = {"sourceList": (known.SOURCE, "source"), "destinationList": (known.DESTINATION, "destination")}
REPORT_WORDS = (
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
    "microorganism",
    "chemicalSubstance",
    "uriValue",
)
REPORT_TEXTS = (*REPORT_WORDS, "stringValue", "hexBinaryValue", "coordinateReferenceSystem", "component", "exception")
REPORT_VALUES = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")
TIMES = ("time", "startTime", "endTime")
_STANDARD = """@context type eventTime recordTime eventTimeZoneOffset eventID certificationInfo errorDeclaration action bizStep disposition
persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList sensorElementList ilmd parentID
transformationID childEPCs childQuantityList epcList quantityList inputEPCList inputQuantityList outputEPCList
outputQuantityList id"""
STANDARD = frozenset(_STANDARD.split())
DECLARED = frozenset({"declarationTime", "reason", "correctiveEventIDs"})
ELEMENT = frozenset({"sensorMetadata", "sensorReport"})
METADATA = frozenset({*TIMES, "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"})
REPORT = frozenset({"type", "time", "booleanValue", "uom", "percRank", *REPORT_TEXTS, *REPORT_VALUES})
INNER = "INNER_"

Item = tuple[str, str, str, str, str, str, float | None, str]  # role, uri, key, gtin, lot, serial, quantity, unit
Party = tuple[str, str, str, str]  # side, type, uri, value
Field = tuple[str, str, float | None, str]  # path, text, number, unit


class Row(NamedTuple):
    """An event's own columns, in the table's order without identity, context, document and whose it is."""

    kind: str
    action: str
    event_time: datetime
    event_offset: str
    biz_step: str
    disposition: str
    read_point: str
    biz_location: str
    declared_at: datetime | None
    declared_reason: str


def row(event: dict[str, Any]) -> Row:
    """The event's own columns."""
    declared = event.get("errorDeclaration") or {}
    return Row(
        KINDS.get(event["type"], known.EXTENDED),
        str(event.get("action", "")) if event["type"] in KINDS else "",
        instant(event["eventTime"]),
        event["eventTimeZoneOffset"],
        _word(vocabulary.BIZ_STEP, event.get("bizStep")),
        _word(vocabulary.DISPOSITION, event.get("disposition")),
        _place(event.get("readPoint")),
        _place(event.get("bizLocation")),
        instant(declared["declarationTime"]) if declared else None,
        _word(vocabulary.REASON, declared.get("reason")),
    )


def _word(of: str, said: Any) -> str:
    return vocabulary.short(of, said) if isinstance(said, str) else ""


def _place(said: Any) -> str:
    return key_of(said["id"]) if isinstance(said, dict) and isinstance(said.get("id"), str) else ""


@lru_cache(maxsize=65_536)
def instant(text: str) -> datetime:
    """A time in UTC."""
    return parse_time(text).astimezone(UTC)


def items(event: dict[str, Any]) -> list[Item]:
    """What the event is about, in the order it says it."""
    found: list[Item] = []
    if event["type"] not in KINDS:
        return found
    if "parentID" in event:
        found.append((known.PARENT, event["parentID"], *parts(event["parentID"]), None, ""))
    for name, role in EPCS.items():
        found += [(role, uri, *parts(uri), None, "") for uri in event.get(name, ())]
    for name, role in QUANTITIES.items():
        for one in event.get(name, ()):
            amount = one.get("quantity")
            number = float(amount) if isinstance(amount, int | float) else None
            found.append((role, one["epcClass"], *parts(one["epcClass"]), number, one.get("uom", "")))
    return found


def parties(event: dict[str, Any]) -> list[Party]:
    """Whom and which places the event names."""
    found: list[Party] = []
    if event["type"] not in KINDS:
        return found
    for name, side in PLACES.items():
        place = event.get(name)
        if place:
            found.append((side, "", place["id"], key_of(place["id"])))
    for name, (side, one) in PARTIES.items():
        for each in event.get(name, ()):
            found.append((side, vocabulary.short(vocabulary.PARTY, each["type"]), each[one], key_of(each[one])))
    return found


def fields(event: dict[str, Any], spaces: dict[str, str]) -> list[Field]:
    """What else may be asked of the event. spaces: the prefixes of its context."""
    found: list[Field] = []
    if event["type"] in KINDS:
        for each in event.get("bizTransactionList", ()):
            kind = vocabulary.short(vocabulary.TRANSACTION, each.get("type", ""))
            found.append(_text(f"bizTransaction_{kind}", key_of(each["bizTransaction"])))
        for name, words in (event.get("persistentDisposition") or {}).items():
            found += [_text(f"persistentDisposition_{name}", vocabulary.short(vocabulary.DISPOSITION, word)) for word in words]
        if "transformationID" in event:
            found.append(_text("transformationID", event["transformationID"]))
        if "sensorElementList" in event:
            found.append(_text("sensorElementList", ""))
            for element in event["sensorElementList"]:
                found += _sensor(element, spaces)
        for name in PLACES:
            if len(event.get(name, ())) > 1:
                found += _own(event[name], {"id"}, f"{name}_", spaces)
        found += _own(event.get("ilmd") or {}, (), "ILMD_", spaces)
    declared = event.get("errorDeclaration")
    if declared:
        found += [_text("correctiveEventID", one) for one in declared.get("correctiveEventIDs", ())]
        found += _own(declared, DECLARED, "ERROR_DECLARATION_", spaces)
    if not event.keys() <= STANDARD:
        found += _own(event, STANDARD, "", spaces)
    return found


def _text(path: str, text: str) -> Field:
    return path[: known.KEY], text[: known.KEY], None, ""


def _sensor(element: dict[str, Any], spaces: dict[str, str]) -> Iterator[Field]:
    metadata = element.get("sensorMetadata") or {}
    yield from _said(metadata)
    yield from _own(metadata, METADATA, "SENSORMETADATA_", spaces)
    yield from _own(element, ELEMENT, "SENSORELEMENT_", spaces)
    for report in element["sensorReport"]:
        yield _text("type", vocabulary.short(vocabulary.MEASUREMENT, report["type"]))
        yield from _said(report)
        if "booleanValue" in report:
            yield _text("booleanValue", str(report["booleanValue"]).lower())
        if "percRank" in report:
            yield "percRank", "", float(report["percRank"]), ""
        for name in REPORT_VALUES:
            if name in report:
                number, unit = units.in_base(float(report[name]), str(report.get("uom", "")))
                yield name, "", number, unit[:12]
        yield from _own(report, REPORT, "SENSORREPORT_", spaces)


def _said(of: dict[str, Any]) -> Iterator[Field]:
    """Texts and times of a sensor's metadata or report."""
    for name in TIMES:
        if name in of:
            yield name, "", instant(of[name]).timestamp(), ""
    for name in REPORT_TEXTS:
        if name in of:
            yield _text(name, str(of[name]))


def _own(of: dict[str, Any], but: Any, before: str, spaces: dict[str, str]) -> list[Field]:
    """Extension fields: those at this level by their full name, those inside them as INNER."""
    found: list[Field] = []
    for name, value in of.items():
        if name not in but:
            found += _leaves(before, contexts.expand(name, spaces), value, spaces)
    return found


def _leaves(before: str, full: str, value: Any, spaces: dict[str, str]) -> Iterator[Field]:
    many = value if isinstance(value, list) else [value]
    for one in many:
        if isinstance(one, dict):
            yield _text(before + full, "")
            inner = before if before.startswith(INNER) else INNER + before
            for name, each in one.items():
                yield from _leaves(inner, contexts.expand(name, spaces), each, spaces)
        elif isinstance(one, list):
            yield from _leaves(before, full, one, spaces)
        else:
            yield _leaf(before + full, one)


def _leaf(path: str, one: Any) -> Field:
    text = str(one).lower() if isinstance(one, bool) else "" if one is None else str(one)
    return path[: known.KEY], text[: known.KEY], as_number(one), ""


def as_number(one: Any) -> float | None:
    """A number or a time (seconds since 1970) to compare by; None for what is neither."""
    if isinstance(one, bool) or one is None:
        return None
    if isinstance(one, int | float):
        return float(one)
    try:
        return instant(one).timestamp() if "T" in one else float(one)
    except (ValueError, OverflowError):
        return None
