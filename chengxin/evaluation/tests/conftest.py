"""A lake of its own for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
