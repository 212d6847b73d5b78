"""The event hash of CBV 2.0 section 8.9: one text of what happened, whoever wrote it down and in what order, and its SHA-256.

Order, forms and what is left out follow GS1's reference implementation (epcis-event-hash-generator), so that a hash made elsewhere is ours.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from chengxin.traceability import identifiers, vocabulary

Order = dict[str, Any]
QUANTITY: Order = {"epcClass": None, "quantity": None, "uom": None}
METADATA: Order = dict.fromkeys(
    ("time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
)
_REPORT = """type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value component
stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem"""
REPORT: Order = dict.fromkeys(_REPORT.split())
EVENT: Order = {
    **dict.fromkeys(("eventTime", "eventTimeZoneOffset", "certificationInfo", "parentID")),
    **{"epcList": "epc", "inputEPCList": "epc", "childEPCs": "epc", "quantityList": QUANTITY, "childQuantityList": QUANTITY},
    **{"inputQuantityList": QUANTITY, "outputEPCList": "epc", "outputQuantityList": QUANTITY},
    **dict.fromkeys(("action", "transformationID", "bizStep", "disposition")),
    "persistentDisposition": {"set": None, "unset": None},
    **{"readPoint": {"id": None}, "bizLocation": {"id": None}},
    "sensorElementList": {"sensorMetadata": METADATA, "sensorReport": REPORT},
}
PLACES = {name: place for place, name in enumerate(EVENT)}  # the order of the standard
ELEMENT = {**dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), "quantityElement")}
ELEMENT["sensorElementList"] = "sensorElement"
PAIRS = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
LEFT_OUT = frozenset({"recordTime", "eventID", "type", "errorDeclaration", "@context", "#text", "rdfs:comment", "comment", *PAIRS, *EVENT})
KINDS = frozenset({"ObjectEvent", "AggregationEvent", "TransformationEvent", "TransactionEvent", "AssociationEvent"})
QUANTITY_NAMES = QUANTITY.keys()
NEVER = frozenset({"#text", "rdfs:comment", "comment"})
TIMES = frozenset({"eventTime", "time", "startTime", "endTime"})
WORDS = {
    "bizStep": vocabulary.canonical(vocabulary.BIZ_STEP),
    **dict.fromkeys(("disposition", "set", "unset"), vocabulary.canonical(vocabulary.DISPOSITION)),
    "exception": vocabulary.canonical(vocabulary.ALERT),
    "component": vocabulary.canonical(vocabulary.COMPONENT),
    "type": vocabulary.canonical(vocabulary.MEASUREMENT),
}
PAIR_TYPES = {
    "bizTransaction": vocabulary.canonical(vocabulary.TRANSACTION),
    **dict.fromkeys(("source", "destination"), vocabulary.canonical(vocabulary.PARTY)),
}
OLD_WORDS = tuple(
    (f"urn:epcglobal:cbv:{old}:", f"https://ref.gs1.org/cbv/{new}-")
    for old, new in (("bizstep", "BizStep"), ("disp", "Disp"), ("btt", "BTT"), ("sdt", "SDT"), ("er", "ER"))
)


def event_hash(event: dict[str, Any], spaces: dict[str, str]) -> str:
    """Hex SHA-256 of the pre-hash text. spaces: the prefixes that the event's context declares."""
    return hashlib.sha256(pre_hash(event, spaces).encode()).hexdigest()


def ni(digest: str) -> str:
    """The hash as a URI (RFC 6920), as events carry it in eventID."""
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: dict[str, Any], spaces: dict[str, str]) -> str:
    """The text that is hashed: the standard's order, then parties, transactions, ILMD and extensions in the order of their text."""
    said: list[str] = [f"eventType={event['type']}"]
    late: list[str] = []
    if event["type"] not in KINDS:
        event, late = _of_own_kind(event, spaces)
    for name in sorted(event.keys() & PLACES.keys(), key=PLACES.__getitem__):
        value, order = event[name], EVENT[name]
        if value is None:
            continue
        if order is None and isinstance(value, str):
            if text := _value(name, value, spaces):
                said.append(f"{name}={text}")
        else:
            text, left = _field(name, value, order, spaces)
            said.append(text)
            late += left
    late += [_pairs(name, one, event[name], spaces) for name, one in PAIRS.items() if event.get(name)]
    if not event.keys() <= LEFT_OUT:
        late += _children({name: value for name, value in event.items() if name not in LEFT_OUT}, spaces)
    return "".join(said) + "".join(sorted(late))


def _of_own_kind(event: dict[str, Any], spaces: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """An event of somebody's own kind may use the standard's names for anything: what has another shape is said as an extension."""
    odd = {name: value for name, value in event.items() if name in EVENT | PAIRS and not _fits(name, value)}
    return {name: value for name, value in event.items() if name not in odd}, _children(odd, spaces)


def _fits(name: str, value: Any) -> bool:
    """Whether a value is built as the standard has it, deep enough to be read so."""
    order = EVENT.get(name)
    many = value if isinstance(value, list) else [value]
    if name in PAIRS:
        return isinstance(value, list) and all(
            isinstance(one, dict) and all(isinstance(each, str) for each in one.values()) for one in many
        )
    if order is None or order == "epc":
        return (order is None or isinstance(value, list)) and not any(isinstance(one, list | dict) for one in many)
    listed = name in ELEMENT
    plain = all(isinstance(one, dict) and not any(isinstance(each, dict) for each in one.values()) for one in many)
    return isinstance(value, list) == listed and plain and name != "sensorElementList"


def _field(name: str, value: Any, order: Any, spaces: dict[str, str]) -> tuple[str, list[str]]:
    """The text of a field that the standard orders, and of what in it the standard does not order and we say at the end."""
    if order is None:
        many = value if isinstance(value, list) else [value]
        texts = sorted([name + "=" + text for one in many if (text := _value(name, one, spaces))])
        return "".join(texts), []
    if order == "epc":
        texts = sorted(["epc=" + _plain(one, spaces) for one in value])
        return name + "".join(texts) if texts else "", []
    if isinstance(value, dict):
        if len(value) == 1 and "id" in value:  # most places say no more; what is common goes the short way
            return f"{name}id={_plain(value['id'], spaces)}", []
        inner, left = _element(value, order, spaces)
        return name + inner if inner else "", [name + _joined(left)] if left else []
    return _elements(name, value, order, spaces)


def _elements(name: str, value: list[Any], order: Order, spaces: dict[str, str]) -> tuple[str, list[str]]:
    element = ELEMENT.get(name, name)
    if element == "quantityElement" and all(one.keys() <= QUANTITY_NAMES for one in value):
        texts = sorted([element + _quantity(one, spaces) for one in value])
        return name + "".join(texts) if texts else "", []
    made = [_element(one, order, spaces) for one in value]
    texts = sorted([element + inner for inner, _ in made if inner])
    left = [element + _joined(rest) for _, rest in made if rest]
    if element == name:  # sensorReport: each of the list bears the name itself
        return "".join(texts), left
    return name + "".join(texts) if texts else "", [name + _joined(left)] if left else []


def _quantity(one: dict[str, Any], spaces: dict[str, str]) -> str:
    return "".join([f"{name}={_plain(one[name], spaces)}" for name in QUANTITY if name in one])


def _element(value: dict[str, Any], order: Order, spaces: dict[str, str]) -> tuple[str, list[str]]:
    said, left = [], []
    for name, inner in order.items():
        one = value.get(name)
        if inner is None and isinstance(one, str):
            if text := _value(name, one, spaces):
                said.append(f"{name}={text}")
        elif name in value:
            text, rest = _field(name, one, inner, spaces)
            said.append(text)
            left += rest
    if not value.keys() <= order.keys():
        own = {name: one for name, one in value.items() if name not in order and name not in NEVER}
        here = {
            name: one for name, one in own.items() if len(value) > 1 and _name(name, spaces).startswith("{") and "/}" in _name(name, spaces)
        }
        said += sorted(_children(here, spaces))
        left += _children({name: one for name, one in own.items() if name not in here}, spaces)
    return "".join(said), left


def _joined(texts: list[str]) -> str:
    return "".join(sorted(texts))


def _pairs(name: str, one: str, values: list[dict[str, Any]], spaces: dict[str, str]) -> str:
    """Business transactions, sources, destinations: the type goes with its value."""
    texts = []
    for each in values:
        kind = each.get("type")
        text = "" if kind is None else f"type={PAIR_TYPES[one].get(kind) or _plain(kind, spaces)}"
        texts.append(f"{text}{one}={_plain(each.get(one, ''), spaces)}")
    return name + _joined(texts)


def _children(value: dict[str, Any], spaces: dict[str, str]) -> list[str]:
    """What the standard does not order: each child by its full name, lists one by one."""
    texts: list[str] = []
    for name, one in value.items():
        if name in NEVER:
            continue
        full = _name(name, spaces)
        many = one if isinstance(one, list) else [one]
        if full.endswith("List") and isinstance(one, list):
            if many:
                texts.append(full + _joined([_child(full[:-4], each, spaces) for each in many]))
        else:
            texts += [_child(full, each, spaces) for each in many]
    return texts


def _child(full: str, one: Any, spaces: dict[str, str]) -> str:
    if isinstance(one, dict):
        text = _plain(one["#text"], spaces) if "#text" in one else ""
        return full + (f"={text}" if text else "") + _joined(_children(one, spaces))
    if isinstance(one, list):
        return full + _joined([_child("", each, spaces) for each in one])
    text = _plain(one, spaces)
    return f"{full}={text}" if text else full


def _name(name: str, spaces: dict[str, str]) -> str:
    """A prefixed name with its namespace in braces."""
    prefix, colon, local = name.partition(":")
    return f"{{{spaces[prefix]}}}{local}" if colon and prefix in spaces else name


def _value(name: str, one: Any, spaces: dict[str, str]) -> str:
    if isinstance(one, str):
        known = WORDS.get(name)
        if known is not None and one in known:
            return known[one]
        if name in TIMES:
            return moment(one)
    return _plain(one, spaces)


def _plain(one: Any, spaces: dict[str, str]) -> str:
    if not isinstance(one, str):
        return _number(str(one))
    if spaces:
        one = _in_full(one, spaces)
    return identifiers.key_of(one) if one.startswith("urn:epc:id:") else _text(one.strip())


def _in_full(text: str, spaces: dict[str, str]) -> str:
    prefix, colon, local = text.partition(":")
    return spaces[prefix] + local if colon and prefix in spaces else text


@lru_cache(maxsize=65_536)
def _text(text: str) -> str:
    if text.startswith("urn:epc:"):
        return identifiers.canonical(text) or text
    if "urn:epcglobal:cbv:" in text:
        for old, new in OLD_WORDS:
            text = text.replace(old, new)
    text = _number(text)
    return identifiers.canonical(text) or text


def _number(text: str) -> str:
    """A number without leading and trailing zeros; what is none as it is."""
    try:
        number = float(text)
        return str(int(number)) if int(number) == number else str(number)
    except (ValueError, OverflowError):
        return text


@lru_cache(maxsize=65_536)
def moment(text: str) -> str:
    """A time in UTC with milliseconds; as it is where it is none."""
    try:
        at = parse_time(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    at = at.replace(microsecond=0) + timedelta(milliseconds=round(at.microsecond, -3) // 1000)
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_time(text: str) -> datetime:
    """A date-time of RFC 3339. ValueError for what is none, or names no offset."""
    at = datetime.fromisoformat(text.upper().replace(":60Z", ":59Z"))
    if at.tzinfo is None:
        raise ValueError(text)
    return at
