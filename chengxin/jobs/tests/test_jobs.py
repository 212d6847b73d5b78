"""Jobs are done by somebody, at least once, and their effects once, whoever dies when."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from chengxin import jobs
from chengxin.jobs import actions, cron, worker
from chengxin.jobs.errors import JobTaken, NotDead
from chengxin.jobs.models import Job, Step, Tick
from chengxin.jobs.run import JobRun
from chengxin.jobs.target import resolve
from chengxin.jobs.tests import roads
from chengxin.kernel import clock

HERE = "chengxin.jobs.tests.roads"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_road(settings: Any) -> None:
    settings.CHENGXIN_ROAD = "chengxin.jobs.tests.roads.PAIRS"


def later(seconds: float) -> Any:
    return clock.set_to(clock.now() + timedelta(seconds=seconds))


def test_a_thread_for_quick_jobs_leaves_the_others_alone() -> None:
    jobs.enqueue(f"{HERE}:plain", x=1)
    quick = jobs.enqueue(f"{HERE}:quick")
    claimed = actions.claim("w", [f"{HERE}:quick"])
    assert claimed is not None and claimed.id == quick.id
    assert actions.claim("w", [f"{HERE}:quick"]) is None and actions.claim("w") is not None


def test_every_quick_job_of_the_road_exists(settings: Any) -> None:
    assert all(callable(resolve(target)) for target in import_string(settings.CHENGXIN_QUICK))


def test_a_job_runs_with_its_arguments_and_keeps_its_result() -> None:
    job = jobs.enqueue(f"{HERE}:plain", title={"zh": "加一", "en": "Add one"}, owner="user:1", x=41)
    assert worker.run_once() == 1
    job.refresh_from_db()
    assert (job.state, job.result, job.percent) == ("done", 42, 100)
    assert job.title == "加一"


def test_progress_is_seen_and_written_seldom() -> None:
    job = jobs.enqueue(f"{HERE}:add", count=2000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobRun, "once", lambda self, name: nullcontext(False))
        worker.run_once()
    job.refresh_from_db()
    assert (job.done, job.total, job.note) == (2000, 2000, "adding")


def test_progress_is_at_most_two_rows_a_second(django_assert_max_num_queries: Any) -> None:
    run = JobRun(jobs.enqueue(f"{HERE}:plain", x=1))
    with django_assert_max_num_queries(2):
        for number in range(1000):
            run.progress(number, 2000)


def test_a_job_not_due_yet_waits() -> None:
    jobs.enqueue(f"{HERE}:plain", x=1, run_at=clock.now() + timedelta(minutes=1))
    assert worker.run_once() == 0
    with later(61):
        assert worker.run_once() == 1


def test_a_second_job_with_the_same_key_is_the_first() -> None:
    first = jobs.enqueue(f"{HERE}:plain", key="report 7", x=1)
    assert jobs.enqueue(f"{HERE}:plain", key="report 7", x=2).id == first.id
    assert Job.objects.count() == 1


def test_a_failing_job_is_tried_again_and_given_up_with_its_error() -> None:
    job = jobs.enqueue(f"{HERE}:fails", most_attempts=2)
    worker.run_once()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 1)
    with later(30):
        worker.run_once()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 2)
    assert "RuntimeError: always" in job.error
    actions.retry_job(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    with pytest.raises(NotDead):
        actions.retry_job(job)


def test_a_refusal_of_what_a_job_was_given_is_not_tried_again() -> None:
    job = jobs.enqueue(f"{HERE}:refuses")
    worker.run_once()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert "not a table" in job.error or "不是表格" in job.error


def test_a_job_whose_program_is_gone_fails_with_a_name() -> None:
    job = jobs.enqueue("chengxin.jobs.nowhere:run", most_attempts=1)
    worker.run_once()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "chengxin.jobs.nowhere:run" in job.error


def test_a_silent_worker_of_another_machine_loses_its_job_after_the_lease() -> None:
    jobs.enqueue(f"{HERE}:plain", x=1)
    held = actions.claim("elsewhere:1:1:aaa")
    assert held
    assert worker.reap() == 0
    with later(worker.LEASE + 1):
        assert worker.reap() == 1
        assert worker.run_once() == 1


def test_a_dead_worker_of_this_machine_loses_its_job_at_once() -> None:
    jobs.enqueue(f"{HERE}:plain", x=1)
    alive = worker.worker_name()
    assert actions.claim(alive)
    assert worker.reap() == 0
    host, pid, started, rest = alive.split(":")
    Job.objects.update(worker=f"{host}:{pid}:{int(started) + 1}:{rest}")  # the number was given to a later process
    assert worker.reap() == 1
    assert worker.is_dead(f"{socket.gethostname()}:999999999:1:x")


def test_a_worker_that_was_taken_for_dead_can_neither_act_nor_finish() -> None:
    jobs.enqueue(f"{HERE}:add")
    slow = actions.claim("elsewhere:1:1:aaa")
    assert slow
    with later(worker.LEASE + 1):
        worker.reap()
    with later(worker.LEASE + 30):
        fast = actions.claim("elsewhere:2:1:bbb")
    assert fast
    with pytest.raises(JobTaken), JobRun(slow).once("step 0"):
        roads.effect("step 0")
    with pytest.raises(JobTaken):
        actions.finish(slow, None)
    assert roads.effects("step 0") == 0
    actions.finish(fast, None)


def test_a_step_that_was_done_is_not_done_again() -> None:
    job = jobs.enqueue(f"{HERE}:add")
    worker.run_once()
    Job.objects.filter(id=job.id).update(state=Job.State.WAITING)
    worker.run_once()
    assert [roads.effects(f"step {number}") for number in range(3)] == [1, 1, 1]
    Step.objects.all().delete()  # the twin: without the steps it would double
    Job.objects.filter(id=job.id).update(state=Job.State.WAITING)
    worker.run_once()
    assert roads.effects("step 0") == 2


def test_finished_work_is_tidied_and_what_was_given_up_stays() -> None:
    done, dead = jobs.enqueue(f"{HERE}:plain", x=1), jobs.enqueue(f"{HERE}:fails", most_attempts=1)
    worker.run_once()
    assert actions.tidy(days=30) == 0
    with later(31 * 86400):
        assert actions.tidy(days=30) == 1
    assert not Job.objects.filter(id=done.id).exists()
    assert Job.objects.filter(id=dead.id).exists()


ENTRY = cron.Entry("test.daily", "30 3 * * *", f"{HERE}:plain", "每日", "Daily", {"x": 1})


def at(hour: int, minute: int, day: int = 2) -> Any:
    return clock.set_to(datetime(2026, 4, day, hour, minute, tzinfo=clock.CITY))


def test_a_tick_becomes_one_job_in_the_citys_time() -> None:
    with at(3, 0):
        assert cron.tick((ENTRY,)) == 0  # first seen
    with at(3, 29):
        assert cron.tick((ENTRY,)) == 0
    with at(3, 30):
        assert cron.tick((ENTRY,)) == 1
        assert cron.tick((ENTRY,)) == 0
    with at(3, 31):
        assert cron.tick((ENTRY,)) == 0
    assert Job.objects.get().title_zh == "每日"


def test_ticks_missed_while_nobody_worked_become_one_job() -> None:
    with at(3, 0):
        cron.tick((ENTRY,))
    with at(5, 0, day=20):
        assert cron.tick((ENTRY,)) == 1
        assert cron.tick((ENTRY,)) == 0
    assert Tick.objects.get().at.day in (19, 20)


def test_the_cron_tables_of_the_rooms_are_well_formed_and_lead_somewhere() -> None:
    from chengxin.jobs.target import resolve

    names = {entry.name for entry in cron.table()}
    assert {"audit.head", "audit.check"} <= names
    for entry in cron.table():
        assert callable(resolve(entry.target))


SETTINGS = """
from chengxin.settings import *
INSTALLED_APPS = ["chengxin.audit", "chengxin.jobs", "django.contrib.contenttypes", "django.contrib.auth"]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE = []
CHENGXIN_ROAD = "chengxin.jobs.tests.roads.PAIRS"
"""
WORK = """
import django, sys
django.setup()
from django.core.management import call_command
from chengxin.jobs import worker, enqueue
from chengxin.jobs.tests import roads
from chengxin.jobs.models import Job
do = sys.argv[1]
if do == "prepare":
    call_command("migrate", verbosity=0)
elif do == "enqueue":
    for name in sys.argv[3:]:
        enqueue(f"chengxin.jobs.tests.roads:{name}", most_attempts=2, **({"marker": f"{sys.argv[2]}/{name}"} if "die" in name else {}))
elif do == "work":
    worker.reap()
    Job.objects.filter(state="waiting", target__startswith="chengxin").update(run_at="2020-01-01T00:00:00Z")
    worker.run_once()
elif do == "worker":
    worker.LOOK_EVERY = 0.1
    worker.run_until_stopped(threads=2)
elif do == "count":
    print(*[roads.effects(name) for name in ("before", "after", "inside", "unprotected")])
    print(*Job.objects.filter(target__startswith="chengxin").order_by("created_at").values_list("state", flat=True))
"""


class Outside:
    """A data directory of its own and real processes on it."""

    def __init__(self, folder: Path) -> None:
        (folder / "killing.py").write_text(SETTINGS)
        (folder / "work.py").write_text(WORK)
        self.folder = folder
        root = str(Path(jobs.__file__).parents[2])
        self.env = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "killing", "PYTHONPATH": f"{folder}:{root}"}
        self.env.pop("DATABASE_URL", None)

    def do(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "work.py"), *words], env=self.env, capture_output=True, text=True, check=False
        )

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([sys.executable, str(self.folder / "work.py"), "worker"], env=self.env)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def states(self) -> list[str]:
        """The states of the jobs, read from the database file without a process."""
        with closing(sqlite3.connect(self.folder / "chengxin.sqlite3")) as database:
            rows = database.execute("SELECT state FROM jobs_job WHERE target LIKE 'chengxin.jobs.tests%'").fetchall()
        return [state for (state,) in rows]


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    made = Outside(tmp_path)
    done = made.do("prepare")
    assert done.returncode == 0, done.stderr
    return made


def test_a_job_killed_with_kill_9_is_picked_up_and_its_effect_is_not_doubled(outside: Outside, tmp_path: Path) -> None:
    outside.do("enqueue", str(tmp_path), "dies", "dies_inside", "dies_unprotected")
    killed = [outside.do("work").returncode for _ in range(3)]
    assert killed == [-9, -9, -9]
    last = outside.do("work")
    assert last.returncode == 0, last.stderr
    counted, states = outside.do("count").stdout.splitlines()
    assert states == "done done done"
    assert counted == "1 1 1 2"  # the last one has no protection: the twin


def test_a_job_that_kills_every_worker_ends(outside: Outside) -> None:
    outside.do("enqueue", "", "kills_every_time")
    codes = [outside.do("work").returncode for _ in range(3)]
    assert codes == [-9, -9, 0]
    assert outside.do("count").stdout.splitlines()[1] == "failed"


def test_a_killed_worker_process_is_replaced_by_the_next_and_a_stopped_one_leaves_cleanly(outside: Outside, tmp_path: Path) -> None:
    outside.do("enqueue", str(tmp_path), "hangs_then_dies_not")
    with outside.worker() as first:
        wait_until(lambda: (tmp_path / "hangs_then_dies_not").exists())
        first.kill()
    with outside.worker() as second:
        wait_until(lambda: outside.states() == ["done"])
        second.terminate()
        assert second.wait(15) == 0
    assert outside.do("count").stdout.splitlines()[0].split()[1] == "1"


@pytest.mark.django_db
@pytest.mark.parametrize(("most_mb", "leaves"), [(1, True), (1_000_000, False), (0, False)])
def test_only_a_worker_that_has_grown_leaves_when_it_rests(monkeypatch: pytest.MonkeyPatch, most_mb: int, leaves: bool) -> None:
    stop, rounds = threading.Event(), []
    monkeypatch.setattr(worker, "RESTED", -1.0)
    monkeypatch.setattr(worker, "connections", SimpleNamespace(close_all=lambda: None))
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)

    def wait(_seconds: float) -> None:
        rounds.append(stop.is_set())
        stop.set()

    monkeypatch.setattr(worker.signal, "wait", wait)
    worker._loop("own", stop, most_mb)
    assert rounds == [leaves]


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_jobs_delivers_and_stops_when_told() -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that they can open")
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    job = jobs.enqueue(f"{HERE}:add")
    thread.start()
    for _ in range(60):
        job.refresh_from_db()
        if job.finished:
            break
        stop.wait(0.1)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert job.state == "done"
