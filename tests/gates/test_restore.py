"""Gate 15: a backup taken while a platform reports, restored, is the city up to that moment: nothing acknowledged before it is missing, the
log's root is the one a witness signed, pages answer. kill -9 at any moment leaves no half that passes. Changed parts are refused.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chengxin.keeping import manifest
from chengxin.keeping.errors import BackupChanged, BackupIncomplete, BackupNewer, NoBackup
from tests.gates.houses import ROOT, House, database

KILLS, NIGHTLY_KILLS = 2, 60
on_both = pytest.mark.django_db  # the database of the test is not used: the processes have their own
once_only = pytest.mark.one_database


class Platform:
    """Reports without pause in a process of its own; remembers what was acknowledged."""

    def __init__(self, house: House, rows: int = 20) -> None:
        self.acknowledged: list[str] = []
        words = house.command("tests.gates.restore_road", "write", str(rows))
        self.process = subprocess.Popen(words, cwd=ROOT, env=house.environment(), stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.acknowledged.append(line.strip())

    def until(self, count: int) -> list[str]:
        """Wait for so many receipts; those there are."""
        while len(self.acknowledged) < count:
            assert self.process.poll() is None
            time.sleep(0.02)
        return list(self.acknowledged)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()


@pytest.fixture
def platform(either: House) -> Iterator[Platform]:
    writing = Platform(either)
    yield writing
    writing.stop()


@on_both
def test_a_backup_under_load_is_the_city_up_to_its_moment(either: House, platform: Platform, tmp_path: Path) -> None:
    platform.until(5)
    head = tmp_path / "head"
    head.write_text(either.road("head"), encoding="utf-8")
    before = platform.until(len(platform.acknowledged) + 2)
    either.backup()
    platform.until(len(platform.acknowledged) + 1)  # it wrote through the backup and goes on
    platform.stop()

    new, url = tmp_path / "new", database(f"bare_{os.getpid()}") if either.url else ""
    said = either.run(*either.restore_words(new, "--head", head), folder=tmp_path / "unused", url=url)
    assert "witness.example/1" in said
    found = either.look(new, url)
    assert set(before) <= set(found["receipts"])
    assert found["facts"] == found["distinct"] == found["accepted"]
    assert set(found["answers"].values()) == {200}
    assert found["files"] == ["%PDF", "PNG"]
    assert either.run("chengxin.cli", "check", folder=new, url=url).startswith("no fault")
    assert not list(either.target.glob(f"{manifest.DRAFT}*"))
    assert not (either.folder / "backup-hold").exists()
    lost = len(set(before) - set(found["receipts"]))
    print(f"restore: {len(before)} acknowledged before the moment, {lost} lost, log {found['size']} entries")


@pytest.mark.nightly
@once_only
def test_the_gate_sees_a_database_that_was_copied_by_cp(house: House, tmp_path: Path) -> None:
    """The twin: what is acknowledged stands in the write-ahead log, which cp of the database leaves behind."""
    words = house.command("tests.gates.restore_road", "once")
    process = subprocess.Popen(words, cwd=ROOT, env=house.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    acknowledged = process.stdout.readline().strip()
    house.road("cp", house.target, house.passphrase)
    process.communicate("\n")
    house.run(*house.restore_words(tmp_path / "new"))
    assert acknowledged not in house.look(tmp_path / "new")["receipts"]


@once_only
def test_immutable_files_are_not_copied_twice_and_old_generations_go(house: House) -> None:
    house.backup()
    (first,) = manifest.generations(house.target)
    places = {path: (first / path).stat().st_ino for path in manifest.read(first).files if path.startswith(("lake/", "files/"))}
    assert places
    house.backup("--keep", "1")
    (second,) = manifest.generations(house.target)
    assert second != first
    assert {path: (second / path).stat().st_ino for path in places} == places
    manifest.verify(second)


@once_only
def test_nothing_secret_lies_in_the_open(house: House, tmp_path: Path) -> None:
    house.backup("--keys", tmp_path / "keys")
    (generation,) = manifest.generations(house.target)
    secrets = [one.read_bytes() for one in (house.folder / "keys").iterdir()]
    everything = [one.read_bytes() for one in [*generation.rglob("*"), *(tmp_path / "keys").iterdir()] if one.is_file()]
    assert secrets
    assert not any(secret.strip() in data for secret in secrets for data in everything)
    assert not (generation / manifest.KEYS).exists()
    house.run(*house.restore_words(tmp_path / "new", "--keys", tmp_path / "keys"))
    restored = {one.name: one.read_bytes() for one in (tmp_path / "new" / "keys").iterdir()}
    assert restored == {one.name: one.read_bytes() for one in (house.folder / "keys").iterdir()}


@once_only
def test_what_is_changed_missing_or_newer_is_refused(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house.backup()
    (generation,) = manifest.generations(house.target)
    whole = manifest.verify(generation)
    chance = random.Random(7)
    for path in [*chance.sample(sorted(whole.files), 6), "database.sqlite3", manifest.KEYS]:
        _change(generation / path)
        with pytest.raises(BackupChanged):
            manifest.verify(generation)
        with monkeypatch.context() as off:  # the twin: without the check it passes
            off.setattr(manifest, "CHECKING", False)
            manifest.verify(generation)
        _change(generation / path)
        kept = (generation / path).rename(tmp_path / "aside")
        with pytest.raises(BackupIncomplete):
            manifest.verify(generation)
        kept.rename(generation / path)
    text = (generation / manifest.FILE).read_bytes()
    for old, new in ((b'\\"size\\":', b'\\"size\\":1'), (b"0.1.0", b"0.1.1"), (b"lake/order", b"lake/0rder")):
        assert old in text
        (generation / manifest.FILE).write_bytes(text.replace(old, new, 1))
        with pytest.raises(BackupChanged):
            manifest.verify(generation)
    (generation / manifest.FILE).write_bytes(text)
    with pytest.raises(BackupChanged):
        manifest.verify(generation, key="00" * 32)
    (generation / "stray").touch()
    with pytest.raises(BackupChanged):
        manifest.verify(generation)
    (generation / "stray").unlink()
    manifest.verify(generation)
    future = manifest.Manifest(**{**vars(whole), "migrations": (*whole.migrations, "keeping.0999_later")})
    with pytest.raises(BackupNewer):
        manifest.check_newer(future)
    with pytest.raises(NoBackup):
        manifest.generation_at(tmp_path)


def _change(path: Path) -> None:
    """Flip a bit in the middle; twice is not at all."""
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 2] ^= 1
    else:
        data = bytearray(b"\n")
    path.write_bytes(b"" if bytes(data) == b"\x0b" else data)


@once_only
def test_a_restore_refuses_what_it_should(house: House, tmp_path: Path) -> None:
    house.backup()
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    assert "不是空的" in house.run(*house.restore_words(full), fails=True)
    wrong = tmp_path / "wrong"
    wrong.write_text("another pass phrase\n")
    new = tmp_path / "new"
    words: list[str | Path] = ["chengxin.cli", "restore", house.target, "--data", new, "--passphrase-file"]
    assert "密钥部分打不开" in house.run(*words, wrong, fails=True)
    (tmp_path / "late").write_text(house.road("head"), encoding="utf-8")
    assert "请给出备份之前的首部" in house.run(*house.restore_words(new, "--head", tmp_path / "late"), fails=True)
    (generation,) = manifest.generations(house.target)
    segment = next(path for path in manifest.read(generation).files if path.startswith("lake/order"))
    _change(generation / segment)
    assert segment in house.run(*house.restore_words(new), fails=True)
    assert not new.exists()
    assert not list(tmp_path.glob(".new*"))


@once_only
def test_a_file_that_is_gone_is_told_before_it_is_missed(house: House) -> None:
    segment = next((house.folder / "lake" / "order").rglob("*.parquet"))
    segment.unlink()
    assert segment.name in house.backup(fails=True)
    assert manifest.generations(house.target) == []
    house.backup("--with-faults")
    (generation,) = manifest.generations(house.target)
    assert [Path(path).name for path in manifest.verify(generation).missing] == [segment.name]


def kills(request: pytest.FixtureRequest) -> int:
    return NIGHTLY_KILLS if request.config.getoption("--nightly") else KILLS


def killed_after(house: House, words: list[str | Path], seconds: float, folder: Path | None = None) -> bool:
    """Whether the process was still at it when it was killed."""
    process = subprocess.Popen(
        house.command(*words), cwd=ROOT, env=house.environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


@pytest.mark.nightly
@once_only
def test_kill_9_leaves_no_half_that_passes(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    chance, killed = random.Random(5), {"backup": 0, "restore": 0}
    words: list[str | Path] = ["chengxin.cli", "backup", house.target, "--passphrase-file", house.passphrase]
    begun = time.monotonic()
    house.backup()
    length = time.monotonic() - begun
    for _ in range(kills(request)):
        killed["backup"] += killed_after(house, words, chance.uniform(length / 3, length))
        for generation in manifest.generations(house.target):
            manifest.verify(generation)
        for draft in house.target.glob(f"{manifest.DRAFT}*"):
            with pytest.raises(NoBackup):
                manifest.verify(draft)
    house.backup()
    assert not list(house.target.glob(f"{manifest.DRAFT}*"))
    new = tmp_path / "new"
    begun = time.monotonic()
    house.run(*house.restore_words(new))
    length = time.monotonic() - begun
    for _ in range(kills(request)):
        shutil.rmtree(new, ignore_errors=True)
        killed["restore"] += killed_after(house, house.restore_words(new), chance.uniform(length / 6, length))
        if new.exists():
            assert house.run("chengxin.cli", "check", folder=new).startswith("no fault")
        for draft in tmp_path.glob(".new.*"):
            if (draft / "restore-unfinished").exists():
                assert "没有完成的恢复" in house.run("chengxin.cli", "setup", folder=draft, fails=True)
    shutil.rmtree(new, ignore_errors=True)
    house.run(*house.restore_words(new))
    print(f"restore: killed {killed['backup']} backups and {killed['restore']} restores, no half passed")
