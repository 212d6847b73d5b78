"""Gate 6: what the log's self-check finds is heard by those who must act, on every page, until it is put right."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin.audit import actions, covered, protection, tasks, tree
from chengxin.audit.errors import LogDamaged
from chengxin.audit.models import Leaf
from chengxin.jobs.models import Job
from chengxin.kernel import clock
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


def checked(state: str, minutes: int, **given: Any) -> None:
    at = clock.now() + timedelta(minutes=minutes)
    fields = {"target": covered.TARGET, "owner": "system:cron", "state": state, "started_at": at, "finished_at": at}
    Job.objects.create(**{**fields, **given})


def test_the_page_says_when_the_whole_log_was_last_recomputed(client: Client) -> None:
    assert "尚未完成全量复算" in client.get("/log/").content.decode()
    checked("done", -60, result=7)
    assert "最近一次全量复算共 7 条" in client.get("/log/").content.decode()


def test_what_the_check_finds_is_heard_by_the_audit_administrator_and_the_leader_until_it_is_put_right(client: Client) -> None:
    checked("done", -60, result=7)
    with transaction.atomic():
        actions.record_many([actions.Entry("audit.test.done", "user:1", f"audit.test:{n}", {}) for n in range(2)])
    tree._known_good[0] = ""
    with protection.lifted():
        Leaf.objects.filter(index=1).update(action="other.thing")
    with pytest.raises(LogDamaged) as found:
        tasks.check(None)  # type: ignore[arg-type]
    checked("waiting", -5, error="".join(traceback.format_exception(found.value)))
    people = {role: town.person(role, role) for role in ("auditadmin", "leader", "secadmin")}
    for role, person in people.items():
        client.force_login(person.user)  # type: ignore[arg-type]
        page = client.get("/about/").content.decode()
        assert ("日志自检发现问题" in page) is (role != "secadmin"), role
    client.logout()
    page = client.get("/log/").content.decode()
    assert "日志自检发现问题" in page and "leaf [1]" in page
    checked("done", -1, result=9)
    assert "日志自检发现问题" not in client.get("/log/").content.decode()
