"""Our schema says of every event what the official one says; the rules say what it cannot."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.traceability import checking
from chengxin.traceability.tests.people import OFFICIAL, document, example_events, needs_official, seen

pytestmark = pytest.mark.one_database
SCHEMA = OFFICIAL / "EPCIS-JSON-Schema.json"
PLANTED = [None, True, 0, -1.5, "", "x", "shipping", "urn:x:y", "urn:epcglobal:cbv:bizstep:shipping", "http://a b", "a:b\n", "1a:b"]
PLANTED += [
    "2026-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "+14:30",
    "ADD",
    "DELETE",
    [],
    {},
    [{}],
    ["urn:a:b", "urn:a:b"],
    {"id": "urn:a:b"},
]
PLANTED += [
    "https://ref.gs1.org/cbv/BizStep-shipping",
    "http://ns.gs1.org/cbv/x",
    "http://gs1.org/voc/X",
    "a:#b#c",
    "urn:a:%zz",
    "http://[::1]/x",
]
NAMES = [
    "eventID",
    "x",
    "ex:y",
    "http://q/z",
    "type",
    "action",
    "epcList",
    "ilmd",
    "parentID",
    "set",
    "id",
    "quantity",
    "time",
    "comment",
    "",
]


def official() -> Any:
    import jsonschema_rs

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    one = {"$schema": schema["$schema"], "definitions": schema["definitions"], "$ref": "#/definitions/EPCIS-Document-Event"}
    return jsonschema_rs.validator_for(one, validate_formats=True)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for name, each in inner for place in places(each, (*here, name)))]


def changed(event: Any, chance: Random) -> Any:
    """The event with a value or two replaced, taken out or added somewhere."""
    event = copy.deepcopy(event)
    for _ in range(chance.randint(1, 2)):
        found = places(event)[1:]
        if not found:
            break
        *way, last = chance.choice(found)
        inside = event
        for name in way:
            inside = inside[name]
        act, target, new = chance.randrange(3), inside[last], copy.deepcopy(chance.choice(PLANTED))
        if act == 0:
            inside[last] = new
        elif act == 1:
            del inside[last]
        elif isinstance(target, dict):
            target[chance.choice(NAMES)] = new
        elif isinstance(target, list):
            target.append(chance.choice([*target, new]))
    return event


@needs_official
def test_the_official_schema_and_ours_agree_on_examples_and_on_what_is_made_of_them():
    asked, events = official(), [event for event, _ in example_events()]
    assert all(asked.is_valid(event) and not checking.faults(event) for event in events)
    refused = []

    @settings(max_examples=500, deadline=None, database=None, derandomize=True)
    @given(st.sampled_from(events), st.integers(0, 2**32))
    def compare(event: Any, seed: int) -> None:
        event = changed(event, Random(seed))
        if isinstance(event, dict) and event.get("type") in ("AggregationEvent", "AssociationEvent", "TransactionEvent"):
            event.pop("persistentDisposition", None)  # of the standard's text and XML schema, missing in the official JSON schema
        wrong = checking.faults_of_schema(event)
        refused.append(wrong)
        assert asked.is_valid(event) == (wrong == ""), (wrong, event)

    compare()
    assert 20 < sum(map(bool, refused)) < len(refused) - 20


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"eventTimeZoneOffset": None}, "event"),
        ({"eventTimeZoneOffset": "+15:00"}, "eventTimeZoneOffset"),
        ({"eventTime": "2026-09-01 08:00"}, "eventTime"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, "bizStep"),
        ({"action": "SEEN"}, "action"),
        ({"ilmd": {"ex:a": "1"}}, "ilmd"),
        ({"quantityList": [{"epcClass": "x"}]}, "quantityList.0.epcClass"),
        ({"noPrefix": 1}, "noPrefix"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, place):
    assert checking.faults(seen()) == ""
    assert checking.faults(seen(**change)).startswith(f"{place}: ")


def test_an_aggregation_that_adds_names_its_parent_and_an_event_does_not_correct_itself():
    packed = seen(type="AggregationEvent", action="ADD", quantityList=None, childEPCs=["urn:epc:id:sgtin:9521234.000010.1"])
    assert checking.faults_of_schema(packed) == "" and checking.faults(packed).startswith("parentID: ")
    assert checking.faults({**packed, "parentID": "urn:epc:id:sscc:9521234.0000000001"}) == ""
    declared = {"declarationTime": "2026-09-02T00:00:00Z", "correctiveEventIDs": [seen()["eventID"]]}
    assert "correctiveEventIDs" in checking.faults(seen(errorDeclaration=declared))


def test_a_document_needs_its_envelope():
    assert checking.faults_of_document(document(seen())) == ""
    for missing in ("@context", "schemaVersion", "creationDate", "epcisBody"):
        assert missing in checking.faults_of_document({name: one for name, one in document(seen()).items() if name != missing})
