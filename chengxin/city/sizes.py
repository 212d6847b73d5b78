"""What a city is made from: its size, seed, share of fraud and camouflage, and the day it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from zlib import crc32

import numpy as np

SIZES = {"S": 100_000, "M": 1_000_000, "L": 10_000_000, "XL": 100_000_000}
# A chunk of days is written at once; the number of chunks is set so that one holds less than about two million rows of all kinds.
CHUNKS = {"S": 2, "M": 3, "L": 12, "XL": 60}
USUAL_TYPES = ("F1", "F2", "F6")  # planted when none is named: a recipe without types gives the tables it always gave
REVIEW_TYPES = ("F3", "F4", "F11")
FULFILMENT_TYPES = ("F7", "F21", "F22", "F23")  # planted only when asked for: they change how the whole city sends
INVENTED_TYPES = ("F12",)
MONEY_TYPES = ("F8", "F9", "F13", "F10")  # planted only when asked for, with the ways honest money and data go
WORD_TYPES = ("F15", "F16", "F17", "F18", "F19")  # what pages and small sums say; on demand
SUBSIDY_TYPES = ("F14",)  # with the subsidies that honest goods draw
POST_TYPES = ("F20",)  # with the public posts of every account
TYPES = (*USUAL_TYPES, "F5", *REVIEW_TYPES, *FULFILMENT_TYPES, *INVENTED_TYPES, *MONEY_TYPES, *WORD_TYPES, *SUBSIDY_TYPES, *POST_TYPES)
LEVELS = (0, 1, 2, 3, 4)
DAY = 86_400


@dataclass(frozen=True)
class Recipe:
    """Everything the city depends on: the same recipe gives byte-identical tables.

    events: rows over all kinds, about; prevalence: share of shops in some campaign (0 = an honest city); levels: camouflage levels;
    types: F1 brushing, F2 empty parcels and forged scans, F6 price fraud; on demand F5 fake traffic (with honest crowds), F3 rating rings,
    F4 extortion by bad reviews, F11 bad reviews that disappear (with any of these three also the look-alikes of reviews), F7 counterfeits,
    F21 no delivery, F22 late dispatch, F23 goods not as described, F12 praise invented by one-review accounts, F8 cash-out and unlicensed
    settlement, F9 leaks of personal data, F13 counter-brushing, F10 re-registration, F15 false advertising, F16 cash for praise, F17
    breaches at courier outlets, F18 no licence, F19 a licence that is another's, F14 subsidies drawn by orders that are
    none, F20 unlawful trade in public posts; days: length, from local midnight of `start`.
    """

    events: int = SIZES["S"]
    seed: int = 1
    prevalence: float = 0.01
    levels: tuple[int, ...] = LEVELS
    types: tuple[str, ...] = USUAL_TYPES
    start: date = date(2026, 5, 28)
    days: int = 180
    chunks: int = field(default=0)

    @classmethod
    def of(cls, size: str, **given: object) -> Recipe:
        """The recipe of a named size S, M, L or XL. ValueError for another name."""
        if size not in SIZES:
            raise ValueError(f"a city has the size {', '.join(SIZES)}, not {size!r}")
        return cls(**{"events": SIZES[size], "chunks": CHUNKS[size], **given})  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        if not 0 <= self.prevalence <= 0.2:
            raise ValueError("prevalence is a share of shops between 0 and 0.2")
        if not set(self.levels) <= set(LEVELS) or not set(self.types) <= set(TYPES):
            raise ValueError(f"levels are among {LEVELS} and types among {TYPES}")
        if self.days < 60:
            raise ValueError("a city needs at least 60 days: campaigns and their refunds last up to 40")
        if not self.chunks:
            object.__setattr__(self, "chunks", max(1, round(self.events / 900_000)))

    @property
    def fulfilment(self) -> bool:
        """Whether the city has the story of what was promised and what came."""
        return bool(set(self.types) & set(FULFILMENT_TYPES))

    @property
    def money(self) -> bool:
        """Whether the city tells where money goes, and plants what is done with it."""
        return bool({*self.types} & {*MONEY_TYPES})

    @property
    def shops(self) -> int:
        return max(60, self.events // 1000)

    @property
    def about_reviews(self) -> bool:
        """Whether the city plants what is done with reviews, and what looks like it."""
        return bool({*self.types} & {*REVIEW_TYPES})

    @property
    def end(self) -> int:
        """Seconds from the start to the end of the last day."""
        return self.days * DAY

    @property
    def weeks(self) -> int:
        return -(-self.days // 7) + 1

    def stream(self, *names: str | int) -> np.random.Generator:
        """An independent stream of random numbers for one named purpose, so that a change of one part leaves the others as they were."""
        return np.random.default_rng([self.seed, *(crc32(str(name).encode()) for name in names)])
