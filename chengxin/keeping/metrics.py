"""The numbers in Prometheus' text format 0.0.4. Names and meanings stand in metrics.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

import chengxin
from chengxin.jobs import queries as jobs
from chengxin.keeping import disk, health, measuring
from chengxin.keeping.databases import engine

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
Samples = list[tuple[str, dict[str, str], float | None]]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """metrics.yaml."""
    found: dict[str, dict[str, str]] = yaml.load((Path(__file__).parent / "metrics.yaml").read_text(), Loader=yaml.CSafeLoader)
    return found


def text() -> str:
    """All metrics; one that has no value now is left out."""
    found = samples()
    lines: list[str] = []
    for name, said in catalogue().items():
        lines += [f"# HELP {name} {said['en']}", f"# TYPE {name} {said['type']}"]
        lines += [f"{name}{_labels(labels)} {float(value):.12g}" for own, labels, value in found if own == name and value is not None]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def samples() -> Samples:
    """Every sample: (name, labels, value)."""
    made: Samples = [("chengxin_info", {"version": chengxin.__version__, "database": engine()}, 1.0)]
    made += [("chengxin_health", {"check": line.code}, float(health.RANK[line.state])) for line in health.lines()]
    for place, path in measuring.places().items():
        free, all = disk.room(path)
        made += [("chengxin_disk_free_bytes", {"place": place}, free), ("chengxin_disk_bytes", {"place": place}, all)]
    made += [("chengxin_key_age_seconds", {"key": name}, seconds) for name, seconds in measuring.key_ages().items()]
    return made + _of_work() + _of_keeping()


def _of_work() -> Samples:
    counts = jobs.waiting()
    run, run_failed = measuring.detector_run()
    return [
        ("chengxin_workers", {}, measuring.workers()),
        ("chengxin_worker_silence_seconds", {}, measuring.worker_silence()),
        ("chengxin_jobs", {"state": "waiting"}, counts["jobs_waiting"]),
        ("chengxin_jobs", {"state": "running"}, counts["jobs_running"]),
        ("chengxin_job_wait_seconds", {}, measuring.job_wait()),
        ("chengxin_outbox_waiting", {}, counts["events_waiting"]),
        ("chengxin_outbox_wait_seconds", {}, measuring.outbox_wait()),
        ("chengxin_given_up", {}, counts["given_up"]),
        ("chengxin_cron_late_seconds", {}, measuring.cron_late()),
        ("chengxin_detector_run_age_seconds", {}, run),
        ("chengxin_detector_run_failed", {}, float(run_failed)),
    ]


def _of_keeping() -> Samples:
    last = measuring.last_backup()
    checked, check_failed = measuring.log_check()
    return [
        ("chengxin_backup_age_seconds", {}, measuring.age(last.finished_at) if last else None),
        ("chengxin_backup_bytes", {}, last.bytes if last else None),
        ("chengxin_backup_failed", {}, float(bool(measuring.backup_failed()))),
        ("chengxin_log_entries", {}, measuring.log_size()),
        ("chengxin_log_check_age_seconds", {}, checked),
        ("chengxin_log_check_failed", {}, float(check_failed)),
        ("chengxin_clock_behind_seconds", {}, measuring.clock_behind()),
    ]
