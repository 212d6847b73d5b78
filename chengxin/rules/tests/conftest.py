"""A stopped clock, an own lake, a desk that knows nothing yet, and people who write and sign rules."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from chengxin.accounts import actor as actors
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.rules.deciding import desk

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.CITY)
PASSWORD = "a long enough pass phrase"


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    settings.SECOND_FACTOR = False
    desk.forget()
    with clock.set_to(NOW):
        yield
    desk.forget()


@pytest.fixture
def people(db):
    """officer, head, reviewer of one department."""
    load_departments()
    return SimpleNamespace(**{role: _person(role) for role in ("officer", "reviewer", "head")})


def _person(role):
    user = User.objects.create_user(role, PASSWORD, display_name=f"{role}·王")
    install_grant(user, role, Scope("SAMR", "", None))
    return actors.of_user(user)
