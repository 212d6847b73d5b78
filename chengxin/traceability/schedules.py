"""When a scheduled query is executed (EPCIS 2.0, QuerySchedule): six patterns that the moment must all match, in the city's time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from croniter import CroniterBadDateError, croniter

from chengxin.kernel import clock

# name → (lowest, highest), from the finest to the coarsest; days of the week go from 1 (Monday) to 7 (Sunday)
PARTS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "dayOfMonth": (1, 31), "month": (1, 12), "dayOfWeek": (1, 7)}
ORDER = ("minute", "hour", "dayOfMonth", "month", "dayOfWeek", "second")  # as croniter has them
ELEMENT = re.compile(r"(?:(\d{1,2})|\[?(\d{1,2})-(\d{1,2})\]?|(\d{1,2})/(\d{1,2}))\Z")
ANY = "*"


class WrongSchedule(ValueError):
    """Why a schedule is none."""


def expression(given: Mapping[str, str]) -> str:
    """The schedule as croniter reads it. A pattern is a list of numbers, ranges [5-9] and steps 0/15. Raises WrongSchedule.

    What is left out matches anything; what is finer than the finest that is given is its lowest value, so that {"hour": "1"} is once a day.
    """
    unknown = sorted(set(given) - set(PARTS))
    said = {name: str(value).strip() for name, value in given.items() if str(value).strip()}
    if unknown or not said:
        raise WrongSchedule(f"{', '.join(unknown)}: one or more of {', '.join(PARTS)}")
    made = {name: _pattern(name, text) for name, text in said.items()}
    for name in PARTS:
        if name in made:
            break
        if name in ("second", "minute", "hour") or (name == "dayOfMonth" and set(made) == {"month"}):
            made[name] = str(PARTS[name][0])
    return " ".join(made.get(name, ANY) for name in ORDER)


def _pattern(name: str, text: str) -> str:
    low, high = PARTS[name]
    return ANY if text == ANY else ",".join(_element(name, one.strip(), low, high) for one in text.split(","))


def _element(name: str, text: str, low: int, high: int) -> str:
    found = ELEMENT.match(text)
    if found is None:
        raise WrongSchedule(f"{name}: {text}: a number, a range [a-b] or a step a/b")
    single, first, last, start, step = (None if one is None else int(one) for one in found.groups())
    numbers = [one for one in (single, first, last, start) if one is not None]
    if any(not low <= one <= high for one in numbers) or (first is not None and last is not None and first > last) or step == 0:
        raise WrongSchedule(f"{name}: {text}: from {low} to {high}")
    if single is not None:
        return str(single)
    return f"{start}-{high}/{step}" if step is not None else f"{first}-{last}"


def after(given: Mapping[str, str], moment: datetime) -> datetime:
    """The first moment after one that the schedule names. Raises WrongSchedule for one that never comes."""
    try:
        found: datetime = croniter(expression(given), moment.astimezone(clock.CITY), day_or=False).get_next(datetime)
    except CroniterBadDateError as cause:
        raise WrongSchedule("the schedule names no day that there is") from cause
    return found
