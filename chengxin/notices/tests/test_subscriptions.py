"""A subscription to traceability events that is broken off: its platform is told, each time, and nobody else."""

from __future__ import annotations

import pytest
from django.db import transaction

from chengxin.accounts import beginning, clients
from chengxin.accounts.actions import Scope
from chengxin.accounts.actor import of_client
from chengxin.accounts.models import User
from chengxin.jobs import outbox
from chengxin.notices.models import Notice
from chengxin.traceability import actions, subscribing
from chengxin.traceability.models import Subscription

pytestmark = pytest.mark.django_db


def test_a_platform_is_told_each_time_its_subscription_is_broken_off(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = {}
    for code in ("mall-a", "mall-b"):
        people[code] = User.objects.create_user(f"staff.{code}", "word-of-a-test", display_name="王立")
        beginning.install_grant(people[code], "platform_staff", Scope(platform=code))
    client = clients.create_client("mall-a", "trace", ["trace:write", "trace:read"], by=beginning.INSTALLER).client
    machine = of_client(client, frozenset())
    query = actions.keep_query(machine, "shipped", {"EQ_bizStep": ["shipping"]})
    one = subscribing.subscribe(machine, query, subscribing.read(b'{"dest": "https://93.184.216.34/", "stream": true}', ""))
    for _ in range(2):
        with transaction.atomic():
            subscribing.break_off(Subscription.objects.get(), "receiver")
        outbox.deliver_all()
        subscribing.resume(machine, one.number)
    told = Notice.objects.filter(kind="subscription_broken")
    assert [(each.person, each.number, each.page) for each in told] == [(people["mall-a"], "shipped", "/traceability/subscriptions/")] * 2
