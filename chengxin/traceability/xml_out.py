"""A JSON document of EPCIS 2.0 as its XML (EPCIS 2.0, chapter 9.5)."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as etree

from chengxin.traceability import contexts, vocabulary
from chengxin.traceability.wording import URN_WORDS
from chengxin.traceability.xml_in import EPC_LISTS, PAIRS, PLACES, QUANTITY_LISTS, REPORT_WORDS, WORDS

EPCIS, QUERY = "urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis-query:xsd:2"
FIRST = ("eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", "certificationInfo")
PLACED = ("bizStep", "disposition", "readPoint", "bizLocation")
LAST = ("sourceList", "destinationList", "sensorElementList", "persistentDisposition", "ilmd")
ORDER = {  # as the XML schema has the fields of each kind, after FIRST; extensions come last
    "ObjectEvent": ("epcList", "action", *PLACED, "bizTransactionList", "quantityList", *LAST),
    "AggregationEvent": ("parentID", "childEPCs", "action", *PLACED, "bizTransactionList", "childQuantityList", *LAST),
    "TransactionEvent": ("bizTransactionList", "parentID", "epcList", "action", *PLACED, "quantityList", *LAST),
    "TransformationEvent": (
        *("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID"),
        *(*PLACED, "bizTransactionList", *LAST),
    ),
    "AssociationEvent": ("parentID", "childEPCs", "childQuantityList", "action", *PLACED, "bizTransactionList", *LAST),
}
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # characters that XML 1.0 has no way to say
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*\Z")


def write(said: dict[str, Any], words: str = "") -> bytes:
    """The XML of a document or a query document. words: GS1-CBV-XML-Format."""
    spaces = {**contexts.KNOWN, **contexts.prefixes(contexts.text_of(said.get("@context", [])))}
    made: bytes = etree.tostring(_Writer(spaces, words).document(said), encoding="UTF-8", xml_declaration=True)
    return made


class _Writer:
    """Elements bear their prefixed names as they are written; which namespaces these stand for is said at the root."""

    def __init__(self, spaces: dict[str, str], words: str) -> None:
        self.spaces = spaces
        self.declared: dict[str, str] = {}  # namespace → prefix
        self.say = vocabulary.urn if words == URN_WORDS else vocabulary.web

    def document(self, said: dict[str, Any]) -> Any:
        is_query = said["type"] == "EPCISQueryDocument"
        root = etree.Element("epcisq:EPCISQueryDocument" if is_query else "epcis:EPCISDocument")
        root.set("xmlns:epcisq" if is_query else "xmlns:epcis", QUERY if is_query else EPCIS)
        root.set("schemaVersion", said.get("schemaVersion", "2.0"))
        root.set("creationDate", said.get("creationDate", ""))
        self._header(root, said)
        body = etree.SubElement(root, "EPCISBody")
        events = said["epcisBody"]
        if is_query:
            results = events["queryResults"]
            events = results["resultsBody"]
            body = etree.SubElement(body, "epcisq:QueryResults")
            etree.SubElement(body, "queryName").text = results["queryName"]
            body = etree.SubElement(body, "resultsBody")
        many = etree.SubElement(body, "EventList")
        for event in events["eventList"]:
            self.event(many, event)
        for space, prefix in self.declared.items():
            root.set(f"xmlns:{prefix}", space)
        return root

    def _header(self, root: Any, said: dict[str, Any]) -> None:
        vocabularies = ((said.get("epcisHeader") or {}).get("epcisMasterData") or {}).get("vocabularyList")
        if not vocabularies:
            return
        header = etree.SubElement(etree.SubElement(root, "EPCISHeader"), "extension")
        many = etree.SubElement(etree.SubElement(header, "EPCISMasterData"), "VocabularyList")
        for one in vocabularies:
            elements = etree.SubElement(etree.SubElement(many, "Vocabulary", type=one["type"]), "VocabularyElementList")
            for element in one.get("vocabularyElementList", ()):
                made = etree.SubElement(elements, "VocabularyElement", id=element["id"])
                for attribute in element.get("attributes", ()):
                    self._value(etree.SubElement(made, "attribute", id=attribute["id"]), attribute.get("attribute", ""))
                if element.get("children"):
                    self._texts(made, "children", "id", element["children"])

    def event(self, many: Any, event: dict[str, Any]) -> None:
        spaces = self.spaces
        if "@context" in event:
            self.spaces = {**spaces, **contexts.prefixes(contexts.text_of(event["@context"]))}
        kind = event["type"]
        one = etree.SubElement(many, kind) if ":" not in kind else self._extended(many, kind)
        standard = (*FIRST, *ORDER.get(kind, ()))
        for name in standard:
            if name in event:
                self._field(one, name, event[name])
        for name, value in event.items():
            if name not in standard and name not in ("type", "@context", "id"):
                self._own(one, name, value)
        self.spaces = spaces

    def _extended(self, many: Any, kind: str) -> Any:
        return etree.SubElement(etree.SubElement(many, "extension"), self.name(kind))

    def _field(self, one: Any, name: str, value: Any) -> None:
        if name in EPC_LISTS:
            self._texts(one, name, "epc", value)
        elif name in QUANTITY_LISTS:
            made = etree.SubElement(one, name)
            for each in value:
                quantity = etree.SubElement(made, "quantityElement")
                for part in ("epcClass", "quantity", "uom"):
                    if part in each:
                        etree.SubElement(quantity, part).text = _plain(each[part])
        elif name in PAIRS:
            made = etree.SubElement(one, name)
            for each in value:
                pair = etree.SubElement(made, PAIRS[name][0])
                pair.text = each[PAIRS[name][0]]
                if "type" in each:
                    pair.set("type", self.say(PAIRS[name][1], each["type"]))
        elif name in PLACES:
            made = etree.SubElement(one, name)
            etree.SubElement(made, "id").text = value["id"]
            self._rest(made, value, ("id",))
        elif name == "sensorElementList":
            made = etree.SubElement(one, name)
            for each in value:
                self._sensor(etree.SubElement(made, "sensorElement"), each)
        else:
            self._single(one, name, value)

    def _single(self, one: Any, name: str, value: Any) -> None:
        if name == "persistentDisposition":
            made = etree.SubElement(one, name)
            for part in ("unset", "set"):
                for word in value.get(part, ()):
                    etree.SubElement(made, part).text = self.say(vocabulary.DISPOSITION, word)
        elif name == "errorDeclaration":
            self._declaration(etree.SubElement(one, name), value)
        elif name == "ilmd":
            self._rest(etree.SubElement(one, name), value, ())
        elif name == "certificationInfo":
            for each in value if isinstance(value, list) else [value]:
                etree.SubElement(one, name).text = each
        else:
            etree.SubElement(one, name).text = self.say(WORDS[name], value) if name in WORDS else _plain(value)

    def _declaration(self, made: Any, value: dict[str, Any]) -> None:
        etree.SubElement(made, "declarationTime").text = value["declarationTime"]
        if "reason" in value:
            etree.SubElement(made, "reason").text = self.say(vocabulary.REASON, value["reason"])
        if "correctiveEventIDs" in value:
            self._texts(made, "correctiveEventIDs", "correctiveEventID", value["correctiveEventIDs"])
        self._rest(made, value, ("declarationTime", "reason", "correctiveEventIDs"))

    def _sensor(self, made: Any, element: dict[str, Any]) -> None:
        if "sensorMetadata" in element:
            self._attributes(etree.SubElement(made, "sensorMetadata"), element["sensorMetadata"])
        for report in element["sensorReport"]:
            self._attributes(etree.SubElement(made, "sensorReport"), report)
        self._rest(made, element, ("sensorMetadata", "sensorReport"))

    def _attributes(self, made: Any, value: dict[str, Any]) -> None:
        for name, said in value.items():
            text = self.say(REPORT_WORDS[name], said) if name in REPORT_WORDS else _plain(said)
            made.set(self.name(name) if ":" in name else name, text)

    def _texts(self, one: Any, name: str, each: str, values: list[str]) -> None:
        made = etree.SubElement(one, name)
        for value in values:
            etree.SubElement(made, each).text = value

    def _rest(self, made: Any, value: dict[str, Any], but: tuple[str, ...]) -> None:
        for name, one in value.items():
            if name not in but:
                self._own(made, name, one)

    def _own(self, made: Any, name: str, value: Any) -> None:
        """An extension: an element of its own namespace, lists as repeated elements."""
        for each in value if isinstance(value, list) else [value]:
            self._value(etree.SubElement(made, self.name(name)), each)

    def _value(self, made: Any, value: Any) -> None:
        if not isinstance(value, dict):
            made.text = _plain(value)
            return
        for name, each in value.items():
            if name == "#text":
                made.text = _plain(each)
            elif name.startswith("@"):
                made.set(name[1:], _plain(each))
            else:
                self._own(made, name, each)

    def name(self, name: str) -> str:
        """An element's name in its namespace: by the context's prefix, or what stands before the last /, # or : of a full URI."""
        prefix, colon, local = name.partition(":")
        if colon and prefix in self.spaces and NAME.match(local):
            return self._prefixed(self.spaces[prefix], prefix, local)
        found = re.match(r"(.*[/#:])([^/#:]+)\Z", name)
        if found and NAME.match(found[2]):
            return self._prefixed(found[1], "ext", found[2])
        return name if NAME.match(name) else "value"

    def _prefixed(self, space: str, wanted: str, local: str) -> str:
        if space not in self.declared:
            taken = {*self.declared.values(), "epcis", "epcisq", "xml", "xmlns"}
            free = wanted if NAME.match(wanted) and wanted not in taken else f"ns{len(self.declared)}"
            self.declared[space] = free
        return f"{self.declared[space]}:{local}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else UNSAYABLE.sub("\ufffd", str(value))
