"""What comes in from elsewhere: a clue, an inspection, an interview, a department's own system; and twice at the same time."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from chengxin.accounts import actor as actors
from chengxin.cases import tasks
from chengxin.cases.actions.from_clue import file_clue, subjects_of
from chengxin.cases.models import Case, CaseStep, Decision
from chengxin.cases.tests import people
from chengxin.cases.tests.people import FINE, Town, step
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.subjects.models import Platform
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town
from chengxin.workflow import StepNotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def a_clue() -> Clue:
    """A clue about one shop, as the desk keeps it."""
    now, key = clock.now(), UUID(int=1)
    told = {"title_zh": "涉嫌虚构交易", "title_en": "Invented trades", "severity": "high", "score": 0.9, "evidence_root": "0" * 64}
    days = {"opened_at": now, "received_on": clock.today(), "due_on": clock.today(), "since": now, "until": now}
    clue = Clue.objects.create(
        number="CL1", key="k", detector="brushing", behaviour="B01", department="SAMR", run_id=key, finding_id=key, **told, **days
    )
    shop = town.shop(1, "云岭山货铺", town.platform())
    clue.members.create(token=shop.token, shop=shop, platform="shanhuo")
    return clue


def test_a_checked_clue_goes_on_as_a_case_with_its_clock(cast: Town):
    clue = a_clue()
    with pytest.raises(StepNotAllowed):
        file_clue(cast.first, clue.pk, subjects_of(clue)[0].pk, "订单与收款属实")
    supervision.start_check(cast.first, clue.pk)
    with pytest.raises(NotFound):
        file_clue(cast.first, clue.pk, cast.subject.pk, "不是这家的店铺")
    clue.refresh_from_db()
    assert clue.state == "CHECKING"
    case = file_clue(cast.first, clue.pk, subjects_of(clue)[0].pk, "订单与收款属实")
    clue.refresh_from_db()
    assert (clue.state, clue.is_open, case.due_on, case.behaviour) == ("CASE", False, clue.due_on, clue.behaviour)
    with pytest.raises(StepNotAllowed):
        file_clue(cast.first, clue.pk, subjects_of(clue)[0].pk, "再转一次案件")


def test_inspections_and_interviews_become_sources_once(cast: Town):
    Platform.objects.create(code="mall", name="示例平台", subject=cast.subject)
    Platform.objects.create(code="nobody", name="无主平台")
    found = SimpleNamespace(task_id="7", subject_id=str(cast.subject.pk), department="SAMR")
    unmet = SimpleNamespace(interview_id="8", platform="mall", department="SAMR")
    for _ in range(2):
        tasks.register_source(found)
        tasks.register_source_of_interview(unmet)
    assert list(Case.objects.order_by("number").values_list("source", "title")) == [
        ("1", "云岭山货有限公司：检查发现涉嫌违法"),
        ("5", "示例平台：约谈后逾期未整改"),
    ]
    with pytest.raises(NotFound):
        tasks.register_source_of_interview(SimpleNamespace(interview_id="9", platform="nobody", department="SAMR"))


def test_a_departments_own_system_registers_a_source_and_reads_it(client: Any, cast: Town):
    client.force_login(cast.users["first"], backend="django.contrib.auth.backends.ModelBackend")
    body = {"subject": str(cast.subject.pk), "department": "SAMR", "source": "2", "title": "举报虚假发货", "ref": "OA-2026-17"}
    first, again = (client.post("/api/v1/cases", body, content_type="application/json") for _ in range(2))
    assert first.status_code == 201 and first.json() == again.json() and first.json()["due_on"] == "2026-07-22"
    number = first.json()["number"]
    one = client.get(f"/api/v1/cases/{number}").json()
    assert one["possible"] == ["finish_check"] and one["clocks"][0]["article"] == "order2 art. 18"
    assert [row["number"] for row in client.get("/api/v1/cases").json()] == [number]
    assert client.post("/api/v1/cases", {**body, "department": "POST"}, content_type="application/json").status_code == 403


# ---- at the same time


def _at_once(act: Any, times: int = 2) -> list[str]:
    """The act by so many threads at once; what each got."""
    told: list[str] = []
    gate = threading.Barrier(times)

    def run() -> None:
        try:
            with clock.set_to(people.START):
                gate.wait()
                act()
            told.append("done")
        except ChengxinError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_decided_and_served_twice_at_once_happens_once():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that they can open")
    with transaction.atomic():
        cast = people.town()
        case = people.to_noticed(cast, people.opened(cast))
        step(cast.first, case, "waive", waiver="书面放弃")
    assert _at_once(lambda: step(cast.head, Case.objects.get(pk=case.pk), "decide", penalties=FINE, reason="事实成立")) == [
        "done",
        "step_not_allowed",
    ]
    case.refresh_from_db()
    step(cast.first, case, "draft_publicity", public_text="虚构交易被罚款")
    step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="可以公示")
    served = {"served_on": clock.today(), "manner": "direct", "place": "店内", "receiver": "张", "both": True}
    told = _at_once(lambda: step(actors.of_user(cast.users["first"]), Case.objects.get(pk=case.pk), "serve", **served))
    assert told == ["done", "step_not_allowed"]
    assert (Decision.objects.count(), CaseStep.objects.filter(action="serve").count()) == (1, 1)


def test_the_twin_without_the_lock_a_stale_case_is_decided_twice(cast: Town, monkeypatch: pytest.MonkeyPatch):
    """What `locked` protects from: the state was read before another decided. Then only the database stands in the way."""
    from django.db import IntegrityError

    from chengxin.cases.actions import taking

    case = people.to_noticed(cast, people.opened(cast))
    step(cast.first, case, "waive", waiver="书面放弃")
    stale = Case.objects.get(pk=case.pk)
    step(cast.head, case, "decide", penalties=FINE, reason="事实成立")
    monkeypatch.setattr(taking, "locked", lambda actor, case_id: stale)
    with pytest.raises(IntegrityError), transaction.atomic():
        step(cast.head, stale, "decide", penalties=FINE, reason="又决定一次")
    assert locks.ENABLED and connection.in_atomic_block
