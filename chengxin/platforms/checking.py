"""Runs the checks of duties for a day and keeps each result with its evidence, the law of the day, and the day it expires."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from uuid import UUID

import yaml
from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.entries import Duty
from chengxin.platforms import self_reports
from chengxin.platforms.checks import lake_checks
from chengxin.platforms.checks.found import By, Found, Pair
from chengxin.platforms.models import DutyCheck
from chengxin.platforms.models.duties import GREY
from chengxin.subjects.models import Platform

SELF_REPORT = "self_report"
NOTHING = {"zh": "没有可供检查的记录", "en": "nothing on record to look at"}


@dataclass(frozen=True)
class Check:
    """One line of checks.yaml."""

    duty: str
    looked: Pair
    wrong: Pair
    near: Pair | None = None
    run: str = ""
    sql: str = ""
    kind: str = ""
    none: str = GREY

    @property
    def name(self) -> str:
        return self.run or f"sql:{self.sql}"

    def function(self) -> Callable[[By, date], dict[UUID, Found]]:
        if self.sql:
            return lambda platforms, day: lake_checks.run(self.sql, self.kind, platforms, day)
        module, name = self.run.split(":")
        found: Callable[[By, date], dict[UUID, Found]] = getattr(import_module(f"chengxin.platforms.checks.{module}"), name)
        return found

    def said(self, found: Found) -> Pair:
        """The result in words: what was looked at, how much of it was wrong or near."""
        if found.said:
            return found.said
        if not found.looked:
            return NOTHING
        parts = [(self.wrong, found.wrong), *([(self.near, found.near)] if self.near else [])]
        zh = "，".join(f"{pair['zh']} {count}" for pair, count in parts)
        en = ", ".join(f"{count} {pair['en']}" for pair, count in parts)
        return {"zh": f"{self.looked['zh']} {found.looked}：{zh}", "en": f"{found.looked} {self.looked['en']}: {en}"}


@cache
def checks() -> Mapping[str, Check]:
    """Duty → its automatic check."""
    given = yaml.load((Path(__file__).parent / "checks.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {duty: Check(duty=duty, **one) for duty, one in given.items()}


@dataclass
class _Run:
    """Results of one run, before they are kept."""

    day: date
    platforms: By
    rows: list[DutyCheck] = field(default_factory=list)

    def add(self, duty: Duty, name: str, key: UUID, found: Found, none: str, said: Pair) -> None:
        self.rows.append(
            DutyCheck(
                platform=self.platforms[key],
                duty=duty.code,
                check_name=name,
                colour=found.colour_or(none),
                looked=found.looked,
                near=found.near,
                wrong=found.wrong,
                links=found.links,
                provisions=list(duty.provisions),
                on=self.day,
                valid_until=self.day + timedelta(days=duty.period_days),
                made_at=clock.now(),
                **said,
            )
        )


def run_checks(platforms: list[Platform], actor: str, day: date | None = None) -> list[DutyCheck]:
    """Check every duty in force on a day (by default today) for these platforms; keep and return the results. One log entry a run."""
    run = _Run(day or clock.today(), {one.pk: one for one in platforms})
    for duty in law.at(run.day).duties():
        check = checks().get(duty.code)
        found = check.function()(run.platforms, run.day) if check else self_reports.state(run.platforms, duty, run.day)
        for key in run.platforms:
            one = found.get(key, Found())
            name, none = (check.name, check.none) if check else (SELF_REPORT, GREY)
            run.add(duty, name, key, one, none, check.said(one) if check else one.said or NOTHING)
    return _kept(run.rows, run.day, actor)


def _kept(rows: list[DutyCheck], day: date, actor: str) -> list[DutyCheck]:
    with transaction.atomic():
        data = {"on": day.isoformat(), "results": len(rows), "digest": digest_of_results(rows)}
        leaf = audit.record("platforms.duties.checked", actor=actor, object=f"platforms.duties:{day.isoformat()}", data=data)
        for one in rows:
            one.leaf = leaf.index
        DutyCheck.objects.bulk_create(rows, batch_size=500)
    return rows


def digest_of_results(rows: Iterable[DutyCheck]) -> str:
    """SHA-256 over what a run found, as its log entry names it."""
    told = sorted([str(one.platform_id), one.duty, one.colour, one.looked, one.near, one.wrong] for one in rows)
    return hashlib.sha256(canonical(told).encode()).hexdigest()
