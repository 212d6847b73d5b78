"""The kinds of entries in the law data. Each is frozen; dates are days in the city, both ends included, None = open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

Pair = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """In force from `valid_from` to `valid_to`, both included; None leaves that end open."""

    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def period(self) -> str:
        return f"{self.valid_from or '…'} – {self.valid_to or '…'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(Dated):
    """A law, regulation, order or notice. `evidence` is "seen" when its text was read, "memory" when it still has to be checked."""

    id: str
    zh: str
    en: str
    number: str
    issuer: str
    kind: str
    published: date | None = None
    url: str | None = None
    evidence: str = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Dated):
    """One article; `zh` and `en` paraphrase it (`text` says so), they never quote."""

    id: str
    instrument: str
    article: str
    zh: str
    en: str
    text: str = "paraphrase"
    evidence: str = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossReference(Dated):
    """From `valid_from` on, text that cites `cited` means `now`; `now` is None when the new number has not been checked."""

    cited: str
    now: str | None
    citing: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule(Dated):
    """One legal period in one version.

    `unit`: workday | day | month | year | hour | day_before | workday_before | day_of_month | month_after_quarter | window.
    `kind`: deadline (act by) | wait (not before) | keep (hold until) | term (ends on) | limitation.
    `rolls`: the provision that moves a last calendar day on a day off to the next working day, or None.
    """

    id: str
    zh: str
    en: str
    n: int | None
    unit: str
    from_event: str
    provisions: tuple[str, ...]
    source: str
    kind: str = "deadline"
    rolls: str | None = None
    pauses: tuple[str, ...] = ()
    extends: str | None = None
    window: tuple[str, str] | None = None
    month: int | None = None
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def provision(self) -> str:
        """The first provision it rests on."""
        return self.provisions[0]


@dataclass(frozen=True, slots=True)
class Pause:
    """Days from `since` (first left out) to `until` (last left out) that do not count, for a reason the provision names."""

    event: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Dated):
    code: str
    zh: str
    en: str
    successor: str | None = None
    plan_names: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """An administrative division (GB/T 2260); level city | county | township."""

    code: str
    zh: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One of the plan's measures (三)-(二十). Departments are codes: as of 2017, and of those in charge on the book's day."""

    code: str
    number: int
    title: str
    text: str
    zh: str
    en: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    others_support: bool
    lead_now: tuple[str, ...] = ()
    support_now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour(Dated):
    """One kind of dishonest conduct, B01-B29."""

    code: str
    zh: str
    en: str
    definition: Pair
    basis: tuple[str, ...]
    departments: tuple[str, ...]
    police: str
    case_needs: tuple[Pair, ...]
    seed: tuple[str, ...] = ()
    victim: str = ""  # "shop" where the shops that a clue names are those it was done to


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Dated):
    """One duty of a platform, D01-D43: what is asked, by which provisions, how it is checked, what a failure costs.

    `evidence`: where the check looks (see duties.yaml); `period_days`: how many days a result holds good.
    """

    code: str
    zh: str
    en: str
    provisions: tuple[str, ...]
    check: Pair
    penalty: Pair
    evidence: str
    period_days: int
    penalty_provisions: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityTerm(Dated):
    """How long one kind of negative record is shown. Terms are clock ids; None = no such end."""

    code: str
    zh: str
    en: str
    level: str | None
    publish: bool
    min_clock: str | None
    max_clock: str | None
    early: bool
    early_when: Pair
    provisions: tuple[str, ...]
    note: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue(Dated):
    """A number (or small table) that stands in a provision or a practice, never in code."""

    name: str
    value: Any
    unit: str
    zh: str
    en: str
    provision: str | None
    evidence: str
    note: str = field(default="")
