"""The demo's payments are made through the same acts, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chengxin.accounts.actions import Scope
from chengxin.accounts.actor import of_user
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.payments import demo
from chengxin.payments.models import ChannelFlag, Claim, OrgLicence, PaymentChannel, Reconciliation, RiskEvent
from chengxin.payments.tests.people import town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_it_fills_once(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
    cast = town()
    user = User.objects.create_user("officer.com", None, display_name="商务")
    install_grant(user, "officer", Scope(department="COM"))
    for _ in range(2):
        demo.fill(cast.platform, cast.staff, of_user(user))
    models = (PaymentChannel, RiskEvent, Claim, Reconciliation)
    assert [model.objects.count() for model in models] == [3, 2, 1, 1]
    assert OrgLicence.objects.count() == 2  # the town's own, and the one of the list
    assert {one.kind for one in ChannelFlag.objects.all()} == {"unlicensed", "own_settlement"}
