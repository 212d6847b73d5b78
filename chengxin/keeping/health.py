"""What is fine and what is not, a line for each check with what to do. Limits stand in limits.yaml."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from chengxin.jobs import queries as jobs
from chengxin.keeping import disk, measuring
from chengxin.kernel import language

log = logging.getLogger("chengxin.health")

FINE, WARN, BAD = "fine", "warn", "bad"
RANK = {FINE: 0, WARN: 1, BAD: 2}


@dataclass(frozen=True)
class Line:
    """One check. code: stable; state: fine, warn (read today) or bad (act now); said: {"zh", "en"}."""

    code: str
    state: str
    said: dict[str, str]

    @property
    def text(self) -> str:
        return language.pick(self.said)

    @property
    def title(self) -> str:
        return language.pick(TITLES[self.code])

    @property
    def next(self) -> str:
        """What to do about it; empty when there is nothing to do."""
        return "" if self.state == FINE else language.pick(remedies()[self.code])


@cache
def limits() -> dict[str, dict[str, float]]:
    """limits.yaml."""
    found: dict[str, dict[str, float]] = yaml.load((Path(__file__).parent / "limits.yaml").read_text(), Loader=yaml.CSafeLoader)
    return found


@cache
def remedies() -> dict[str, dict[str, str]]:
    """remedies.yaml: the code of a check -> {"zh", "en"}."""
    found: dict[str, dict[str, str]] = yaml.load((Path(__file__).parent / "remedies.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return found


def serving() -> bool:
    """Whether this machine can answer: the database is there and of this version, and the disk is not full. What a load balancer asks."""
    return all(_safely(check).state != BAD for check in SERVING)


def lines() -> list[Line]:
    """Every check, in the order in which an operator would look."""
    return [_safely(check) for check in CHECKS]


def _safely(check: Callable[[], Line]) -> Line:
    try:
        return check()
    except Exception as error:  # a check that breaks is a finding, and the others still speak
        log.exception("health.check_failed name=%s", check.__name__)
        said = {"zh": f"无法检查：{type(error).__name__}", "en": f"cannot be checked: {type(error).__name__}"}
        return Line(check.__name__, BAD, said)


def _state(name: str, value: float | None, *, none: str = WARN) -> str:
    """By the limits of this name; `none` when there is no value."""
    if value is None:
        return none
    limit = limits()[name]
    return BAD if value > limit["bad"] else WARN if value > limit["warn"] else FINE


def _long(seconds: float | None) -> dict[str, str]:
    """A span in words: {"zh", "en"}."""
    if seconds is None:
        return {"zh": "从未", "en": "never"}
    for size, zh, en in ((86_400, "天", "days"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= 2 * size:
            return {"zh": f"{seconds / size:.0f} {zh}", "en": f"{seconds / size:.0f} {en}"}
    return {"zh": f"{seconds:.0f} 秒", "en": f"{seconds:.0f} s"}


def _ago(code: str, state: str, seconds: float | None, more: dict[str, str] | None = None) -> Line:
    span, more = _long(seconds), more or {"zh": "", "en": ""}
    zh, en = (f"{span['zh']}前", f"{span['en']} ago") if seconds is not None else (span["zh"], span["en"])
    return Line(code, state, {"zh": f"{zh}{more['zh']}", "en": f"{en}{more['en']}"})


def database() -> Line:
    measuring.database_answers()
    if not measuring.migrated():
        return Line("database", BAD, {"zh": "与程序版本不符：请运行 chengxin setup", "en": "not of this version: run chengxin setup"})
    return Line("database", FINE, {"zh": "正常", "en": "answers"})


def space() -> Line:
    found = {name: disk.room(path) for name, path in measuring.places().items()}
    states = [_of_disk(*room) for room in found.values()]
    left = measuring.days_left()
    if left is not None:
        limit = limits()["disk_days"]
        states.append(BAD if left < limit["bad"] else WARN if left < limit["warn"] else FINE)
    names = {"data": ("数据", "data"), "backup": ("备份", "backup")}
    zh = "，".join(f"{names[name][0]}剩余 {free / 2**30:.1f} GB（{100 * free // all}%）" for name, (free, all) in found.items())
    en = ", ".join(f"{names[name][1]}: {free / 2**30:.1f} GB free ({100 * free // all} %)" for name, (free, all) in found.items())
    if left is not None:
        zh, en = f"{zh}，按近月增长还够 {left:.0f} 天", f"{en}, enough for {left:.0f} days at this month's growth"
    return Line("space", max(states, key=RANK.__getitem__), {"zh": zh, "en": en})


def _of_disk(free: int, all: int) -> str:
    share, amount = 100 * free / all, free / 2**30
    for state in (BAD, WARN):
        if share < limits()["disk_share"][state] and amount < limits()["disk_gb"][state]:
            return state
    return FINE


def worker() -> Line:
    silence = measuring.worker_silence()
    return _ago("worker", _state("worker", silence, none=BAD), silence)


def queue() -> Line:
    wait, count = measuring.job_wait(), jobs.waiting()["jobs_waiting"]
    span = _long(wait)
    said = {"zh": f"{count} 个等待，最久 {span['zh']}", "en": f"{count} waiting, the oldest for {span['en']}"}
    return Line("queue", _state("job", wait), said)


def outbox() -> Line:
    wait, count = measuring.outbox_wait(), jobs.waiting()["events_waiting"]
    span = _long(wait)
    said = {"zh": f"{count} 个未送达，最久 {span['zh']}", "en": f"{count} not delivered, the oldest for {span['en']}"}
    return Line("outbox", _state("outbox", wait), said)


def given_up() -> Line:
    count = jobs.waiting()["given_up"]
    return Line("given_up", WARN if count else FINE, {"zh": f"{count} 个", "en": str(count)})


def cron() -> Line:
    late = measuring.cron_late()
    span = _long(late)
    said = {"zh": f"晚 {span['zh']}", "en": f"{span['en']} late"} if late else {"zh": "准时", "en": "on time"}
    return Line("cron", _state("cron", late), said)


def backup() -> Line:
    last, fault = measuring.last_backup(), measuring.backup_failed()
    seconds = measuring.age(last.finished_at) if last else None
    state = _state("backup", seconds, none=BAD if settings.BACKUP else WARN)
    more = {"zh": f"；{fault}", "en": f"; {fault}"} if fault else None
    if not settings.BACKUP and last is None:
        return Line("backup", state, {"zh": "没有设置备份目录", "en": "no target is configured"})
    return _ago("backup", BAD if fault else state, seconds, more)


def self_check() -> Line:
    seconds, failed = measuring.log_check()
    more = {"zh": "；最近一次发现问题", "en": "; the last one found faults"} if failed else None
    return _ago("self_check", BAD if failed else _state("check", seconds), seconds, more)


def time() -> Line:
    behind = measuring.clock_behind()
    span = _long(behind)
    said = (
        {"zh": f"比日志末条慢 {span['zh']}", "en": f"{span['en']} behind the log's last entry"} if behind else {"zh": "正常", "en": "fine"}
    )
    return Line("time", _state("clock", behind), said)


def keys() -> Line:
    ages = measuring.key_ages()
    eldest = measuring.oldest(ages.values()) if ages else None
    return _ago("keys", _state("key", eldest), eldest)


def detectors() -> Line:
    seconds, failed = measuring.detector_run()
    more = {"zh": "；最近一次未完成", "en": "; the last one did not finish"} if failed else None
    return _ago("detectors", WARN if failed else _state("detectors", seconds), seconds, more)


SERVING = (database, space)
CHECKS = (database, space, worker, queue, outbox, given_up, cron, backup, self_check, time, keys, detectors)
TITLES: dict[str, dict[str, str]] = {
    "database": {"zh": "数据库", "en": "Database"},
    "space": {"zh": "磁盘空间", "en": "Disk space"},
    "worker": {"zh": "后台进程最近响应", "en": "Worker last seen"},
    "queue": {"zh": "后台任务", "en": "Background jobs"},
    "outbox": {"zh": "待送达事件", "en": "Events to deliver"},
    "given_up": {"zh": "已放弃的任务和事件", "en": "Given up"},
    "cron": {"zh": "定时任务", "en": "Scheduled work"},
    "backup": {"zh": "最近成功备份", "en": "Last good backup"},
    "self_check": {"zh": "日志最近自检", "en": "Log last checked"},
    "time": {"zh": "系统时钟", "en": "Clock"},
    "keys": {"zh": "密钥启用", "en": "Keys made"},
    "detectors": {"zh": "最近一次检测", "en": "Detectors last ran"},
}


def worst(found: list[Line]) -> str:
    """The state of the whole."""
    return max((line.state for line in found), key=RANK.__getitem__)


def worst_first(found: list[Line]) -> list[Line]:
    """What is to be acted on, what is to be read, what is fine; each part in the order of the checks."""
    return sorted(found, key=lambda line: -RANK[line.state])


def as_json(found: list[Line]) -> dict[str, Any]:
    """For machines of the operator."""
    return {line.code: line.state for line in found}
