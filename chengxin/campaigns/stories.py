"""What may stand in a typical case, and which are public today: asked of the credit file each time, so none outlives its record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chengxin.campaigns.models import Story
from chengxin.campaigns.models.stories import BAD, GIVEN, PUBLISHED
from chengxin.documents.redacting import MODES, STRUCK, find
from chengxin.kernel import clock, showing
from chengxin.law import law
from chengxin.lists import queries as lists
from chengxin.records.catalogue import BAD as UNFAVOURABLE
from chengxin.records.content import PERSONAL
from chengxin.records.models import Record
from chengxin.records.queries import Line
from chengxin.subjects.models import Subject

PERSONS = {"person_name": "penalty_person", "legal_rep": "person_name", "person_address": "person_address"}  # field → rule of redaction
ENDED = "依据的记录不再公示"
NO_CONSENT = "当事人没有同意或者撤回了同意"
NOW_BAD = "当事人有正在公示的不良信息"
SURE = 2  # characters; one alone would be found in every text


def prefilled(record: Record) -> str:
    """The draft of a bad example, from the record: who, what, by whom decided, on what basis."""
    decided = f"{record.decided_on.year}年{record.decided_on.month}月{record.decided_on.day}日"
    said = f"{decided}，{record.maker}依据{record.basis}，对{record.subject.name}作出决定（{record.document_number}）。"
    return f"{said}\n经查明的事实：{record.summary}。"


def redacted(text: str, subject: Subject, words: Iterable[str] = ()) -> str:
    """The text as the law of today lets the public read it: the subject's persons masked, numbers and further words struck out."""
    rules = law.at(clock.today()).redactions()
    for name, rule in PERSONS.items():
        value = getattr(subject, name).strip()
        if len(value) >= SURE:
            text = text.replace(value, MODES[rules[rule]["public"]](value))
    for word in words:
        text = text.replace(word, STRUCK)
    for start, end, _kind in reversed(find(text)):
        text = text[:start] + STRUCK + text[end:]
    return text


def left(text: str, subject: Subject) -> list[str]:
    """The kinds of what must not be public and is still there; empty for a clean text."""
    persons = [getattr(subject, name) for name in PERSONS]
    kinds = {kind for _start, _end, kind in find(text, persons)}
    return sorted(kinds | ({"number"} if PERSONAL.search(text) else set()))


def usable(subject: Subject) -> list[Line]:
    """The unfavourable records of a subject that are in publicity today: what a bad example may rest on."""
    held = showing.held("records")
    return [one for one in lists.public_records(subject) if one.record.kind == UNFAVOURABLE and one.record.number not in held]


def why_down(story: Story, known: dict[UUID, list[Line]] | None = None) -> str:
    """Why it may not be shown today; empty when it may. known: the public records of subjects asked before."""
    known = {} if known is None else known
    if story.subject_id not in known:
        known[story.subject_id] = usable(story.subject)
    bad = known[story.subject_id]
    if story.kind == BAD:
        return "" if story.record_id in {one.record.pk for one in bad} else ENDED
    if story.consent != GIVEN:
        return NO_CONSENT
    return NOW_BAD if bad else ""


def public() -> list[Story]:
    """What everybody may read today, the newest first. Page, feed, poster, text and interface all ask here."""
    known: dict[UUID, list[Line]] = {}
    rows: Any = Story.objects.filter(state=PUBLISHED).select_related("subject", "record")
    return [one for one in rows if not why_down(one, known)]


def find_public(number: str) -> Story | None:
    """One of them, or None."""
    found = Story.objects.filter(state=PUBLISHED, number=number).select_related("subject", "record").first()
    return found if found and not why_down(found) else None
