"""EPCIS XML, 2.0 and 1.2, as the JSON document that says the same. Parsed in the jail, without entities, DTDs or the network."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from chengxin.kernel import jail
from chengxin.traceability import contexts, vocabulary
from chengxin.traceability.errors import NotValid

MEMORY_MB, SECONDS = 1024, 60
EVENTS = ("ObjectEvent", "AggregationEvent", "TransformationEvent", "TransactionEvent", "AssociationEvent", "QuantityEvent")
WRAPPERS = ("extension", "baseExtension")  # where 1.1 and 1.2 put what came later
EPC_LISTS = {"epcList": "epc", "childEPCs": "epc", "inputEPCList": "epc", "outputEPCList": "epc"}
QUANTITY_LISTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
PAIRS = {
    "bizTransactionList": ("bizTransaction", vocabulary.TRANSACTION),
    "sourceList": ("source", vocabulary.PARTY),
    "destinationList": ("destination", vocabulary.PARTY),
}
WORDS = {"bizStep": vocabulary.BIZ_STEP, "disposition": vocabulary.DISPOSITION}
REPORT_WORDS = {"type": vocabulary.MEASUREMENT, "exception": vocabulary.ALERT, "component": vocabulary.COMPONENT}
NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")
PLACES = ("readPoint", "bizLocation")


def read(body: bytes) -> dict[str, Any]:
    """The document. Raises NotValid for what is no EPCIS document, FileTooHard where the jail stops it."""
    try:
        found: dict[str, Any] = jail.run(f"{__name__}:parse", body, memory_mb=MEMORY_MB, seconds=SECONDS)
    except jail.FileTooHard as cause:
        raise NotValid(reason=f"XML: {cause.data.get('note') or cause.data['reason_en']}") from cause
    return found


def parse(path: str) -> dict[str, Any]:
    """In the jail: the file as a JSON document."""
    builder = _Builder()
    parser = ElementTree.XMLParser(target=builder)  # noqa: S314
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            parser.feed(part)
    return _Reader(builder.prefixes).document(parser.close())


class _Builder(ElementTree.TreeBuilder):
    """The tree, and the prefix that each namespace was given first. A document type, the door of entities, is refused as it begins."""

    def __init__(self) -> None:
        super().__init__()
        self.prefixes: dict[str, str] = {}

    def start_ns(self, prefix: str, space: str) -> None:
        self.prefixes.setdefault(space, prefix)

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise NotValid(reason="XML: a document type is not accepted")


class _Reader:
    """Turns elements into JSON and remembers the namespaces that extensions use."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.spaces: dict[str, str] = {}

    def document(self, root: Any) -> dict[str, Any]:
        name = _local(root)
        if name in EVENTS:
            said = self.event(root)
            return {"@context": self.context(), **said}
        if name not in ("EPCISDocument", "EPCISQueryDocument"):
            raise NotValid(reason=f"XML: {name} is no EPCIS document")
        found = _first(root, "EventList")
        events = [] if found is None else [self.event(one) for one in self._events(found)]
        made: dict[str, Any] = {"@context": None, "type": "EPCISDocument", "schemaVersion": "2.0"}
        made["creationDate"] = root.get("creationDate", "")
        made.update(_header(root))
        master = _first(root, "EPCISMasterData")
        if master is not None:
            made["epcisHeader"] = {"epcisMasterData": {"vocabularyList": [self.vocabulary(one) for one in _all(master, "Vocabulary")]}}
        made["epcisBody"] = {"eventList": events}
        made["@context"] = self.context()
        return made

    def context(self) -> Any:
        return [contexts.STANDARD, self.spaces] if self.spaces else [contexts.STANDARD]

    def _events(self, found: Any) -> list[Any]:
        """The events in their order; 1.2 wraps the later kinds."""
        made = []
        for one in found:
            made += self._events(one) if _local(one) == "extension" else [one]
        return made

    def vocabulary(self, one: Any) -> dict[str, Any]:
        elements = [self._element(each) for each in _all(one, "VocabularyElement")]
        return {"type": one.get("type", ""), "vocabularyElementList": elements}

    def _element(self, one: Any) -> dict[str, Any]:
        attributes = [{"id": each.get("id", ""), "attribute": self.value(each, {"id"})} for each in one if _local(each) == "attribute"]
        children = [_text(each) for found in one if _local(found) == "children" for each in found]
        made: dict[str, Any] = {"id": one.get("id", "")}
        return made | ({"attributes": attributes} if attributes else {}) | ({"children": children} if children else {})

    def event(self, one: Any) -> dict[str, Any]:
        made: dict[str, Any] = {"type": _local(one) if _local(one) in EVENTS else self.name(one)}
        self._fill(made, one)
        return _from_quantity_event(made) if made["type"] == "QuantityEvent" else made

    def _fill(self, made: dict[str, Any], one: Any) -> None:
        for each in one:
            name = _local(each)
            if name in WRAPPERS and not _space(each):
                self._fill(made, each)
            elif _space(each):
                _add(made, self.name(each), self.value(each))
            else:
                self._field(made, name, each)

    def _field(self, made: dict[str, Any], name: str, each: Any) -> None:
        if name in EPC_LISTS:
            made[name] = [_text(epc) for epc in each]
        elif name in QUANTITY_LISTS:
            made[name] = [_quantity(quantity) for quantity in each]
        elif name in PAIRS:
            one, words = PAIRS[name]
            made[name] = [self._pair(pair, one, words) for pair in each]
        elif name in PLACES:
            made[name] = self._place(each)
        elif name == "ilmd":
            made[name] = self._own(each)
        elif name == "sensorElementList":
            made[name] = [self._sensor(element) for element in each if _local(element) == "sensorElement"]
        elif name == "persistentDisposition":
            for word in each:
                made.setdefault(name, {}).setdefault(_local(word), []).append(vocabulary.short(vocabulary.DISPOSITION, _text(word)))
        elif name == "errorDeclaration":
            made[name] = self._declaration(each)
        elif name == "certificationInfo":
            _add(made, name, _text(each))
        elif name == "quantity":
            made[name] = _number(_text(each))
        else:
            made[name] = vocabulary.short(WORDS[name], _text(each)) if name in WORDS else _text(each)

    def _pair(self, pair: Any, one: str, words: str) -> dict[str, Any]:
        kind = pair.get("type")
        return ({"type": vocabulary.short(words, kind)} if kind else {}) | {one: _text(pair)}

    def _place(self, each: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in each:
            if _local(part) == "id" and not _space(part):
                made["id"] = _text(part)
            elif _local(part) == "extension" and not _space(part):
                made.update(self._own(part))
            else:
                _add(made, self.name(part), self.value(part))
        return made

    def _declaration(self, each: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in each:
            name = _local(part)
            if _space(part):
                _add(made, self.name(part), self.value(part))
            elif name == "correctiveEventIDs":
                made[name] = [_text(one) for one in part]
            elif name == "extension":
                made.update(self._own(part))
            else:
                made[name] = vocabulary.short(vocabulary.REASON, _text(part)) if name == "reason" else _text(part)
        return made

    def _sensor(self, element: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in element:
            name = _local(part)
            if name == "sensorMetadata":
                made[name] = self._attributes(part)
            elif name == "sensorReport":
                made.setdefault(name, []).append(self._attributes(part))
            elif _space(part):
                _add(made, self.name(part), self.value(part))
            elif name == "extension":
                made.update(self._own(part))
        return made

    def _attributes(self, part: Any) -> dict[str, Any]:
        """Sensor data stand in attributes."""
        made: dict[str, Any] = {}
        for raw, said in part.attrib.items():
            space, _, name = raw.rpartition("}")
            if space:
                made[self._named(space[1:], name)] = said
            elif name in NUMBERS:
                made[name] = _number(said)
            elif name == "booleanValue":
                made[name] = said in ("true", "1")
            else:
                made[name] = vocabulary.short(REPORT_WORDS[name], said) if name in REPORT_WORDS else said
        return made

    def _own(self, each: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in each:
            _add(made, self.name(part), self.value(part))
        return made

    def name(self, one: Any) -> str:
        """The prefixed name of an extension element; its namespace goes into the context."""
        return self._named(_space(one), _local(one))

    def _named(self, space: str, local: str) -> str:
        if not space:
            return local
        prefix = next((name for name, said in (*self.spaces.items(), *contexts.KNOWN.items()) if said == space), None)
        if prefix is None:
            prefix = wanted = self.prefixes.get(space) or "ext"
            while prefix in self.spaces or prefix in contexts.KNOWN:
                prefix = f"{wanted}{len(self.spaces) + 1}"
            self.spaces[prefix] = space
        return f"{prefix}:{local}"

    def value(self, one: Any, but: Any = ()) -> Any:
        """The text of an element, or what is in it; attributes beside it by their names."""
        made: dict[str, Any] = {}
        for raw, said in one.attrib.items():
            space, _, name = raw.rpartition("}")
            if raw not in but and "XMLSchema-instance" not in space:
                made[f"@{self._named(space[1:], name)}"] = said
        if len(one) == 0:
            return {**made, "#text": _text(one)} if made else _text(one)
        for part in one:
            _add(made, self.name(part), self.value(part))
        return made


def _local(one: Any) -> str:
    return str(one.tag).rpartition("}")[2]


def _space(one: Any) -> str:
    """The namespace of an extension; the standard's own elements have none."""
    space = str(one.tag).rpartition("}")[0][1:]
    return "" if space.startswith(("urn:epcglobal:epcis:xsd:", "urn:epcglobal:epcis-query:xsd:")) else space


def _text(one: Any) -> str:
    return (one.text or "").strip()


def _all(root: Any, name: str) -> list[Any]:
    """The elements of a name below, whatever their namespace."""
    return [one for one in root.iter() if _local(one) == name]


def _first(root: Any, name: str) -> Any:
    return next((one for one in root.iter() if _local(one) == name), None)


def _add(made: dict[str, Any], name: str, value: Any) -> None:
    """The same name again makes a list."""
    if name in made:
        made[name] = [*(made[name] if isinstance(made[name], list) else [made[name]]), value]
    else:
        made[name] = value


def _number(text: str) -> float | int | str:
    """A number; what is none stays a text, and validation says so."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "e" not in text.lower() and "." not in text else number


def _quantity(quantity: Any) -> dict[str, Any]:
    said = {_local(part): _text(part) for part in quantity}
    return {name: _number(text) if name == "quantity" else text for name, text in said.items() if text}


def _from_quantity_event(made: dict[str, Any]) -> dict[str, Any]:
    """The event of EPCIS 1 that 2.0 has no more, as the object event that the standard gives in its place."""
    amount = {"epcClass": made.pop("epcClass", ""), "quantity": made.pop("quantity", 0)}
    return {**made, "type": "ObjectEvent", "action": "OBSERVE", "quantityList": [amount]}


def _header(root: Any) -> dict[str, str]:
    """Sender, receiver and number of the standard business document header."""
    found = {}
    for name, of in (("sender", "Sender"), ("receiver", "Receiver")):
        party = _first(root, of)
        identifier = None if party is None else _first(party, "Identifier")
        if identifier is not None and _text(identifier):
            found[name] = _text(identifier)
    number = _first(root, "InstanceIdentifier")
    return found | ({"instanceIdentifier": _text(number)} if number is not None and _text(number) else {})
