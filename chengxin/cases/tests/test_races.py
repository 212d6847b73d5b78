"""Two at once: a case is decided once and served once; without its lock the database refuses the second in the middle of its work."""

from __future__ import annotations

import pytest
from django.db import transaction

from chengxin.cases import actions
from chengxin.cases.models import Case, CaseStep
from chengxin.cases.tests import people
from chengxin.cases.tests.people import FINE
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK
from chengxin.kernel import clock
from chengxin.kernel.tests.racing import meeting, needs_postgresql, needs_threads, together, tries
from chengxin.records.models import Record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> people.Town:
    needs_threads()
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    with transaction.atomic():
        return people.town()


def decide_twice(cast: people.Town, case: Case) -> list[str]:
    def decide() -> None:
        with clock.set_to(people.after(case, "PENALTY_STATEMENT")):
            actions.take(cast.head, case.pk, "decide", {"penalties": FINE, "reason": "违法事实成立，裁量适当"})

    return together(decide, decide)


def serve_twice(cast: people.Town, case: Case) -> list[str]:
    def serve(by: str) -> None:
        with clock.set_to(people.after(case, "PENALTY_STATEMENT")):
            given = {"served_on": clock.today(), "manner": "direct", "place": "示例市示例路1号", "receiver": "张经理", "both": True}
            actions.take(getattr(cast, by), case.pk, "serve", given)

    return together(lambda: serve("first"), lambda: serve("second"))


def noticed(cast: people.Town) -> Case:
    with transaction.atomic():
        return people.to_noticed(cast, people.opened(cast))


def clear(cast: people.Town, case: Case) -> None:
    with clock.set_to(people.after(case, "PENALTY_STATEMENT")), transaction.atomic():
        people.step(cast.first, case, "draft_publicity", public_text="当事人虚构交易312单，被处罚款")
        people.step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="未见个人信息和商业秘密")


def test_a_case_is_decided_once_and_served_once(cast: people.Town, request: pytest.FixtureRequest) -> None:
    for n in range(tries(request)):
        case = noticed(cast)
        assert decide_twice(cast, case).count("") == 1
        clear(cast, case)
        assert serve_twice(cast, case).count("") == 1
        assert [CaseStep.objects.filter(case=case, action=action).count() for action in ("decide", "serve")] == [1, 1]
        assert Document.objects.filter(matter_id=case.pk, form="penalty_45").count() == 1
        assert Record.objects.count() == n + 1


def test_the_twin_without_the_cases_lock_both_are_past_every_check(cast: people.Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is refused only by the database, where it writes the same place of the case's list."""
    needs_postgresql()
    case = noticed(cast)
    meeting(monkeypatch, "cases.case:")
    assert sorted(decide_twice(cast, case)) == ["", "IntegrityError"]
