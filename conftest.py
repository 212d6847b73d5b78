"""What every test may ask for."""

from __future__ import annotations

import os
import random
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import tables

ROOT = Path(__file__).resolve().parent
# How long an example takes says how busy the machine is, nothing about the code.
hypothesis.settings.register_profile("city", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("city")

# Files that cost a quarter of a minute and more, in groups about equally long. `--turn N` leaves all groups but one out, on PostgreSQL all
# but one in so many of all files; of the routes the two largest gates ask all readers about one third. dev.py takes the turn from the
# code, so that it is the same on every machine.
BY_TURNS = (
    ("test_handbook.py", "test_keys.py", "test_deploy_check.py"),
    ("test_restore.py", "test_crash.py", "test_07_insider.py", "test_10_lifeline.py", "test_local.py"),
    (
        *("test_detectors.py", "test_syscall_faults.py", "test_upgrade.py", "test_newcomer.py"),
        *("test_full_disk.py", "test_07_complaint.py", "test_replay.py"),
    ),
    (
        *("test_spark.py", "test_power_cut.py", "test_erasure.py", "test_gone_the_same_day.py", "test_machine.py"),
        *("test_hostile_files.py", "test_12_clue_desk.py", "test_epcis_contract.py", "test_exchange_crash.py"),
    ),
)
# Two workers finish together only when the longest files do not come last.
LONGEST = ("test_access_matrix.py", "test_canary.py", "test_pages_on_postgresql.py", *(name for group in BY_TURNS for name in group))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long sizes of the gates too")
    parser.addoption(
        "--turn", type=int, metavar="N", help="of the costly files, of all files on PostgreSQL, and of routes, those whose turn it is"
    )
    parser.addoption("--shuffle", type=int, metavar="SEED", help="files, and tests in each file, in a random order that the seed gives")


def pytest_configure(config: pytest.Config) -> None:
    """A password costs half a second by design; no test is about that cost. Programs ask as often as they like where it is not tested."""
    from django.conf import settings

    settings.CLIENT_RATES = dict.fromkeys(settings.CLIENT_RATES, (1e6, 1e6))
    settings.VISITOR_RATES = {"": (1e6, 1e6)}

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if not (item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))):
            item.add_marker("one_database")  # what never asks for the database does the same on every one
    if (turn := config.getoption("--turn")) is not None:
        wait = [item for item in items if not has_its_turn(item.path, turn)]
        config.hook.pytest_deselected(items=wait)
        items[:] = [item for item in items if has_its_turn(item.path, turn)]
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    if (seed := config.getoption("--shuffle")) is not None:
        shuffle(items, seed)
    if config.getoption("--nightly"):
        return
    skip = pytest.mark.skip(reason="long: run with --nightly")
    for item in items:
        if "nightly" in item.keywords:
            item.add_marker(skip)


def has_its_turn(file: Path, turn: int) -> bool:
    """Whether a file is tested in this turn."""
    groups = len(BY_TURNS)
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return zlib.crc32(file.relative_to(ROOT).as_posix().encode()) % groups == turn % groups
    return all(file.name not in group for place, group in enumerate(BY_TURNS) if place != turn % groups)


def shuffle(items: list[pytest.Item], seed: int) -> None:
    """A file's tests stay together: what they share is made once."""
    chance = random.Random(seed)
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    order = list(files.values())
    chance.shuffle(order)
    for tests in order:
        chance.shuffle(tests)
    items[:] = [item for tests in order for item in tests]


@pytest.fixture(scope="session")
def migrated() -> Path:
    """A data directory with its tables and nothing in them, for tests whose processes have one of their own: copy it."""
    return tables.migrated()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, request: pytest.FixtureRequest) -> None:
    """Tests' own databases begin as copies of tables made once. By night SQLite's is a file, which threads can open."""
    from django.conf import settings
    from django.db import connection

    if request.config.getoption("--nightly") and connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "tests.sqlite3")
    tables.copy_when_asked_to_migrate()


@pytest.fixture(scope="session", autouse=True)
def nothing_for_nobody(django_test_environment: None) -> None:
    """Two things Django does for tests of other houses: it copies the context of every template, where ours read the page as people do,
    and after each emptied database it makes its permissions anew, which nobody here asks."""
    from django.core.management.commands import flush
    from django.template.base import Template

    Template._render = lambda self, context: self.nodelist.render(context)  # type: ignore[attr-defined]
    flush.emit_post_migrate_signal = lambda *given: None  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole session: a second driver in the same process would be refused."""
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
