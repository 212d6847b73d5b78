"""Events on their way in: checked, hashed and taken apart, before the database is asked for anything."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from chengxin.traceability import checking, columns, contexts, hashing
from chengxin.traceability.models import KEY

ENCODER = msgspec.json.Encoder()


@dataclass(slots=True)
class Prepared:
    """One event, ready to be stored: its place in the document, identity, hash, text and rows."""

    place: int
    event_id: str
    event_hash: str
    declaration: str
    context: str
    document: str
    row: columns.Row
    items: list[columns.Item]
    parties: list[columns.Party]
    fields: list[columns.Field]


@dataclass(frozen=True)
class Fault:
    """One event that cannot be taken: where it stands, which exception of the standard it is, and why."""

    place: int
    exception: str
    reason: str

    def as_problem(self) -> dict[str, Any]:
        """As the capture job lists it."""
        return {"type": f"epcisException:{self.exception}", "title": self.reason, "event": self.place}


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: a batch makes a million objects that live until its end and none of which points back, and looking
    through them again and again was a quarter of a lot's time (measured side by side). Two threads: the first one to begin ends it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def prepare(events: list[Any], context: str) -> tuple[list[Prepared], list[Fault]]:
    """All events of a document and what is wrong with those that are not right. context: the text of the document's @context."""
    good, bad = [], []
    for place, event in enumerate(events):
        try:
            wrong = checking.faults(event)
            made = None if wrong else _prepared(place, event, context)
        except RecursionError:
            wrong, made = "event: nested too deeply", None
        if made is not None:
            wrong = _unkeepable(made)
        if made is None or wrong:
            bad.append(Fault(place, "ValidationException", wrong))
        else:
            good.append(made)
    return good, bad


def _unkeepable(one: Prepared) -> str:
    """What a column cannot take: a NUL character, or more than KEY characters."""
    if "\\u0000" in one.document:
        return "event: a text holds a NUL character"
    if len(one.document) > KEY:  # else nothing in it is longer
        texts = [*one.row, one.event_id, *(text for many in (one.items, one.parties) for each in many for text in each)]
        if any(isinstance(text, str) and len(text) > KEY for text in texts):
            return f"event: an identifier has more than {KEY} characters"
    return ""


def _prepared(place: int, event: dict[str, Any], context: str) -> Prepared:
    document = ENCODER.encode(event).decode()
    spaces = contexts.prefixes(context)
    if "@context" in event:
        spaces = {**spaces, **contexts.prefixes(contexts.text_of(event["@context"]))}
    digest = hashing.event_hash(event, spaces)
    declared = event.get("errorDeclaration")
    return Prepared(
        place,
        event.get("eventID") or hashing.ni(digest),
        digest,
        hashlib.sha256(ENCODER.encode(declared)).hexdigest() if declared else "",
        context,
        document,
        columns.row(event),
        columns.items(event),
        columns.parties(event),
        columns.fields(event, spaces),
    )
