"""A stopped clock, a lake of its own for each test, and a registered platform."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chengxin.facts import intake, known
from chengxin.kernel import clock
from chengxin.subjects.models import Platform

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=clock.CITY)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    with clock.set_to(NOW):
        yield


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings: Any) -> Path:
    settings.LAKE_DIR = tmp_path / "lake"
    intake._seen_shops.clear()
    known._cache.clear()
    return tmp_path / "lake"


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform.objects.get_or_create(code="shanhuo", defaults={"name": "山货集市"})[0]
