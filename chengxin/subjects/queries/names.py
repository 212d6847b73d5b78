"""Which subject is this name? And which entries of the register may be one. The matching engine is loaded when somebody first asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import language
from chengxin.subjects.models import Subject
from chengxin.subjects.queries.same import families

MOST_NAMES = 1000  # asked at once: two seconds at the measured speed
EACH = 5
MOST_ENTRIES = 500  # entries without a code that are looked at for doubles, the newest
WAYS = {
    "name": {"zh": "登记名称", "en": "registered name"},
    "old_name": {"zh": "曾用名", "en": "earlier name"},
    "brand": {"zh": "字号或者商标", "en": "brand"},
    "shop": {"zh": "网店名称", "en": "shop name"},
}
COLOURS = {"same": "green", "maybe": "amber", "related": "accent", "different": ""}


@dataclass(frozen=True)
class Answer:
    """A subject that a name may be of, by which of its names, with score, verdict and reasons."""

    asked: str
    subject: Subject
    way: str
    text: str
    match: Any

    def as_data(self) -> dict[str, Any]:
        """For the interface and for sheets."""
        found = {"subject": str(self.subject.pk), "name": self.subject.name, "uscc": self.subject.uscc or "", "status": self.subject.status}
        return {**found, "by": self.way, "by_text": WAYS[self.way], "matched": self.text, **self.match.as_data()}

    @property
    def verdict_text(self) -> str:
        return language.pick(self.match.as_data()["verdict_text"])

    @property
    def colour(self) -> str:
        return COLOURS[self.match.verdict]

    @property
    def way_text(self) -> str:
        return language.pick(WAYS[self.way])

    @property
    def reasons(self) -> list[str]:
        return [language.pick(one.text()) for one in self.match.reasons]

    @property
    def why(self) -> str:
        return language.together(self.reasons)


def match_names(names: list[str], limit: int = EACH) -> list[tuple[str, list[Answer]]]:
    """For each name the subjects it may be of, best first; an empty list when there is none."""
    from chengxin.subjects.matching import register

    hits = register.look_up_many(names, limit)
    subjects = Subject.objects.in_bulk({one.subject for some in hits for one in some})
    return [
        (name, [Answer(name, subjects[one.subject], one.way, one.text, one.match) for one in some if one.subject in subjects])
        for name, some in zip(names, hits, strict=True)
    ]


def alike(subject: Subject, limit: int = EACH) -> list[Answer]:
    """Other entries whose name may be this subject's, without those that are one with it already; branches are others."""
    if subject.is_natural:
        return []
    (_name, answers), family = match_names([subject.name], limit + EACH)[0], families([subject.pk])[subject.pk]
    pairs = [_pair(one) for one in answers if one.subject.pk not in family]
    return [one for one in pairs if one.match.verdict in ("same", "maybe")][:limit]


def _pair(one: Answer) -> Answer:
    """An answer compared for itself: a registered name always finds its own entry too, beside which every other looks doubtful."""
    from chengxin.subjects.matching import compare

    return replace(one, match=compare(one.asked, one.text))


def likeness(one: Subject, other: Subject) -> list[str]:
    """What two registered names have in common and what not, part by part, for a person to weigh; nothing of natural persons."""
    if one.is_natural or other.is_natural:
        return []
    from chengxin.subjects.matching import compare

    return [language.pick(reason.text()) for reason in compare(one.name, other.name).reasons]


def possible_doubles() -> list[dict[str, Any]]:
    """Entries without a code that may be the same as another entry: rows for the officer's list, best first. Two codes are two subjects."""
    bare = list(
        Subject.objects.filter(Q(uscc__isnull=True) | Q(uscc="")).exclude(kind__in=["5", "6"]).order_by("-created_at")[:MOST_ENTRIES]
    )
    known, rows, seen = families([one.pk for one in bare]), [], set()
    for entry, (_name, answers) in zip(bare, match_names([one.name for one in bare]), strict=True):
        for one in map(_pair, answers):
            pair = frozenset((entry.pk, one.subject.pk))
            if one.match.verdict in ("same", "maybe") and one.subject.pk not in known[entry.pk] and pair not in seen:
                seen.add(pair)
                rows.append(_double(entry, one))
    return sorted(rows, key=lambda row: (-row["score"], row["name"]))


def _double(entry: Subject, one: Answer) -> dict[str, Any]:
    return {
        "name": entry.name,
        "other": one.subject.name,
        "uscc": one.subject.uscc or "",
        "score": one.match.score,
        "verdict": one.verdict_text,
        "colour": one.colour,
        "why": one.why,
        "url": reverse("subjects:same_with", args=[one.subject.pk]) + f"?with={entry.pk}",
    }
