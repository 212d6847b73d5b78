"""XML of 2.0 and 1.2 becomes the JSON that says the same, and JSON goes out as XML and back."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from chengxin.traceability import checking, documents, xml_in, xml_out
from chengxin.traceability.errors import NotValid
from chengxin.traceability.tests.people import OFFICIAL, document, example_events, needs_official, seen
from chengxin.traceability.tests.test_asking import MADE, PACKED, SENT, WARM

pytestmark = pytest.mark.one_database
OLD = b"""<?xml version="1.0"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ex="https://ns.example/trace/" schemaVersion="1.2"
  creationDate="2026-09-01T00:00:00Z"><EPCISBody><EventList>
 <ObjectEvent><eventTime>2026-09-01T08:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <baseExtension><eventID>urn:x:1</eventID></baseExtension><epcList><epc>urn:epc:id:sgtin:9521234.000010.1</epc></epcList>
  <action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep><readPoint><id>urn:epc:id:sgln:9521234.10000.0</id></readPoint>
  <extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:9521234.000010.L</epcClass><quantity>2.5</quantity><uom>KGM</uom>
  </quantityElement></quantityList><ilmd><ex:plot>7</ex:plot></ilmd></extension><ex:mark>a</ex:mark><ex:mark>b</ex:mark></ObjectEvent>
 <extension><TransformationEvent><eventTime>2026-09-01T09:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <inputEPCList><epc>urn:x:a</epc></inputEPCList><outputEPCList><epc>urn:x:b</epc></outputEPCList></TransformationEvent></extension>
 <QuantityEvent><eventTime>2026-09-01T10:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcClass>urn:epc:idpat:sgtin:9521234.000010.*</epcClass><quantity>5</quantity></QuantityEvent>
</EventList></EPCISBody></epcis:EPCISDocument>"""


def test_xml_of_1_2_is_read_as_json_of_2_0():
    said = xml_in.read(OLD)
    first, second, third = said["epcisBody"]["eventList"]
    assert checking.faults_of_document(said) == "" and [checking.faults(one) for one in (first, second, third)] == [""] * 3
    assert (first["bizStep"], first["quantityList"][0]["quantity"], first["ilmd"], first["ex:mark"]) == (
        "commissioning", 2.5, {"ex:plot": "7"}, ["a", "b"])  # fmt: skip
    assert (second["type"], third["type"], third["action"]) == ("TransformationEvent", "ObjectEvent", "OBSERVE")
    assert said["@context"][1] == {"ex": "https://ns.example/trace/"}


def as_texts(value):
    """XML has texts and repeated elements, not numbers and lists of one."""
    if isinstance(value, dict):
        return {name: as_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return as_texts(value[0]) if len(value) == 1 else [as_texts(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def there_and_back(event, context, tmp_path):
    path = tmp_path / "sent.xml"
    path.write_bytes(xml_out.write(documents.document([event], context, "2026-09-01T00:00:00Z")))
    return path, xml_in.parse(str(path))["epcisBody"]["eventList"][0]


@pytest.mark.parametrize("event", [SENT, PACKED, MADE, WARM], ids=["sent", "packed", "made", "warm"])
def test_an_event_goes_out_as_xml_and_comes_back(event, tmp_path):
    _, back = there_and_back(event, document()["@context"], tmp_path)
    assert as_texts(back) == as_texts(event)


@needs_official
def test_every_official_example_goes_out_as_xml_of_the_official_schema_and_comes_back(tmp_path):
    schema = etree.XMLSchema(etree.parse(OFFICIAL / "XSD" / "EPCglobal-epcis-2_0.xsd"))
    for event, context in example_events():
        if ":" in event["type"]:
            continue  # the XML schema has no place for events of one's own kind without a schema of their own
        path, back = there_and_back({name: one for name, one in event.items() if name != "@context"}, context, tmp_path)
        assert as_texts(back) == as_texts({name: one for name, one in event.items() if name != "@context"}), event.get("eventID")
        schema.assertValid(etree.parse(path))


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><e:EPCISDocument xmlns:e='urn:epcglobal:epcis:xsd:2'>&x;</e:EPCISDocument>",
        b"<html/>",
        b"<a",
        b"",
    ],
)
def test_a_document_type_or_something_else_is_refused(body):
    with pytest.raises(NotValid) as refused:
        xml_in.read(body)
    assert "root:" not in json.dumps(refused.value.data)


def test_words_go_out_in_the_form_asked_for():
    out = xml_out.write(documents.document([seen()], [], "2026-09-01T00:00:00Z"), "Always_URN").decode()
    assert "urn:epcglobal:cbv:bizstep:shipping" in out
    assert "https://ref.gs1.org/cbv/BizStep-shipping" in xml_out.write(documents.document([seen()], [], "")).decode()
