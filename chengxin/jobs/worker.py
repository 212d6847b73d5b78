"""The worker: delivers events, runs jobs, shows signs of life, takes jobs back from dead workers, keeps the cron table.

One or two threads in the server's process (`run(stop)`) or a process of its own (`chengxin work`). Killing it at any moment loses nothing:
a job whose worker is gone is claimed again, at once when the worker ran on this machine, after LEASE seconds when it ran elsewhere.
"""

from __future__ import annotations

import logging
import os
import resource
import secrets
import signal as signals
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

from chengxin.jobs import actions, cron, outbox, signal
from chengxin.jobs.errors import JobTaken
from chengxin.jobs.models import Job
from chengxin.jobs.run import run as run_job
from chengxin.kernel import clock

log = logging.getLogger("chengxin.jobs")

LOOK_EVERY = 1.0  # seconds; work of this process is noticed at once
LISTEN_EVERY = 0.1  # seconds between two looks for events and quick jobs of other processes: a read of 0.2 ms each
HEARTBEAT_EVERY = 5.0
SIGN_EVERY = 30.0  # seconds between two signs of a worker that may have nothing to do: a row each
RESTED = 30.0  # seconds without work
GROWN_MB = 160  # a fresh worker has about 100
LEASE = 60.0  # seconds without a sign of life before another machine's worker counts as dead: twice SQLite's longest wait for a lock


def run(stop: threading.Event, threads: int = 1, most_mb: int = 0) -> None:
    """Work until `stop` is set; running jobs are finished first. Blocks; start it in a thread of its own inside a server.

    most_mb: with nothing to do for RESTED seconds and more resident memory than this, `stop` is set from inside; 0: never.
    """
    name = worker_name()
    given = (name, stop, most_mb)
    loops = [threading.Thread(target=_loop, args=given, name=f"jobs-{number}", daemon=True) for number in range(threads)]
    for watch in (_events, _quick):  # neither stands behind a job of minutes
        loops.append(threading.Thread(target=_watch, args=(watch, name, stop), name=f"jobs{watch.__name__}", daemon=True))
    keeper = threading.Thread(target=_keep, args=(name, stop, loops), name="jobs-keeper", daemon=True)
    for thread in (*loops, keeper):
        thread.start()
    for thread in (*loops, keeper):
        thread.join()


def run_until_stopped(threads: int = 1) -> None:
    """`run` until SIGTERM or SIGINT. A worker that a big job left with much memory begins anew, as the same process, once it rests."""
    stop, told = threading.Event(), threading.Event()

    def leave(*_: object) -> None:
        told.set()
        stop.set()

    for number in (signals.SIGTERM, signals.SIGINT):
        signals.signal(number, leave)
    run(stop, threads, GROWN_MB)
    if not told.is_set():
        log.info("jobs.begin_anew resident_mb=%d", resident_mb())
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line


def run_once(name: str = "") -> int:
    """Deliver what is due and run the jobs that are due, in this thread; returns how many jobs ran. For tests and commands."""
    own, ran = name or worker_name(), 0
    outbox.deliver_due()
    while job := actions.claim(own):
        run_job(job)
        outbox.deliver_due()
        ran += 1
    return ran


def worker_name() -> str:
    """host:pid:start of the process:random. The start tells a live process from a later one with the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}:{secrets.token_hex(3)}"


def reap() -> int:
    """Give back the jobs of dead workers; returns how many."""
    silent = clock.now() - timedelta(seconds=LEASE)
    taken = 0
    for job in Job.objects.filter(state=Job.State.RUNNING):
        if is_dead(job.worker) or job.heartbeat_at is None or job.heartbeat_at < silent:
            try:
                actions.fail(job, f"the worker {job.worker} died", died=True)
            except JobTaken:
                continue
            log.warning("jobs.taken_back id=%s target=%s worker=%s", job.id, job.target, job.worker)
            taken += 1
    return taken


def is_dead(worker: str) -> bool:
    """Whether a worker of this machine is certainly gone. False for another machine's: only its silence tells."""
    host, _, rest = worker.partition(":")
    pid, _, rest = rest.partition(":")
    return host == socket.gethostname() and pid.isdigit() and _started(int(pid)) != rest.partition(":")[0]


def _started(pid: int) -> str:
    """The process's start in clock ticks since boot (proc(5) field 22); empty when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "" if Path("/proc/self").exists() else "?"


def _loop(name: str, stop: threading.Event, most_mb: int) -> None:
    last = time.monotonic()
    while not stop.is_set():
        close_old_connections()
        try:
            job = actions.claim(name)
            if job:
                run_job(job)
        except Exception:
            log.exception("jobs.round_failed")
            job = None
        if job:
            last = time.monotonic()
            continue
        if most_mb and time.monotonic() - last > RESTED and resident_mb() > most_mb:
            stop.set()
        signal.wait(LOOK_EVERY)
    connections.close_all()


def _watch(work: Callable[[str], int], name: str, stop: threading.Event) -> None:
    """Do `work` whenever there is some, looking every LISTEN_EVERY seconds."""
    while not stop.is_set():
        close_old_connections()
        try:
            busy = work(name)
        except Exception:
            log.exception("jobs.round_failed")
            busy = 0
        if not busy:
            signal.wait(LISTEN_EVERY)
    connections.close_all()


def _events(name: str) -> int:
    """Deliver what is due; returns how much there was."""
    return outbox.deliver_due()


def _quick(name: str) -> int:
    """One job that somebody waits for; whether there was one."""
    job = actions.claim(name, import_string(settings.CHENGXIN_QUICK))
    if job:
        run_job(job)
    return int(job is not None)


def resident_mb() -> int:
    """Resident memory of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 2**20
    except OSError:
        return 0


def _keep(name: str, stop: threading.Event, loops: list[threading.Thread]) -> None:
    """Signs of life while any loop still works, the reaper and the cron table while not stopping."""
    signed = -SIGN_EVERY
    while any(loop.is_alive() for loop in loops):
        close_old_connections()
        try:
            if not stop.is_set():
                reap()
                cron.tick()
            if time.monotonic() - signed >= SIGN_EVERY:
                actions.show_life(name)
                signed = time.monotonic()
            Job.objects.filter(worker=name, state=Job.State.RUNNING).update(heartbeat_at=clock.now())
        except Exception:
            log.exception("jobs.keeper_failed")
        _pause(loops, stop)
    connections.close_all()


def _pause(loops: list[threading.Thread], stop: threading.Event) -> None:
    """HEARTBEAT_EVERY seconds, or until the loops have ended after a stop."""
    if not stop.wait(HEARTBEAT_EVERY):
        return
    for loop in loops:
        loop.join(HEARTBEAT_EVERY / len(loops))


__all__ = ["is_dead", "reap", "run", "run_once", "run_until_stopped", "worker_name"]
