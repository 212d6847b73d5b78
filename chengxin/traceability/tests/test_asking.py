"""Each parameter of the standard's query language finds what it should and nothing else."""

from __future__ import annotations

import pytest

from chengxin.traceability import actions, asking, queries
from chengxin.traceability.errors import TooMany, WrongParameter
from chengxin.traceability.tests.people import CONTEXT, COURIER, FARM, FIELD, FUNGUS, MALL, SPACES, document, officer, platform, seen
from chengxin.traceability.tests.test_capture import sent

pytestmark = pytest.mark.django_db
SGTIN, SSCC = "urn:epc:id:sgtin:9521234.000010.{}", "urn:epc:id:sscc:9521234.0000000001"
PACKED = {
    "type": "AggregationEvent", "eventID": "urn:x:packed", "eventTime": "2026-09-02T08:00:00Z", "eventTimeZoneOffset": "+08:00",
    "action": "ADD", "parentID": SSCC, "childEPCs": [SGTIN.format(1), SGTIN.format(2)], "bizStep": "packing",
    "disposition": "container_closed", "bizLocation": {"id": "urn:epc:id:sgln:9521234.10001.0"},
    "persistentDisposition": {"set": ["completeness_verified"]}, "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po:1"}],
}  # fmt: skip
MADE = {
    "type": "TransformationEvent", "eventID": "urn:x:made", "eventTime": "2026-09-03T08:00:00Z", "eventTimeZoneOffset": "+08:00",
    "inputQuantityList": [{"epcClass": FUNGUS, "quantity": 2, "uom": "TNE"}], "outputEPCList": [SGTIN.format(9)],
    "transformationID": "urn:x:run:1", "ilmd": {"ex:best": "2027-09-01T00:00:00Z", "ex:plot": {"ex:no": 7}}, "ex:grade": 3,
}  # fmt: skip
WARM = {
    "type": "ObjectEvent", "eventID": "urn:x:warm", "eventTime": "2026-09-04T08:00:00Z", "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE", "readPoint": {"id": "https://id.gs1.org/414/9521234100003", "ex:shelf": "top"}, "bizStep": "sensor_reporting",
    "sensorElementList": [{"sensorMetadata": {"deviceID": "urn:x:probe", "time": "2026-09-04T07:00:00Z"},
                           "sensorReport": [{"type": "Temperature", "value": 26.0, "uom": "CEL"}]}],
}  # fmt: skip
SENT = seen(
    eventID="urn:x:sent",
    sourceList=[{"type": "owning_party", "source": FARM}],
    destinationList=[{"type": "owning_party", "destination": MALL}],
)


@pytest.fixture
def stored(db):
    master = {"type": "urn:epcglobal:epcis:vtype:ReadPoint", "vocabularyElementList": [
        {"id": "urn:epc:id:sgln:9521234.20000.0", "children": [FIELD]},
        {"id": FIELD, "attributes": [{"id": "urn:epcglobal:cbv:mda:city", "attribute": "北陵"}]}]}  # fmt: skip
    header = {"epcisMasterData": {"vocabularyList": [master]}}
    job = sent(document(SENT, PACKED, MADE, WARM, epcisHeader=header))
    assert job.errors == []


def found(spaces=SPACES, **given):
    asked = asking.read({name: value if isinstance(value, list) else [value] for name, value in given.items()}, spaces)
    return {row.event_id.rpartition(":")[2] for row in queries.page(officer(), asked).rows}


CASES = [
    ({}, "sent packed made warm"),
    ({"eventType": ["ObjectEvent", "AggregationEvent"]}, "sent packed warm"),
    ({"GE_eventTime": "2026-09-02T08:00:00Z", "LT_eventTime": "2026-09-04T08:00:00Z"}, "packed made"),
    ({"GE_recordTime": "2000-01-01T00:00:00Z"}, "sent packed made warm"),
    ({"LT_recordTime": "2000-01-01T00:00:00Z"}, ""),
    ({"EQ_action": ["ADD", "DELETE"]}, "packed"),
    ({"EQ_bizStep": "urn:epcglobal:cbv:bizstep:packing"}, "packed"),
    ({"EQ_bizStep": ["https://ref.gs1.org/cbv/BizStep-packing", "shipping"]}, "sent packed"),
    ({"EQ_disposition": "container_closed"}, "packed"),
    ({"EQ_persistentDisposition_set": "completeness_verified"}, "packed"),
    ({"EQ_persistentDisposition_unset": "completeness_verified"}, ""),
    ({"EQ_readPoint": FIELD}, "sent warm"),
    ({"WD_readPoint": "urn:epc:id:sgln:9521234.20000.0"}, "sent warm"),
    ({"EQ_readPoint": "urn:epc:id:sgln:9521234.20000.0"}, ""),
    ({"EQ_bizLocation": "https://id.gs1.org/414/9521234100010"}, "packed"),
    ({"MATCH_epc": SGTIN.format(1)}, "packed"),
    ({"MATCH_epc": "urn:epc:idpat:sgtin:9521234.000010.*"}, "packed"),
    ({"MATCH_epc": "urn:epc:idpat:sgtin:9521234.*.*"}, "packed"),
    ({"MATCH_epc": "urn:epc:idpat:sgtin:0614141.*.*"}, ""),
    ({"MATCH_anyEPC": "urn:epc:idpat:sgtin:*.*.*"}, "packed made"),
    ({"MATCH_anyEPC": [SSCC, SGTIN.format(9)]}, "packed made"),
    ({"MATCH_parentID": SSCC}, "packed"),
    ({"MATCH_outputEPC": SGTIN.format(9)}, "made"),
    ({"MATCH_inputEPC": SGTIN.format(9)}, ""),
    ({"MATCH_epcClass": FUNGUS}, "sent"),
    ({"MATCH_inputEPCClass": "urn:epc:class:lgtin:9521234.000010.HE260901"}, "made"),
    ({"MATCH_anyEPCClass": "urn:epc:class:lgtin:9521234.000010.*"}, "sent made"),
    ({"EQ_quantity": 12.5}, "sent"),
    ({"GT_quantity_GRM": 12_400, "LE_quantity_KGM": 12.5}, "sent"),
    ({"GE_quantity_KGM": 2000}, "made"),
    ({"EQ_transformationID": "urn:x:run:1"}, "made"),
    ({"EQ_eventID": ["urn:x:made", "urn:x:none"]}, "made"),
    ({"EQ_bizTransaction_po": "urn:x:po:1"}, "packed"),
    ({"EQ_bizTransaction_inv": "urn:x:po:1"}, ""),
    ({"EQ_source_owning_party": "https://id.gs1.org/417/9521234000006"}, "sent"),
    ({"EQ_destination_owning_party": [MALL, COURIER]}, "sent"),
    ({"EQ_destination_location": MALL}, ""),
    ({"EXISTS_sensorElementList": ""}, "warm"),
    ({"EQ_type": "https://gs1.org/voc/Temperature"}, "warm"),
    ({"EQ_deviceID": "urn:x:probe", "GE_time": "2026-09-04T06:00:00Z"}, "warm"),
    ({"GE_value_FAH": 78, "LT_value_CEL": 27}, "warm"),
    ({"EQ_value_KEL": 299.15}, "warm"),
    ({"GT_value_CEL": 26}, ""),
    ({"EQ_ex:grade": "3"}, "made"),
    ({"GE_https://ns.example/trace/grade": 3}, "made"),
    ({"LT_ex:grade": 3}, ""),
    ({"EXISTS_ex:grade": ""}, "made"),
    ({"EXISTS_ILMD_ex:plot": ""}, "made"),
    ({"EQ_INNER_ILMD_ex:no": "7"}, "made"),
    ({"LE_ILMD_ex:best": "2027-09-01T08:00:00+08:00"}, "made"),
    ({"EQ_readPoint_ex:shelf": "top"}, "warm"),
    ({"HASATTR_readPoint": "urn:epcglobal:cbv:mda:city"}, "sent warm"),
    ({"EQATTR_readPoint_cbvmda:city": "北陵"}, "sent warm"),
    ({"EQATTR_readPoint_cbvmda:city": "南陵"}, ""),
    ({"EXISTS_errorDeclaration": ""}, ""),
]


def test_every_parameter_finds_what_it_should(stored):
    wrong = [(given, found(**given)) for given, wanted in CASES if found(**given) != set(wanted.split())]
    assert wrong == []


def test_errors_are_found_by_their_declaration(stored):
    declared = {"declarationTime": "2026-09-09T00:00:00Z", "reason": "did_not_occur", "correctiveEventIDs": ["urn:x:new"], "ex:why": "typo"}
    actions.capture([{**SENT, "errorDeclaration": declared}], platform(), context=CONTEXT)
    for given in ({"EXISTS_errorDeclaration": ""}, {"GE_errorDeclarationTime": "2026-09-09T00:00:00Z"}, {"EQ_errorReason": "did_not_occur"},
                  {"EQ_correctiveEventID": "urn:x:new"}, {"EQ_ERROR_DECLARATION_ex:why": "typo"}):  # fmt: skip
        assert found(**given) == {"sent"}, given


@pytest.mark.parametrize(
    ("name", "value"),
    [("EQ_nothing", "x"), ("eventType", "X"), ("GE_eventTime", "yesterday"), ("EQ_action", "X"), ("GT_quantity", "many"), ("orderBy", "x"),
     ("orderDirection", "UP"), ("perPage", "0"), ("MATCH_nothing", "x"), ("MATCH_epc", "urn:x:*"), ("nextPageToken", "e30"),
     ("WD_action", "x"), ("HASATTR_action", "x"), ("GE_ex:grade", "x"), ("x", "y")],
)  # fmt: skip
def test_what_is_no_query_is_named(stored, name, value):
    with pytest.raises(WrongParameter):
        found(**{name: value})


def test_pages_follow_one_another_in_the_order_asked_for(stored):
    for order, wanted in (("ASC", "sent packed made warm"), ("DESC", "warm made packed sent")):
        given = {"orderBy": ["eventTime"], "orderDirection": [order], "perPage": ["3"]}
        first = queries.page(officer(), asking.read(given))
        rest = queries.page(officer(), asking.read({**given, "nextPageToken": [first.token]}))
        assert [row.event_id.rpartition(":")[2] for row in (*first.rows, *rest.rows)] == wanted.split() and rest.token == ""


def test_a_limit_ends_the_answer_and_a_maximum_refuses_it(stored):
    given = {"eventCountLimit": ["3"], "perPage": ["2"]}
    first = queries.page(officer(), asking.read(given))
    rest = queries.page(officer(), asking.read({**given, "nextPageToken": [first.token]}))
    assert (len(first.rows), len(rest.rows), rest.token) == (2, 1, "")
    with pytest.raises(TooMany):
        queries.page(officer(), asking.read({"maxEventCount": ["3"]}))
    assert len(queries.page(officer(), asking.read({"maxEventCount": ["4"]})).rows) == 4
    with pytest.raises(WrongParameter):
        asking.read({"maxEventCount": ["4"], "eventCountLimit": ["4"]})


def test_who_polls_gets_what_has_come_since(stored):
    last = queries.page(officer(), asking.read({}), poll=True)
    assert len(last.rows) == 4 and last.token
    actions.capture([seen(eventID="urn:x:late")], platform())
    later = queries.page(officer(), asking.read({"nextPageToken": [last.token]}), poll=True)
    assert [row.event_id for row in later.rows] == ["urn:x:late"]
