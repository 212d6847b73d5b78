"""Loaded by pytest before Django's settings: gives the run its own data directory, demo identifiers and no outside settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "CHENGXIN_TEST_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="chengxin-test-")
    os.environ["CHENGXIN_TEST_DATA"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["CHENGXIN_DATA"] = os.path.join(os.environ["CHENGXIN_TEST_DATA"], worker)
os.environ["CHENGXIN_DEMO"] = "1"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser driver runs an event loop in the test's thread
os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.settings"
