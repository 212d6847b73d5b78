"""When a city buys: hours, weekdays, the lull of the spring festival, and the peaks around 18 June and 11 November."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from chengxin.city.quantiles import Floats, Ints
from chengxin.city.sizes import DAY, Recipe

HOURS = np.array([1.6, 0.9, 0.5, 0.35, 0.3, 0.45, 1.0, 2.0, 3.4, 4.8, 5.6, 5.5, 5.2, 5.1, 5.0, 5.0, 5.0, 4.7, 4.6, 5.6, 6.9, 7.4, 6.2, 3.6])
WEEKDAYS = (1.02, 0.98, 0.97, 0.95, 0.98, 1.06, 1.10)
SPRING_FESTIVALS = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26))


def day_factor(day: date) -> float:
    """How busy a day is against an ordinary one."""
    factor = WEEKDAYS[day.weekday()] * _peak(day)
    for festival in SPRING_FESTIVALS:
        away = (day - festival).days
        if -4 <= away <= 6:
            factor *= 0.45
        elif -20 <= away < -4:
            factor *= 1.25
    return factor


def _peak(day: date) -> float:
    if day.month == 6 and day.day <= 20:
        return 2.6 if 16 <= day.day <= 18 else 1.35
    if day.month == 11 and day.day <= 12:
        return 3.2 if day.day >= 9 and day.day < 12 else 1.9 if day.day <= 3 else 1.3
    return 1.0


class Rhythm:
    """Clock time ↔ share of the window's business done by then."""

    def __init__(self, recipe: Recipe) -> None:
        days = np.array([day_factor(recipe.start + timedelta(days=n)) for n in range(recipe.days)])
        hourly = (days[:, None] * HOURS[None, :]).ravel()
        self.edges = np.arange(len(hourly) + 1, dtype=np.float64) * 3600
        self.done = np.concatenate([[0.0], np.cumsum(hourly) / hourly.sum()])

    def at(self, shares: Floats) -> Ints:
        """Seconds from the start at which these shares of the business are done."""
        return np.interp(shares, self.done, self.edges).astype(np.int64)

    def between(self, uniforms: Floats, since: Ints | int, until: Ints | int) -> Ints:
        """Instants between two instants, denser when the city is busy."""
        low, high = np.interp(since, self.edges, self.done), np.interp(until, self.edges, self.done)
        return self.at(low + uniforms * (high - low))


def daytime(seconds: Ints, opens: int, closes: int, uniforms: Floats) -> Ints:
    """Move instants out of the night: what falls outside the hours happens in the first three hours of the next working day."""
    day, clock = seconds // DAY, seconds % DAY
    late = clock >= closes * 3600
    outside = late | (clock < opens * 3600)
    morning = (day + late) * DAY + opens * 3600 + (uniforms * 3 * 3600).astype(np.int64)
    return np.where(outside, morning, seconds)
