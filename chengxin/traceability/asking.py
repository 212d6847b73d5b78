"""The query language of EPCIS 2.0 (chapter 8.2.7.1): its parameters as conditions on our tables."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from chengxin.traceability import columns, contexts, identifiers, units, vocabulary
from chengxin.traceability import models as known
from chengxin.traceability.actions import CHILDREN
from chengxin.traceability.errors import WrongParameter
from chengxin.traceability.hashing import parse_time
from chengxin.traceability.models import TraceField, TraceItem, TraceMaster, TraceParty

COMPARE = {"EQ": "", "GT": "__gt", "GE": "__gte", "LT": "__lt", "LE": "__lte"}
MOST_PER_PAGE, PER_PAGE = 1000, 30
EPCS = (known.EPC, known.CHILD, known.PARENT, known.INPUT, known.OUTPUT)
CLASSES = (known.QUANTITY, known.CHILD_QUANTITY, known.INPUT_QUANTITY, known.OUTPUT_QUANTITY)
MATCH: dict[str, tuple[str, ...]] = {
    "epc": (known.EPC, known.CHILD),
    "parentID": (known.PARENT,),
    "inputEPC": (known.INPUT,),
    "outputEPC": (known.OUTPUT,),
    "anyEPC": EPCS,
    "epcClass": (known.QUANTITY, known.CHILD_QUANTITY),
    "inputEPCClass": (known.INPUT_QUANTITY,),
    "outputEPCClass": (known.OUTPUT_QUANTITY,),
    "anyEPCClass": CLASSES,
}
PLACES = {"readPoint": known.READ_POINT, "bizLocation": known.LOCATION}
SIDES = {"source": known.SOURCE, "destination": known.DESTINATION}
TEXTS = ("transformationID", "correctiveEventID", "persistentDisposition_set", "persistentDisposition_unset", "type", "booleanValue")
WORDS = {
    "persistentDisposition_set": vocabulary.DISPOSITION,
    "persistentDisposition_unset": vocabulary.DISPOSITION,
    "type": vocabulary.MEASUREMENT,
}
ORDERS = {"eventTime": "event_time", "recordTime": "id"}
PAGING = ("perPage", "nextPageToken", "orderBy", "orderDirection", "eventCountLimit", "maxEventCount")
VALUE = re.compile(r"(value|minValue|maxValue|meanValue|sDev|percValue)(?:_([A-Z0-9]{2,4}))?\Z")
QUANTITY = re.compile(r"quantity(?:_([A-Z0-9]{2,4}))?\Z")
PATTERN = re.compile(r"urn:epc:(?:idpat|id|class):([a-z]+):([^.]+)((?:\.[^.]*)*)\Z")

Given = Mapping[str, Sequence[Any]]


@dataclass
class Asked:
    """A query: the conditions, the order and how much of it."""

    where: Q = field(default_factory=Q)
    order: str = "id"
    descending: bool = False
    limit: int | None = None
    most: int | None = None
    per_page: int = PER_PAGE
    token: str = ""


def read(given: Given, spaces: dict[str, str] | None = None) -> Asked:
    """A query of its parameters, each with the values that any one may have. Raises WrongParameter for a name or a value it does not know.

    spaces: prefixes of extension names, from the header GS1-Extensions or the @context of a query."""
    asked = Asked()
    for name, values in given.items():
        if name == "@context":
            continue
        if name in PAGING:
            _paging(asked, name, _single(name, values))
        else:
            asked.where &= _condition(name, values, spaces or {})
    if asked.limit is not None and asked.most is not None:
        raise WrongParameter(name="maxEventCount", reason="not together with eventCountLimit")
    return asked


def split(values: Sequence[str]) -> list[str]:
    """The values of a parameter in an address: repeated, or separated by commas or bars."""
    return [one for value in values for one in re.split(r"[|,]", value)]


def _single(name: str, values: Sequence[Any]) -> Any:
    if len(values) != 1:
        raise WrongParameter(name=name, reason="takes one value")
    return values[0]


def _paging(asked: Asked, name: str, value: Any) -> None:
    if name == "orderBy":
        if value not in ORDERS:
            raise WrongParameter(name=name, reason=f"one of {', '.join(ORDERS)}")
        asked.order = ORDERS[value]
    elif name == "orderDirection":
        if value not in ("ASC", "DESC"):
            raise WrongParameter(name=name, reason="ASC or DESC")
        asked.descending = value == "DESC"
    elif name == "nextPageToken":
        asked.token = str(value)
    else:
        number = _whole(name, value)
        if name == "perPage":
            asked.per_page = min(number, MOST_PER_PAGE)
        elif name == "eventCountLimit":
            asked.limit = number
        else:
            asked.most = number


def _whole(name: str, value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError as cause:
        raise WrongParameter(name=name, reason="must be a whole number above 0") from cause
    if not 0 < number < 2**31:
        raise WrongParameter(name=name, reason="must be a whole number above 0")
    return number


def _condition(name: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    """One parameter; several values are alternatives."""
    if name == "eventType":
        return _kinds(values)
    before, _, rest = name.partition("_")
    if not rest or not values:
        raise WrongParameter(name=name, reason="unknown parameter, or no value")
    if before in COMPARE:
        return _compared(name, before, rest, values, spaces)
    if before in OTHER:
        return OTHER[before](name, rest, values, spaces)
    raise WrongParameter(name=name, reason="unknown parameter")


def _kinds(values: Sequence[Any]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        if value in columns.KINDS:
            found |= Q(kind=columns.KINDS[value])
        elif ":" in str(value):
            found |= Q(kind=known.EXTENDED, document__contains=f'"type":"{value}"')
        else:
            raise WrongParameter(name="eventType", reason=f"{value}: no type of event")
    return found


# ---- EQ, GT, GE, LT, LE


def _compared(name: str, sign: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    if rest in ("eventTime", "recordTime", "errorDeclarationTime", "errorDeclaration_Time"):
        column = {"eventTime": "event_time", "recordTime": "record_time"}.get(rest, "declared_at")
        return Q(**{column + COMPARE[sign]: _time(name, _single(name, values))})
    if rest in columns.TIMES or rest == "percRank":
        number = _time(name, _single(name, values)).timestamp() if rest != "percRank" else _number(name, _single(name, values))
        return _fields(path=rest, **{"number" + COMPARE[sign]: number})
    if found := QUANTITY.match(rest):
        unit = found[1]
        return _any(values, lambda one: _quantity(name, sign, unit, one))
    if found := VALUE.match(rest):
        what, unit = found[1], found[2] or ""
        return _any(values, lambda one: _measured(name, sign, what, unit, one))
    if sign == "EQ" and (plain := _plain(name, rest, values)) is not None:
        return plain
    return _extension(name, sign, rest, values, spaces)


def _plain(name: str, rest: str, values: Sequence[Any]) -> Q | None:
    """EQ of what the standard names; None for an extension field."""
    texts = [str(one) for one in values]
    if rest == "action":
        return Q(action__in=_of(name, texts, ("ADD", "OBSERVE", "DELETE")))
    if rest in ("bizStep", "disposition", "errorReason"):
        of, column = {
            "bizStep": (vocabulary.BIZ_STEP, "biz_step"),
            "disposition": (vocabulary.DISPOSITION, "disposition"),
            "errorReason": (vocabulary.REASON, "declared_reason"),
        }[rest]
        return Q(**{f"{column}__in": [vocabulary.short(of, one) for one in texts]})
    if rest == "eventID":
        return Q(event_id__in=texts)
    if rest in PLACES:
        return _party(side=PLACES[rest], value__in=[identifiers.key_of(one) for one in texts])
    for word, side in SIDES.items():
        if rest.startswith(f"{word}_"):
            kind = vocabulary.short(vocabulary.PARTY, rest[len(word) + 1 :])
            return _party(side=side, type=kind, value__in=[identifiers.key_of(one) for one in texts])
    if rest.startswith("bizTransaction_"):
        kind = vocabulary.short(vocabulary.TRANSACTION, rest.removeprefix("bizTransaction_"))
        return _fields(path=f"bizTransaction_{kind}", text__in=[identifiers.key_of(one) for one in texts])
    if rest in TEXTS or rest in columns.REPORT_TEXTS:
        words = WORDS.get(rest)
        return _fields(path=rest, text__in=[vocabulary.short(words, one) if words else one for one in texts])
    if rest.startswith("ATTR_"):
        return _attribute(name, rest.removeprefix("ATTR_"), texts)
    return None


def _of(name: str, values: list[str], allowed: Sequence[str]) -> list[str]:
    if not set(values) <= set(allowed):
        raise WrongParameter(name=name, reason=f"one of {', '.join(allowed)}")
    return values


def _time(name: str, value: Any) -> datetime:
    try:
        return parse_time(str(value).replace(" ", "+"))
    except ValueError as cause:
        raise WrongParameter(name=name, reason="must be a date-time with an offset") from cause


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as cause:
        raise WrongParameter(name=name, reason="must be a number") from cause
    if not math.isfinite(number):
        raise WrongParameter(name=name, reason="must be a number")
    return number


def _any(values: Sequence[Any], of: Callable[[Any], Q]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= of(value)
    return found


def _quantity(name: str, sign: str, unit: str | None, value: Any) -> Q:
    number = _number(name, value)
    if unit is None:
        return _items(**_about("quantity", sign, number))
    wanted = Q(pk__in=[])
    for other in units.alike(unit):
        wanted |= Q(unit=other, **_about("quantity", sign, units.convert(number, unit, other)))
    return Q(pk__in=TraceItem.objects.filter(wanted).order_by().values("event_id"))


def _measured(name: str, sign: str, what: str, unit: str, value: Any) -> Q:
    number, base = units.in_base(_number(name, value), unit)
    return _fields(path=what, **({"unit": base} if unit else {}), **_about("number", sign, number))


def _about(column: str, sign: str, number: float) -> dict[str, float]:
    """Equal numbers may differ in the last bits after a conversion."""
    if sign != "EQ":
        return {column + COMPARE[sign]: number}
    slack = abs(number) * 1e-12
    return {f"{column}__gte": number - slack, f"{column}__lte": number + slack}


def _extension(name: str, sign: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    path = _path(name, rest, spaces)
    if sign == "EQ":
        texts = [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
        numbers = [number for one in values if (number := columns.as_number(one)) is not None]
        return Q(pk__in=TraceField.objects.filter(Q(text__in=texts) | Q(number__in=numbers), path__in=path).order_by().values("event_id"))
    number = columns.as_number(_single(name, values))
    if number is None:
        raise WrongParameter(name=name, reason="must be a number or a date-time")
    return _fields(path__in=path, **{"number" + COMPARE[sign]: number})


BEFORE = re.compile(r"((?:INNER_)?(?:ILMD_|ERROR_DECLARATION_|readPoint_|bizLocation_|SENSORELEMENT_|SENSORMETADATA_|SENSORREPORT_)?)(.+)")


def _path(name: str, rest: str, spaces: dict[str, str]) -> list[str]:
    """The path of an extension field: prefix:name by the prefixes given, a full name, or namespace#name as in EPCIS 1."""
    found = BEFORE.match(rest)
    if not found or ":" not in found[2]:
        raise WrongParameter(name=name, reason="unknown parameter")
    before, local = found.groups()
    full = contexts.expand(local, spaces)
    glued = full.replace("#", "", 1)
    return list(dict.fromkeys((before + full, before + glued)))


# ---- MATCH, WD, EXISTS, HASATTR, EQATTR


def _match(name: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    if rest not in MATCH:
        raise WrongParameter(name=name, reason="unknown parameter")
    wanted = Q(pk__in=[])
    for one in values:
        wanted |= _pattern(name, str(one))
    return Q(pk__in=TraceItem.objects.filter(wanted, role__in=MATCH[rest]).order_by().values("event_id"))


def _pattern(name: str, uri: str) -> Q:
    """An identifier, or a pattern with stars in its last parts."""
    if "*" not in uri:
        return Q(key=identifiers.key_of(uri))
    found = PATTERN.match(uri)
    scheme = identifiers.SCHEMES.get(found[1]) if found else None
    if not found or scheme is None:
        raise WrongParameter(name=name, reason=f"{uri}: no pattern of a GS1 identifier")
    kind, company, rest = found[1], found[2], found[3].split(".")[1:]
    if company == "*":
        return _starts(f"{identifiers.HOME}{scheme.ai}/")
    if rest and rest[0] != "*":
        stem = identifiers.stem(kind, company, rest[0])
        if stem is None:
            raise WrongParameter(name=name, reason=f"{uri}: no pattern of a GS1 identifier")
        return Q(key=stem) | _starts(stem if scheme.rest in ("", "glue") else f"{stem}/{scheme.rest}/")
    ahead = "_" if kind in identifiers.INDICATED else "0" if kind == "grai" else ""
    return Q(
        pk__in=TraceItem.objects.extra(where=["key LIKE %s"], params=[f"{identifiers.HOME}{scheme.ai}/{ahead}{company}%"]).values("pk")
    )


def _starts(text: str) -> Q:
    """The key begins so; said in the way that the database has an index for."""
    if connection.vendor == "postgresql":
        return Q(key__startswith=text)
    return Q(key__gte=text, key__lt=text[:-1] + chr(ord(text[-1]) + 1))


def _within(name: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    """A place, or one inside it as master data say."""
    if rest not in PLACES:
        raise WrongParameter(name=name, reason="unknown parameter")
    reached = fresh = {identifiers.key_of(str(one)) for one in values}
    while fresh:
        inside = TraceMaster.objects.filter(attribute=CHILDREN, element__in=fresh).values_list("value", flat=True)
        fresh = set(inside) - reached
        reached = reached | fresh
    return _party(side=PLACES[rest], value__in=reached)


def _exists(name: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    if rest == "errorDeclaration":
        return Q(declared_at__isnull=False)
    if rest == "sensorElementList":
        return _fields(path=rest)
    return _fields(path__in=_path(name, rest, spaces))


def _has_attribute(name: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    wanted = [contexts.expand(str(one), spaces) for one in values]
    return _of_elements(name, rest, TraceMaster.objects.filter(attribute__in=wanted))


def _equal_attribute(name: str, rest: str, values: Sequence[Any], spaces: dict[str, str]) -> Q:
    return _attribute(name, rest, [str(one) for one in values])


def _attribute(name: str, rest: str, texts: list[str]) -> Q:
    """EQATTR_<field>_<attribute>: master data of what stands in the field have the attribute with one of the values."""
    of, _, attribute = rest.partition("_")
    return _of_elements(name, of, TraceMaster.objects.filter(attribute=contexts.expand(attribute, {}), value__in=texts))


def _of_elements(name: str, of: str, rows: QuerySet[TraceMaster]) -> Q:
    elements = rows.order_by().values("element")
    if of in PLACES:
        return _party(side=PLACES[of], value__in=elements)
    if of in SIDES:
        return _party(side=SIDES[of], value__in=elements)
    if of in MATCH:
        return _items(role__in=MATCH[of], key__in=elements)
    raise WrongParameter(name=name, reason=f"{of} has no attributes")


OTHER = {"MATCH": _match, "WD": _within, "EXISTS": _exists, "HASATTR": _has_attribute, "EQATTR": _equal_attribute}


def _items(**of: Any) -> Q:
    return Q(pk__in=TraceItem.objects.filter(**of).order_by().values("event_id"))


def _party(**of: Any) -> Q:
    return Q(pk__in=TraceParty.objects.filter(**of).order_by().values("event_id"))


def _fields(**of: Any) -> Q:
    return Q(pk__in=TraceField.objects.filter(**of).order_by().values("event_id"))
