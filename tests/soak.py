"""Gate 22: the house as it is served, asked and told things for a long while; its memory must not grow and no answer be a 5xx.

    python -m tests.soak [--minutes 60] [--growth 1.0]

Starts `chengxin serve`'s web server (granian, one worker) and its worker on a fresh data directory, reads pages and the API, reports
batches, signs in, lets a witness sign. Memory is sampled each second; its growth is the slope of a straight line through the second half
of the samples (the first half loads what is loaded once). Prints one JSON line; the exit code is 0 when growth and answers are as wished.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from chengxin.facts.tests import sheets
from tests import tables
from tests.gates.full_disk import ROOT, Server

READS = (
    "/",
    "/log/",
    "/about/",
    "/search/?q=山货",
    "/verify/",
    "/accounts/login/",
    "/api/v1/log/head",
    "/api/v1/log/heads",
    "/api/v1/log/leaves/1/proof",
)
LOADED = 400  # requests before the measurement begins: imports, templates and caches are paid for once


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    pages = 0
    for one in [pid, *_children(pid)]:
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _children(pid: int) -> list[int]:
    try:
        direct = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*direct, *(below for one in direct for below in _children(one))]


def growth(samples: list[tuple[float, float]]) -> float:
    """MB an hour: the slope of the least-squares line through (seconds, MB)."""
    if len(samples) < 2:
        return 0.0
    seconds, megabytes = np.array(samples).T
    return float(np.polyfit(seconds, megabytes, 1)[0] * 3600)


def prepared(folder: Path) -> str:
    """Tables, a platform's client, a person; returns the client's token."""
    shutil.copytree(tables.migrated(), folder)
    environment = {**os.environ, "CHENGXIN_DATA": str(folder), "CHENGXIN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    environment.pop("DATABASE_URL", None)
    made = subprocess.run([sys.executable, "-m", "tests.gates.full_disk"], cwd=ROOT, env=environment, capture_output=True, check=True)
    return str(json.loads(made.stdout.splitlines()[-1])["token"])


class Load:
    """Mixed reads and writes, one after another, in an order drawn by lot."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token, self.chance, self.sent = server, token, random.Random(22), 0
        self.answers: Counter[str] = Counter()
        self.acts: list[tuple[int, Callable[[], int]]] = [(12, self.read), (3, self.report), (1, self.again), (1, self.sign_in)]

    def one(self) -> None:
        weights = [weight for weight, _ in self.acts]
        (act,) = self.chance.choices([act for _, act in self.acts], weights)
        try:
            status = str(act())
        except TimeoutError:
            status = "late"  # on a machine that is busy with other things; counted, for the reader to judge
        self.answers[f"{act.__name__} {status}"] += 1

    def read(self) -> int:
        return self.server.ask(self.chance.choice(READS))[0]

    def report(self) -> int:
        self.sent += 50
        return self.server.report(self.token, self.rows())[0]

    def again(self) -> int:
        return self.server.report(self.token, self.rows())[0] if self.sent else self.read()

    def rows(self) -> bytes:
        return sheets.ndjson(sheets.orders(50, first=1 + self.sent))

    def sign_in(self) -> int:
        status = self.server.sign_in("officer")[0]
        self.server.ask("/officer/")
        self.server.jar.clear()
        return status


def soak(seconds: float) -> dict[str, object]:
    """Run the load for so long; what came of it."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        data = Path(folder) / "house"
        token = prepared(data)
        server = Server(data, "chengxin.wsgi:application")
        worker = subprocess.Popen(
            [sys.executable, "-m", "chengxin.cli", "work"], cwd=ROOT,
            env={**os.environ, "CHENGXIN_DATA": str(data), "CHENGXIN_DEMO": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            server.wait()
            load = Load(server, token)
            samples = _under(load, server, seconds)
        finally:
            server.stop()
            worker.terminate()
            try:
                worker.wait(60)  # a job in work is finished first
            except subprocess.TimeoutExpired:
                worker.kill()
    half = samples[len(samples) // 2 :]
    broken = sum(many for name, many in load.answers.items() if name.split()[1].startswith("5"))
    answers = dict(sorted(load.answers.items()))
    return {
        "requests": load.answers.total(), "answers": answers, "server_errors": broken,
        "memory_mb": [round(samples[0][1], 1), round(samples[-1][1], 1)], "growth_mb_an_hour": round(growth(half), 2),
        "minutes": round(seconds / 60, 1),
    }  # fmt: skip


def _under(load: Load, server: Server, seconds: float) -> list[tuple[float, float]]:
    for _ in range(LOADED):
        load.one()
    begun = last = time.monotonic()
    samples = [(0.0, resident_mb(server.process.pid))]
    while time.monotonic() - begun < seconds:
        load.one()
        if time.monotonic() - last >= 1:
            last = time.monotonic()
            samples.append((last - begun, resident_mb(server.process.pid)))
    return samples


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--growth", type=float, default=1.0, metavar="MB", help="most growth an hour (default 1)")
    given = parser.parse_args()
    result = soak(given.minutes * 60)
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["server_errors"] or float(str(result["growth_mb_an_hour"])) >= given.growth else 0


if __name__ == "__main__":
    sys.exit(main())
