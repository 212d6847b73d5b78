"""Visits that no order explains: those a farm was paid for, and those of honest crowds. The honest layer's own visits follow its orders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.people import MOBILE, UNKNOWN_DEVICE, UNKNOWN_IP, People
from chengxin.city.quantiles import Floats, Ints, Mask

SOURCES = ("search", "recommend", "ad", "live", "direct", "external")
USUAL_SOURCES = np.array([0.42, 0.26, 0.1, 0.06, 0.12, 0.04])
COLUMNS = ("account", "item", "at", "seconds", "pages", "source", "device", "ip", "cause")


@dataclass
class Views:
    """Visits as columns of equal length. at: seconds from the start; device and ip: -1 where unknown; cause: campaign, 0 for none."""

    columns: dict[str, Ints]

    @classmethod
    def of(cls, **given: Ints | int) -> Views:
        """Visits with these columns; a scalar fills its column, `cause` is 0 when not given."""
        n = len(np.atleast_1d(given["at"]))
        return cls({name: np.array(np.broadcast_to(given.get(name, 0), (n,)), dtype=np.int64) for name in COLUMNS})

    def __len__(self) -> int:
        return len(self.columns["at"])

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def where(self, rows: Mask) -> Views:
        return Views({name: column[rows] for name, column in self.columns.items()})

    @classmethod
    def joined(cls, parts: list[Views]) -> Views:
        return cls({name: np.concatenate([np.zeros(0, np.int64), *(part[name] for part in parts)]) for name in COLUMNS})


def stays(rng: np.random.Generator, n: int, median: float, spread: float) -> Ints:
    """Seconds on the page: lognormal about a median, at least one."""
    return np.clip(rng.lognormal(np.log(median), spread, n), 1, 7200).astype(np.int64)


def depth(rng: np.random.Generator, seconds: Ints) -> Ints:
    """Pages seen in so many seconds, as people see them."""
    return np.asarray(1 + np.minimum(40, seconds // 30 + rng.poisson(0.6, len(seconds))))


def sources(rng: np.random.Generator, n: int, share: Floats = USUAL_SOURCES) -> Ints:
    return rng.choice(len(SOURCES), n, p=np.asarray(share) / np.sum(share))


def own_equipment(rng: np.random.Generator, people: People, account: Ints) -> tuple[Ints, Ints]:
    """Device and network of people at home or on their carrier's."""
    mobile = rng.random(len(account)) < MOBILE
    return people.device[account], np.where(mobile, rng.integers(0, people.mobile, len(account)), people.ip[account])


def partly_unknown(rng: np.random.Generator, device: Ints, ip: Ints) -> tuple[Ints, Ints]:
    """What platforms do not know is unknown for honest and planted visits alike."""
    n = len(device)
    return np.where(rng.random(n) < UNKNOWN_DEVICE, -1, device), np.where(rng.random(n) < UNKNOWN_IP, -1, ip)
