"""Whether a document and its events are as EPCIS 2.0 has them: our schema, compiled, and the rules that a schema cannot say.

The schema agrees with the official one (a test asks both the same); every fault is one line with the place it stands at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import fastjsonschema
import yaml

from chengxin.traceability import vocabulary
from chengxin.traceability.hashing import parse_time

FILE = Path(__file__).with_name("schema.yaml")
_HEX = "%[0-9A-Fa-f]{2}"


def _run(characters: str) -> str:
    """So many of these characters or escaped ones; written so that the common case is one run."""
    return f"[{characters}]*(?:{_HEX}[{characters}]*)*"


_NAME = "A-Za-z0-9._~!$&'()*+,;=\\-"  # RFC 3986: unreserved and sub-delims
_PATH = _NAME + ":@/"
URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:{_run(_NAME + ':')}@)?(?:\[[0-9A-Fa-f:.]+\]|{_run(_NAME)})(?::[0-9]*)?(?:/{_run(_PATH)})?"
    rf"|(?!//){_run(_PATH)})(?:\?{_run(_PATH + '?')})?(?:#{_run(_PATH + '?')})?\Z"
)
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z", re.ASCII)
OWN_WORDS = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/")
OWN_MEASURES = re.compile(r"https?://(?:www\.)?gs1\.org/voc/")


@lru_cache(maxsize=65_536)
def is_uri(text: Any) -> bool:
    return not isinstance(text, str) or URI.match(text) is not None


def is_time(text: Any) -> bool:
    if not isinstance(text, str):
        return True
    if not TIME.match(text):
        return False
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def _word(of: str) -> Callable[[Any], bool]:
    known, theirs = vocabulary.words(of), OWN_MEASURES if of in (vocabulary.MEASUREMENT, vocabulary.ALERT) else OWN_WORDS
    return lambda word: word in known or (is_uri(word) and not theirs.match(word))


@cache
def _formats() -> dict[str, Any]:
    return {"uri": is_uri, "date-time": is_time, **{f"word-{of}": _word(of) for of in vocabulary.LISTS}}


@cache
def _raw() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _with_pattern(schema: Any) -> Any:
    """The schema with the pattern of a URI where it is named."""
    if isinstance(schema, list):
        return [_with_pattern(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {f"^{URI.pattern}" if name == "URI" else name: _with_pattern(one) for name, one in schema.items()}


@cache
def of_kind(kind: str) -> Callable[[Any], Any]:
    """The compiled check of a kind of event; of any other type, that of an extended event."""
    raw = _raw()
    fields, rules = raw["fields"], raw["kinds"].get(kind)
    common = raw["common"].split()
    if rules is None:
        schema: dict[str, Any] = {"properties": {name: fields[name] for name in common} | {"type": {"type": "string", "format": "uri"}}}
        return _compiled({"type": "object", **schema, "required": ["type", "eventTime", "eventTimeZoneOffset"]})
    names = [*common, *raw["business"].split(), *rules["has"].split()]
    properties = {"type": {"enum": [kind]}, **{name: dict(fields[name]) for name in names}}
    if kind == "TransactionEvent":
        properties["bizTransactionList"]["minItems"] = 1
        properties["epcList"] = fields["childEPCs"]  # the one list of EPCs here that may say one twice
    schema = {"type": "object", "properties": properties, "required": ["type", "eventTime", "eventTimeZoneOffset", *rules["must"]]}
    return _compiled(schema)


@cache
def of_document() -> Callable[[Any], Any]:
    """The compiled check of a document, its events left aside."""
    return _compiled(_raw()["document"])


def _compiled(schema: dict[str, Any]) -> Callable[[Any], Any]:
    check: Callable[[Any], Any] = fastjsonschema.compile(
        _with_pattern(schema), formats=_formats(), use_default=False, detailed_exceptions=True
    )
    return check


def faults_of_schema(event: Any) -> str:
    """What the schema finds wrong with an event, at its place; empty when it is right."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return "type: an event is an object with a type"
    kind = event["type"] if event["type"] in _raw()["kinds"] else ""
    try:
        of_kind(kind)(event)
    except fastjsonschema.JsonSchemaValueException as wrong:
        return _said(wrong)
    return _apart(event, kind) if kind else ""


def _apart(event: dict[str, Any], kind: str) -> str:
    """What the schema would say by trying and failing, at a cost for every event: fields that go together, names that are nobody's."""
    known, one_of, ilmd_only = _shape(kind)
    strange = next((name for name in event.keys() - known if not URI.match(name)), None)
    if strange is not None:
        return f"{strange[:100]}: not a field of {kind}, and an extension has a prefix or a namespace"
    if not any(all(_has(event, *each) for each in fields) for fields in one_of):
        said = "; or ".join(
            " and ".join(name + (" that is not empty" if full else f" {value}" * bool(value)) for name, full, value in one)
            for one in one_of
        )
        return f"event: needs {said}"
    if ilmd_only and "ilmd" in event and event["action"] != ilmd_only:
        return f"ilmd: only with action {ilmd_only}"
    return ""


def _has(event: dict[str, Any], name: str, full: bool, value: str) -> bool:
    return name in event and (not full or len(event[name]) > 0) and (not value or event[name] == value)


Together = list[list[tuple[str, bool, str]]]  # alternatives of (field, whether it may not be empty, the value it must have)


@cache
def _shape(kind: str) -> tuple[frozenset[str], Together, str]:
    """The standard's fields of a kind of event, which of them go together, and the action that ILMD goes with."""
    raw = _raw()
    rules = raw["kinds"][kind]
    known = frozenset(["type", *raw["common"].split(), *raw["business"].split(), *rules["has"].split()])
    one_of = [[(re.split(r"[+=]", name)[0], name.endswith("+"), name.partition("=")[2]) for name in names] for names in rules["one_of"]]
    return known, one_of, rules.get("ilmd_only", "")


def _said(wrong: fastjsonschema.JsonSchemaValueException) -> str:
    place = ".".join(str(part) for part in wrong.path[1:]) or "event"
    rule = {"format": f"must be {str(wrong.rule_definition).split('-')[0]}" if wrong.rule == "format" else ""}.get(wrong.rule or "", "")
    text = wrong.message.removeprefix(wrong.name or "").strip()
    return f"{place}: {rule or text}"[:500]


def faults(event: Any) -> str:
    """What is wrong with an event by schema and rules; empty when it is right."""
    return faults_of_schema(event) or _rules(event)


def _rules(event: dict[str, Any]) -> str:
    """What the standard says and a schema cannot."""
    if event["type"] == "AggregationEvent" and event["action"] != "OBSERVE" and "parentID" not in event:
        return "parentID: needed when the action is ADD or DELETE (EPCIS 2.0, 7.4.3)"
    declared = event.get("errorDeclaration")
    if declared and event.get("eventID") in (declared.get("correctiveEventIDs") or ()):
        return "errorDeclaration.correctiveEventIDs: an event does not correct itself (EPCIS 2.0, 7.4.1.4)"
    return ""


def faults_of_document(document: Any) -> str:
    """What is wrong with a document, its events left aside; empty when it is right."""
    try:
        of_document()(document)
    except fastjsonschema.JsonSchemaValueException as wrong:
        return _said(wrong)
    return ""
