"""When a record may be seen by everybody, computed from the law of the day of its decision. Nothing here is decided; see actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chengxin.law import law
from chengxin.law.errors import LawUnknown, NotInForce
from chengxin.records import catalogue
from chengxin.records.catalogue import BAD
from chengxin.records.models import Record

Pair = Mapping[str, str]

NO_TERM = {
    "zh": "法律未规定此类不良信息的公示期，不予公示",
    "en": "the law gives no publicity term for this kind of unfavourable record; it is not published",
}
OPEN_TO_ALL = {"zh": "依法公开，至有效期届满", "en": "public while it is valid"}
NOT_PUBLIC = {"zh": "此类记录不公示", "en": "this kind of record is not published"}


@dataclass(frozen=True)
class Publicity:
    """`allowed`: may be public at all. `since` – `until`: the days it is shown, both included, None = no end. `earliest`: of a repair."""

    allowed: bool
    why: Pair
    provisions: tuple[str, ...] = ()
    since: date | None = None
    earliest: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it is shown on a day; it stops by itself with its last day."""
        return self.since is not None and self.since <= day and (self.until is None or day <= self.until)


def may_be_public(item: catalogue.Item, term: str, decided_on: date) -> Publicity:
    """What the law of the day of decision says of such a record, before anybody has published it."""
    if item.kind != BAD:
        return Publicity(item.public, OPEN_TO_ALL if item.public else NOT_PUBLIC, item.provisions)
    found = catalogue.term_on(term, decided_on) if term else None
    if found is None:
        return Publicity(False, NO_TERM)
    early = {"zh": "提前停止公示：", "en": "early end: "} if found.early else {"zh": "", "en": ""}
    said = {"zh": f"{found.zh}；{early['zh']}{found.early_when['zh']}", "en": f"{found.en}; {early['en']}{found.early_when['en']}"}
    return Publicity(found.publish, said, found.provisions)


def of(record: Record) -> Publicity:
    """The days on which a record is public. The law is that of `decided_on`; the terms count from the day it was published."""
    item = catalogue.item(record.item, record.decided_on)
    found = may_be_public(item, record.term, record.decided_on)
    if not found.allowed or record.published_on is None:
        return found
    if item.kind != BAD:
        return Publicity(True, found.why, found.provisions, record.published_on, None, record.valid_until)
    term = catalogue.term_on(record.term, record.decided_on)
    earliest, until = (_end(record, clock) for clock in (term.min_clock, term.max_clock)) if term else (None, None)
    if record.term in item.bar and record.valid_until and until:
        until = max(until, record.valid_until)
    return Publicity(True, found.why, found.provisions, record.published_on, earliest, until)


def _end(record: Record, clock: str | None) -> date | None:
    return law.at(record.decided_on).due(clock, record.published_on) if clock and record.published_on else None


def publish_by(item: catalogue.Item, decided_on: date) -> date | None:
    """The last day on which the authority may still publish in time; None when the law of that day sets none."""
    try:
        return law.at(decided_on).due(item.publish_clock, decided_on) if item.publish_clock else None
    except (LawUnknown, NotInForce):
        return None
