"""Checks in SQL over the lake: one query for all platforms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.platforms.checks.found import By, Found

FOLDER = Path(__file__).parent / "lake"


def run(name: str, kind: str, platforms: By, day: date) -> dict[UUID, Found]:
    """Run lake/<name>.sql over the reports of a kind. It may use $since (a year ago), $until (the day's end) and $before (the city's days
    for complaints ago), and answers (platform code, looked, near, wrong)."""
    codes = {platform.code: key for key, platform in platforms.items()}
    sql = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    given = {word: value for word, value in _days(day).items() if f"${word}" in sql}
    with lake.connect(snapshot([kind])) as connection:
        rows = connection.execute(sql, given).fetchall()
    return {codes[code]: Found(looked, near, wrong) for code, looked, near, wrong in rows if code in codes}


def _days(day: date) -> dict[str, datetime]:
    open_days = int(law.at(day).value("platform_complaint_open_days"))
    back = int(law.at(day).value("platform_check_months"))
    days = {"since": add_months(day, -back), "until": day + timedelta(days=1), "before": day - timedelta(days=open_days)}
    return {word: datetime.combine(value, time(), clock.CITY) for word, value in days.items()}
