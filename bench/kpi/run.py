"""The departments' sheet of October 2026 of a whole city, by the house and by a second program that shares no query with it.

    python bench/kpi/run.py --size M

A city is written, taken in through the ordinary intake and searched by all detectors; its offices act through the rooms for an autumn
(month.py, acts*.py); on 6 November the house computes and freezes the sheet of October, and independent.py computes it
from the raw tables (SQLite) and the law's data. Printed: cells (indicator × department) compared, how many differ, time, memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]
MONTH, TODAY = "2026-10", date(2026, 11, 6)
FEW = {"S": 6, "M": 16}  # scale of what people do, beside what the city itself brings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=["S", "M"])
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--few", type=int, help="scale of the people's acts")
    parser.add_argument("--keep", type=Path, help="folder for the data directory, kept afterwards")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = given.keep or Path(folder)
        os.environ |= {"CHENGXIN_DATA": str(data), "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        broken = lived(given.size, given.seed, given.few or FEW[given.size], data)
        return compared(data) + broken


def lived(size: str, seed: int, few: int, data: Path) -> int:
    """The city and its autumn; returns how many acts broke: a refusal is none."""
    import acts
    import acts_elsewhere
    import acts_plans
    import month

    begun = time.process_time()
    autumn = month.Autumn(size, seed, few)
    month.open_(autumn, data)
    for plan in (*acts.ALL, *acts_elsewhere.ALL, *acts_plans.ALL):
        plan(autumn)
    print(f"the city's register is open: {time.process_time() - begun:.0f} s of processor", flush=True)
    autumn.live(month.LAST)
    spent, peak = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"its autumn is over: {spent:.0f} s of processor, {peak:.0f} MB; {sum(autumn.done.values())} acts")
    for name, many in sorted(autumn.refused.items()):
        print(f"  refused {many:5}  {name}")
    for name, many in sorted(autumn.broken.items()):
        print(f"  BROKEN  {many:5}  {name}")
    return sum(autumn.broken.values())


def compared(data: Path) -> int:
    """Print both computations; returns how many cells differ."""
    import independent
    from month import at

    from chengxin.accounts.actor import of_user
    from chengxin.accounts.models import User
    from chengxin.coordination import actions, sheets
    from chengxin.coordination.models import Sheet
    from chengxin.kernel import clock

    with clock.set_to(at(TODAY)):
        begun = time.process_time()
        house = sheets.compute(sheets.period_of(MONTH))
        spent = time.process_time() - begun
        if not Sheet.objects.filter(period=MONTH).exists():
            actions.freeze(of_user(User.objects.get(username="leader")), MONTH)
        frozen = {one.department: sheets.as_figures(one.figures) for one in Sheet.objects.filter(period=MONTH)}
    begun = time.process_time()
    second = independent.compute(data / "chengxin.sqlite3", MONTH, TODAY)
    print(f"the house {spent:.2f} s of processor, the second program {time.process_time() - begun:.2f} s\n")
    return shown({"house": house, "frozen": frozen}, second)


def shown(ours: dict[str, Any], second: Any) -> int:
    """The table of all cells, and its sum."""
    cells = sorted({(code, dep) for figures in (*ours.values(), second) for dep, lines in figures.items() for code in lines})
    wrong = 0
    print(f"{'indicator':28} {'department':10} {'second':>14} " + " ".join(f"{name:>14}" for name in ours))
    for code, department in cells:
        want = second.get(department, {}).get(code)
        found = [figures.get(department, {}).get(code) for figures in ours.values()]
        differs = any(one != want for one in found)
        wrong += differs
        row = " ".join(f"{f'{one[0]} of {one[1]}' if one else '–':>14}" for one in (want, *found))
        print(f"{code:28} {department:10} {row}{'  <- differs' if differs else ''}")
    from chengxin.coordination import catalogue

    known, there = set(catalogue.indicators()), {code for code, _ in cells}
    departments = {department for _, department in cells}
    rows = sum(lines[code][1] for lines in second.values() for code in lines)
    partly = {
        code
        for code in there
        if 0 < sum(lines.get(code, (0, 0))[0] for lines in second.values()) < sum(lines.get(code, (0, 0))[1] for lines in second.values())
    }
    print(
        f"\n{len(known) * len(departments)} cells ({len(known)} indicators × {len(departments)} departments), {len(cells)} with a cohort,"
        f" {rows} counted; {len(there)} of {len(known)} indicators with a cohort, {len(partly)} neither none nor all; {wrong} cells differ"
    )
    if missing := sorted(known - there):
        print("without any:", ", ".join(missing))
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(), 1))
