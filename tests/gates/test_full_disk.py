"""Gate 4: a full disk and a read-only one. Reading goes on, writing is refused with a code and a sentence, nothing is half written, and
it heals without a restart."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chengxin.facts.tests import sheets
from tests.gates import full_disk
from tests.gates.full_disk import ROOT, Server

pytestmark = pytest.mark.one_database  # PostgreSQL's disk is its own; its refusals are told by the same page, see web/tests
READS = ("/", "/log/", "/api/v1/log/head", "/api/v1/log/heads", "/accounts/login/")
MEGABYTES = 16


class Disk:
    """A house on its own small disk."""

    def __init__(self, place: Path, token: str) -> None:
        self.place, self.data, self.token = place, place / "house", token
        self.chance = random.Random(4)
        self.acknowledged: list[str] = []
        self.sent = 0

    def batch(self) -> bytes:
        self.sent += 200
        return sheets.ndjson(sheets.orders(200, first=1 + self.sent))

    def reads(self, server: Server) -> None:
        for path in READS:
            status, text = server.ask(path)
            assert status == 200, (path, text[:500])

    def writes_again(self, server: Server, batch: bytes) -> None:
        """What was refused, sent again, is taken; nothing was restarted."""
        status, said = server.report(self.token, batch)
        assert status == 201, said
        self.acknowledged.append(json.loads(said["document"])["id"])
        assert server.sign_in("officer")[0] == 200


@pytest.fixture
def disk(migrated: Path, tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    if reason := full_disk.mounted(place, MEGABYTES):
        pytest.skip(reason)
    try:
        data = shutil.copytree(migrated, place / "house")
        environment = {**os.environ, "CHENGXIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "tests.gates.full_disk"]
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        yield Disk(place, json.loads(made.stdout.splitlines()[-1])["token"])
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def served(disk: Disk, application: str) -> Server:
    server = Server(disk.data, application)
    server.wait()
    disk.writes_again(server, disk.batch())  # everything is loaded and has worked once
    return server


def full_round(disk: Disk, server: Server) -> int:
    """Returns how many writes were refused."""
    before, batch, refused = full_disk.rows_of(disk.data), disk.batch(), 0
    ballast = full_disk.fill(disk.place, leave=disk.chance.choice([0, 0, 4096, 30_000, 90_000]))
    try:
        disk.reads(server)
        for _ in range(3):
            status, said = server.report(disk.token, batch)
            if status == 201:
                disk.acknowledged.append(json.loads(said["document"])["id"])
                batch, before = disk.batch(), full_disk.rows_of(disk.data)
                continue
            assert (status, said["code"]) == (507, "disk_full") and said["next"], said
            assert full_disk.rows_of(disk.data) == before
            assert full_disk.faults_of(disk.data) == []
            refused += 1
        full_disk.fill(disk.place, leave=0)
        status, page = server.sign_in("officer")
        if status != 200:  # after a checkpoint the database may still write into the space that its own files have
            assert status == 507 and "存储空间已满" in page and "无需重启" in page, (status, page[:600])
            refused += 1
        disk.reads(server)
    finally:
        ballast.unlink()
    disk.writes_again(server, batch)
    assert full_disk.faults_of(disk.data) == []
    return refused


def read_only_round(disk: Disk, server: Server) -> int:
    before, batch = full_disk.rows_of(disk.data), disk.batch()
    full_disk.leave_log_behind(disk.data)
    full_disk.remount(disk.place, "ro")
    try:
        disk.reads(server)
        status, said = server.report(disk.token, batch)
        assert (status, said["code"]) == (503, "disk_read_only") and said["next"], said
        status, page = server.sign_in("officer")
        assert status == 503 and "存储当前只读" in page, (status, page[:600])
        assert full_disk.rows_of(disk.data) == before
    finally:
        full_disk.remount(disk.place, "rw")
    disk.writes_again(server, batch)
    assert full_disk.faults_of(disk.data) == []
    return 2


def kept(disk: Disk) -> bool:
    """Every acknowledged batch is there."""
    with closing(sqlite3.connect(disk.data / "chengxin.sqlite3")) as db:
        there = {row[0].replace("-", "") for row in db.execute("SELECT id FROM facts_receipt")}
    return {one.replace("-", "") for one in disk.acknowledged} <= there


def rounds(disk: Disk, application: str, each: object, many: int) -> int:
    server = served(disk, application)
    try:
        refused = sum(each(disk, server) for _ in range(many))  # type: ignore[operator]
    finally:
        server.stop()
    assert kept(disk)
    print(f"gate 4 disk: {many} rounds, {refused} writes refused, {len(disk.acknowledged)} batches acknowledged, 0 partial")
    return int(refused)


def test_a_full_disk_refuses_with_a_sentence_and_heals(disk: Disk) -> None:
    assert rounds(disk, "chengxin.wsgi:application", full_round, 2) >= 2


def test_a_read_only_disk_refuses_with_a_sentence_and_heals(disk: Disk) -> None:
    assert rounds(disk, "tests.gates.disk_wsgi:application", read_only_round, 1) == 2


def test_the_gate_sees_a_file_that_was_half_written(disk: Disk) -> None:
    """The twin: a file in the lake without its row is what an intake without its draft would leave on a full disk."""
    (disk.data / "lake" / "order" / "2026-01").mkdir(parents=True)
    (disk.data / "lake" / "order" / "2026-01" / "half.parquet").write_bytes(b"PAR1")
    assert full_disk.faults_of(disk.data) == ["order/2026-01/half.parquet belongs to nobody"]


@pytest.mark.nightly
def test_a_hundred_rounds_a_night(disk: Disk) -> None:
    assert rounds(disk, "chengxin.wsgi:application", full_round, 50) >= 50
    assert rounds(disk, "tests.gates.disk_wsgi:application", read_only_round, 50) == 100
