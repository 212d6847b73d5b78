"""What a quarter's report says: the measures with tasks and figures, departments against targets, what is overdue. Nobody is named."""

from __future__ import annotations

from typing import Any

from chengxin.coordination import catalogue, papers, queries, sheets
from chengxin.coordination.figures import Period
from chengxin.kernel import clock
from chengxin.law import law

MOST_OVERDUE = 100


def content(name: str, period: Period) -> dict[str, Any]:
    """{period, catalogue, sheets, measures, departments, overdue, digest}: rows of the paper's tables in Chinese, and SHA-256 of them."""
    found = sheets.compute(period)
    made: dict[str, Any] = {
        "period": name,
        "catalogue": catalogue.version(),
        "sheets": len(found),
        "measures": _measures(sheets.city(found), period),
        "departments": _departments(found),
        "overdue": _overdue(),
    }
    made["digest"] = sheets.digest(made)
    return made


def _measures(city: dict[str, tuple[int, int]], period: Period) -> list[dict[str, str]]:
    counts = queries.by_measure()
    rows = []
    for measure in law.at(clock.today()).measures():
        told = [f"{one.zh} {sheets.percent(*city[one.code])}" for one in catalogue.of_measure(measure.code) if one.code in city]
        count = counts[measure.code]
        rows.append(
            {
                "measure": f"（{measure.number}）{measure.zh}",
                "tasks": str(count.total),
                "done": str(count.done),
                "overdue": str(count.late),
                "figures": "；".join(told) or "本期没有可计算的事项",
            }
        )
    return rows


def _departments(found: sheets.Figures) -> list[dict[str, str]]:
    return [
        {
            "department": papers.name_of(code),
            "figure": line.indicator.zh,
            "value": f"{line.share}（{line.n}/{line.d}）",
            "target": line.target,
        }
        for code in sorted(found)
        for line in sheets.lines(found[code])
    ]


def _overdue() -> list[dict[str, str]]:
    today = clock.today()
    return [
        {"number": one.number, "what": one.title, "lead": papers.name_of(one.lead), "days": str((today - one.due_on).days)}
        for one in queries.overdue()[:MOST_OVERDUE]
    ]
