"""What every test may ask for."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes says how busy the machine is, nothing about the code.
hypothesis.settings.register_profile("city", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("city")

# Two workers finish together only when the longest files do not come last.
LONGEST = (
    "test_handbook.py",
    "test_access_matrix.py",
    "test_detectors.py",
    "test_crash.py",
    "test_canary.py",
    "test_api_contract.py",
    "test_12_clue_desk.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long sizes of the gates too")


def pytest_configure(config: pytest.Config) -> None:
    """A password costs half a second by design; no test is about that cost. Programs ask as often as they like where it is not tested."""
    from django.conf import settings

    settings.CLIENT_RATES = dict.fromkeys(settings.CLIENT_RATES, (1e6, 1e6))

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if not (item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))):
            item.add_marker("one_database")  # what never asks for the database does the same on every one
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    if config.getoption("--nightly"):
        return
    skip = pytest.mark.skip(reason="long: run with --nightly")
    for item in items:
        if "nightly" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with its tables and nothing in them, for tests whose processes have one of their own: copy it."""
    shared = tmp_path_factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else tmp_path_factory.getbasetemp()
    folder = shared / "migrated"
    with (shared / "migrated.lock").open("w") as lock:  # the workers of one session share it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _migrate(folder)
            (folder / "done").touch()
    return folder


def _migrate(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=Path(__file__).parent, env=environment, check=True)


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
