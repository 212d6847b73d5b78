"""A department sheet computed a second time, from raw tables and the definitions in words; nothing of the house is imported.

    python bench/kpi/independent.py chengxin.sqlite3 2026-10 [today as 2026-11-06]

Plain Python over rows read with sqlite3. Every indicator is a function that yields (department, met, of), one row a matter.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lawbook import Law

CITY = ZoneInfo("Asia/Shanghai")
LEAD = "COM"  # 商务局 stands first in the brackets of (三)(四)(五)(十一)(十二)(十四)(十九) of the plan
Row = dict[str, Any]
Counted = tuple[str, int, int]
Figures = dict[str, dict[str, tuple[int, int]]]
Indicator = Callable[["Month"], Iterator[Counted]]
INDICATORS: dict[str, Indicator] = {}


def indicator(code: str) -> Callable[[Indicator], Indicator]:
    """Register the rows of an indicator."""

    def note(made: Indicator) -> Indicator:
        INDICATORS[code] = made
        return made

    return note


def instant(text: str | None) -> datetime | None:
    """A stored instant (UTC) in the city's time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(CITY) if text else None


def day_of(text: str | None) -> date | None:
    """The city's day of a stored instant, or a stored day."""
    if not text:
        return None
    found = instant(text)
    return date.fromisoformat(text) if len(text) == len("2026-10-01") else found.date() if found else None


class Month:
    """The raw tables of a database, and the days of a month."""

    def __init__(self, db: sqlite3.Connection, month: str, today: date) -> None:
        self.db, self.today, self.law = db, today, Law()
        self.since = date.fromisoformat(f"{month}-01")
        self.until = self.since.replace(day=monthrange(self.since.year, self.since.month)[1])

    def rows(self, table: str) -> list[Row]:
        found = self.db.execute(f'SELECT * FROM "{table}"')
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def grouped(self, table: str, by: str, order: str, **only: str) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows(table), key=lambda one: one[order]):
            if all(row[name] == value for name, value in only.items()):
                groups[row[by]].append(row)
        return groups

    def has(self, day: date | None) -> bool:
        return day is not None and self.since <= day <= self.until

    def by(self, day: date | None, last: date) -> int:
        """1 when something was done on or before a day."""
        return int(day is not None and day <= last)

    def due(self, table: str, due: str, done: str, department: str = "department") -> Iterator[Counted]:
        """Rows with a last day of their own that is in the month."""
        for row in self.rows(table):
            last = day_of(row[due])
            if last and self.has(last):
                yield row[department], self.by(day_of(row[done]), last), 1


# ---- what platforms report, and what is computed from it


@indicator("SHOP_REVERIFIED")
def shops(month: Month) -> Iterator[Counted]:
    """A passed verification runs out in the month. The shop passed another one by then; one closed by then need not."""
    closed = {row["id"]: day_of(row["closed_on"]) for row in month.rows("subjects_shop")}
    for shop, every in month.grouped("subjects_identityverification", "shop_id", "verified_at", result="pass").items():
        for place, one in enumerate(every):
            last = day_of(one["next_due_on"])
            if last and month.has(last) and not month.by(closed[shop], last):
                later = [day_of(each["verified_at"]) for each in every[place + 1 :] if each["verified_at"] > one["verified_at"]]
                yield LEAD, int(any(month.by(day, last) for day in later)), 1


@indicator("REVIEWS_COUNTED")
def scores(month: Month) -> Iterator[Counted]:
    for row in month.rows("evaluation_snapshot"):
        if month.has(day_of(row["day"])):
            yield LEAD, int(row["missing"] == 0), 1


@indicator("PAYMENT_DIFFERENCES")
def differences(month: Month) -> Iterator[Counted]:
    runs = {row["id"]: day_of(row["at"]) for row in month.rows("payments_reconciliation")}
    for row in month.rows("payments_mismatch"):
        if month.has(runs[row["run_id"]]):
            yield LEAD, month.by(day_of(row["decided_at"]), month.until), 1


@indicator("INCIDENTS_ON_TIME")
def incidents(month: Month) -> Iterator[Counted]:
    for row in month.rows("delivery_incident"):
        reported = day_of(row["reported_at"])
        assert reported
        last = month.law.last("COURIER_COMPLAINT", reported)
        if month.has(last):
            yield row["department"], month.by(day_of(row["replied_at"]), last), 1


@indicator("PROMISES_KEPT")
def promises(month: Month) -> Iterator[Counted]:
    whose = {row["id"]: row["department"] for row in month.rows("commitments_commitment")}
    for row in month.rows("commitments_measured"):
        if month.has(day_of(row["day"])):
            yield whose[row["commitment_id"]], row["kept"], row["tested"]


@indicator("ROWS_VALID")
def reported(month: Month) -> Iterator[Counted]:
    for row in month.rows("facts_receipt"):
        if month.has(day_of(row["received_at"])):
            yield LEAD, row["rows"] - row["quarantined"], row["rows"]


@indicator("PLATFORM_MEASURES_PUBLISHED")
def platform_measures(month: Month) -> Iterator[Counted]:
    for row in month.rows("platforms_measure"):
        decided = day_of(row["decided_at"])
        assert decided
        last = month.law.last("MEASURE_PUBLISH", decided)
        if month.has(last):
            yield LEAD, month.by(day_of(row["published_at"]), last), 1


@indicator("CLUES_OF_PLATFORMS")
def platform_clues(month: Month) -> Iterator[Counted]:
    """Late is what came after the last day that the measure it belongs to set; without a measure nothing sets one."""
    measures = {row["id"]: day_of(row["decided_at"]) for row in month.rows("platforms_measure")}
    for row in month.rows("platforms_cluereport"):
        sent, decided = day_of(row["made_at"]), measures.get(row["measure_id"])
        if sent and month.has(sent):
            yield row["department"], int(decided is None or sent <= month.law.last("CLUE_REPORT", decided)), 1


@indicator("RECALLS_TOLD")
def recalls(month: Month) -> Iterator[Counted]:
    """The buyer of every order of the task was told by its day."""
    whose = {row["id"]: row["department"] for row in month.rows("products_recall")}
    told = month.grouped("products_recallnotice", "task_id", "told_at")
    for task in month.rows("products_recalltask"):
        last = day_of(task["due_on"])
        if last and month.has(last):
            there = {row["order_no"] for row in told[task["id"]] if month.by(day_of(row["told_at"]), last)}
            yield whose[task["recall_id"]], int(set(json.loads(task["orders"])) <= there), 1


# ---- complaints, reports, clues: periods by the law and the steps taken


class Desk:
    """Which department had a complaint or report at the end of a day."""

    def __init__(self, month: Month, of: str) -> None:
        self.given = month.grouped("consumers_assignment", "matter", "leaf", of=of)
        self.now = {row["id"]: row["department"] for row in month.rows(f"consumers_{of}")}

    def of(self, matter: str, day: date) -> str:
        held = [row["department"] for row in self.given[matter] if (day_of(row["at"]) or date.max) <= day]
        return held[-1] if held else self.now[matter]


Step = tuple[str, date]  # action, the city's day


def steps_of(month: Month, of: str) -> dict[str, list[Step]]:
    found = month.grouped("consumers_consumerstep", "matter", "place", of=of)
    return {matter: [(row["action"], day_of(row["at"]) or date.max) for row in rows] for matter, rows in found.items()}


def first_of(steps: list[Step], *actions: str) -> tuple[int, Step] | None:
    return next(((place, step) for place, step in enumerate(steps) if step[0] in actions), None)


@indicator("COMPLAINTS_ON_TIME")
def complaints(month: Month) -> Iterator[Counted]:
    """To accept or refuse, to mediate (days of testing left out), to tell that mediation has ended: each a period by the day of receipt."""
    desk, pauses = Desk(month, "complaint"), month.grouped("consumers_pause", "complaint_id", "since")
    received = {row["id"]: day_of(row["received_at"]) for row in month.rows("consumers_complaint")}
    for matter, steps in steps_of(month, "complaint").items():
        begun = received[matter]
        assert begun
        for last, met in _periods_of_complaint(month, steps, begun, pauses[matter]):
            if month.has(last):
                yield desk.of(matter, last), met, 1


def _periods_of_complaint(month: Month, steps: list[Step], received: date, pauses: list[Row]) -> Iterator[tuple[date, int]]:
    last = month.law.last("COMPLAINT_ACCEPT", received)
    over = first_of(steps, "accept", "refuse", "withdraw")
    if not over or over[1][0] != "withdraw" or over[1][1] > last:
        yield last, int(bool(over) and over[1][0] != "withdraw" and over[1][1] <= last)
    for place, (action, day) in enumerate(steps):
        if action in ("accept", "reopen"):
            accepted = next(when for one, when in steps if one == "accept")
            yield from _mediation(month, steps[place + 1 :], received, accepted, day, pauses)
        if action == "end":
            last = _as_of(month, received, "MEDIATE_END_TELL", day)
            told = first_of(steps[place:], "follow_up", "confirm", "unsolved", "close")
            yield last, int(bool(told) and told[1][1] <= last)


def _mediation(
    month: Month, after: list[Step], received: date, accepted: date, begun: date, pauses: list[Row]
) -> Iterator[tuple[date, int]]:
    """One run of mediation: its last day moves by the days of each testing; testing that begins after it undoes no lateness."""
    out: list[tuple[date, date]] = [
        (_day(row["since"]), _day(row["until"])) for row in pauses if row["until"] and _day(row["until"]) < begun
    ]
    last: date | None = _as_of(month, received, "MEDIATE", accepted, out)
    for action, day in after:
        if action == "pause" and last:
            if day > last:
                yield last, 0
            last = None
        elif action == "resume":
            out = [(_day(row["since"]), _day(row["until"])) for row in pauses if row["until"] and _day(row["until"]) <= day]
            last = _as_of(month, received, "MEDIATE", accepted, out)
        elif action in ("agree", "settle", "end"):
            if last:
                yield last, int(day <= last)
            return
    if last:
        yield last, 0


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _as_of(month: Month, received: date, clock: str, first: date, out: list[tuple[date, date]] | None = None) -> date:
    """A period counted from one day by the law of another, the day of receipt."""
    assert received >= date(2026, 4, 15), "complaints of the old law are not in this city"
    return month.law.last(clock, first, out=out or ())


@indicator("MEDIATION")
def mediations(month: Month) -> Iterator[Counted]:
    desk = Desk(month, "complaint")
    for matter, steps in steps_of(month, "complaint").items():
        for action, day in steps:
            if action in ("agree", "settle", "end") and month.has(day):
                yield desk.of(matter, day), int(action != "end"), 1


@indicator("REPORTS_ON_TIME")
def reports(month: Month) -> Iterator[Counted]:
    """Fifteen working days from receipt, or from new facts; fifteen more when extended in time."""
    desk = Desk(month, "report")
    for matter, steps in steps_of(month, "report").items():
        received = steps[0][1]
        last, begun = month.law.last("CLUE_CHECK", received), received
        met = 0
        for action, day in steps[1:]:
            fresh = {"extend": ("CLUE_CHECK_EXT", begun), "add_facts": ("", day)}.get(action)
            if fresh:
                if day > last and month.has(last):
                    yield desk.of(matter, last), 0, 1
                begun = fresh[1]
                last = month.law.last("CLUE_CHECK", begun, fresh[0])
            if action in ("not_ours", "merge", "file_case", "not_file"):
                met = int(day <= last)
                break
        if month.has(last):
            yield desk.of(matter, last), met, 1


@indicator("CLUES_ON_TIME")
def clues(month: Month) -> Iterator[Counted]:
    """Fifteen working days for the department that has the clue, counted anew when another gets it; fifteen more when extended. A hand-over
    or extension after the last day takes no lateness away."""
    steps = month.grouped("supervision_cluestep", "clue_id", "at")
    for clue in month.rows("supervision_clue"):
        has, begun, last, over = "", date.min, date.min, None
        for step in steps[clue["id"]]:
            day = day_of(step["at"]) or date.max
            if step["action"] == "open":
                has, begun = step["department"], day
                last = month.law.last("CLUE_CHECK", day)
            elif step["action"] in ("hand_over", "grant_extension"):
                if day > last and month.has(last):
                    yield has, 0, 1
                extended = step["action"] == "grant_extension"
                if not extended:
                    has, begun = json.loads(step["data"])["to_department"], day
                last = month.law.last("CLUE_CHECK", begun, "CLUE_CHECK_EXT" if extended else "")
            elif step["action"] in ("dismiss", "file_case"):
                over = day
        if month.has(last):
            yield has, month.by(over, last), 1


def compute(path: Path, month: str, today: date) -> Figures:
    """Department → indicator → (met, of), departments that were succeeded under their successor of today."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return figures(Month(db, month, today))


def figures(known: Month) -> Figures:
    """The same of a month's tables."""
    import independent_rooms  # noqa: F401 - the indicators of records, lists and plans

    sums: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for code, counted in INDICATORS.items():
        for department, met, of in counted(known):
            line = sums[known.law.in_charge(department, known.today)][code]
            line[0], line[1] = line[0] + met, line[1] + of
    found = {department: {code: (line[0], line[1]) for code, line in lines.items() if line[1]} for department, lines in sums.items()}
    return {department: lines for department, lines in found.items() if lines}


def main() -> None:
    today = date.fromisoformat(sys.argv[3]) if len(sys.argv) > 3 else datetime.now(CITY).date()
    print(json.dumps(compute(Path(sys.argv[1]), sys.argv[2], today)))


if __name__ == "__main__":
    sys.modules["independent"] = sys.modules["__main__"]  # the other file adds to these indicators, not to a second copy
    main()
