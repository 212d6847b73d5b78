"""Whom an event and a clock tell, once; and that nobody is told of what they may not open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from chengxin.accounts import access
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.consumers import actions as consumers
from chengxin.consumers.tests import people as towns
from chengxin.exchange.models import FactNotice, Hook
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.notices import actions, catalogue, people, queries
from chengxin.notices.models import DUE, LATE, TOLD, TURN, Notice
from chengxin.supervision import actions as desk
from chengxin.supervision.actions import open_from_findings
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def cast() -> towns.Town:
    return towns.town()


@pytest.fixture
def clue() -> Clue:
    """A clue on the desk of the market bureau, at a platform with two people."""
    _shops, finding = town.ring_town(3, 9)
    open_from_findings(*town.run_with([finding]))
    return Clue.objects.get()


def told(person: User | Any) -> list[tuple[str, str, str]]:
    user = getattr(person, "user", person)
    return list(Notice.objects.filter(person=user).order_by("at", "id").values_list("kind", "stage", "number"))


def accepted(cast: towns.Town) -> Any:
    """A complaint that the merchant has to answer."""
    made = consumers.file(towns.form(cast))
    return consumers.accept(cast.officer, made.complaint.number, towns.DESK)


# ---- events


def test_a_platform_hears_of_a_request_once_and_others_do_not(clue: Clue) -> None:
    officer = town.person("officer", "officer", department=clue.department)
    staff = town.person("staff", "platform_staff", on="shanhuo")
    other = town.person("other", "platform_staff", on="another")
    desk.ask_platform(officer, clue.pk, "shanhuo", "请说明这些订单", 5)
    outbox.deliver_all()
    assert told(staff) == [("request_asked", TOLD, clue.number)]
    assert told(other) == told(officer) == []
    event = next(one for one in catalogue.events()["chengxin.supervision.events:PlatformAsked"])
    asked = apps.get_model("supervision.PlatformRequest")._default_manager.get()
    for _again in range(2):
        assert actions.tell(_Asked(str(asked.pk), "shanhuo"), event) == 0
    assert len(told(staff)) == 1


class _Asked:
    def __init__(self, request_id: str, platform: str) -> None:
        self.request_id, self.platform = request_id, platform


def test_a_department_hears_of_a_clue_that_was_handed_to_it_and_its_successor_of_its_predecessors(clue: Clue) -> None:
    giver = town.person("giver", "officer", department=clue.department)
    taker = town.person("taker", "officer", department="COM")
    desk.start_check(giver, clue.pk)
    desk.hand_over(giver, clue.pk, "COM", "属商务部门职责")
    outbox.deliver_all()
    assert told(taker) == [("clue_handed_over", TOLD, clue.number)]
    assert told(giver) == []


# ---- clocks


def test_a_complaint_is_told_when_it_comes_on_its_last_day_and_once_after_it(cast: towns.Town) -> None:
    complaint = accepted(cast)
    actions.look()
    assert told(cast.merchant) == [("complaint_answer", TURN, complaint.number)]
    with clock.set_to(clock.now() + (complaint.due_on - clock.today()) + timedelta(minutes=1)):
        for _again in range(2):
            actions.look()
        assert told(cast.merchant)[1:] == [("complaint_answer", DUE, complaint.number)]
        assert told(cast.officer) == [("complaint", DUE, complaint.number)]
        assert told(cast.head) == [("complaint", DUE, complaint.number)]
        assert told(cast.colleague) == [], "the complaint has a handler, and this is not the one"
    with clock.set_to(clock.now() + (complaint.due_on - clock.today()) + timedelta(days=2)):
        actions.look()
        actions.look()
    assert [stage for _kind, stage, _number in told(cast.merchant)] == [TURN, DUE, LATE]
    assert told(cast.stranger) == told(cast.elsewhere) == []
    assert queries.waiting(cast.stranger) == queries.waiting(cast.elsewhere) == queries.waiting(cast.staff) == []


def test_what_is_done_waits_no_longer(cast: towns.Town) -> None:
    complaint = accepted(cast)
    assert [one.number for one in queries.waiting(cast.merchant)] == [complaint.number]
    consumers.answer(cast.merchant, complaint.number, {"text": "同意退货。", "offer": "REFUND", "offer_fen": 100})
    assert queries.waiting(cast.merchant) == []


def test_a_clock_names_the_article_of_the_day_the_matter_came(cast: towns.Town) -> None:
    accepted(cast)
    [one] = queries.waiting(cast.merchant)
    book = law.at(clock.today())
    assert one.article == book.cited(book.clock("MEDIATE").provision)["zh"] and one.colour == "green"


def test_after_a_standstill_of_years_no_backlog_is_told(cast: towns.Town) -> None:
    complaint = accepted(cast)
    with clock.set_to(clock.now() + (complaint.due_on - clock.today()) + timedelta(days=actions.LOOK_BACK + 1)):
        actions.look()
        assert told(cast.merchant) == []
        assert [one.colour for one in queries.waiting(cast.merchant)] == ["red"]


# ---- who


def test_whoever_is_told_of_a_matter_may_open_it_and_sees_it_waiting(cast: towns.Town, clue: Clue) -> None:
    accepted(cast)
    consumers.file(towns.form(cast, phone="10012345679"))
    book, seen = people.book(), 0
    for matter in catalogue.matters().values():
        for row in matter.waiting():
            for person, page in book.addressees(row, matter):
                actor = of_user(User.objects.get(pk=person))
                assert access.all(actor, matter.kind).filter(pk=row.pk).exists(), f"{matter.code} is told to {actor.name}"
                assert page in {one.url for one in queries.waiting(actor)}
                browser = Client(headers={"X-Purpose": "gate", "X-Case-Number": "1"})
                browser.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
                assert browser.get(page).status_code == 200
                seen += 1
    assert seen >= 5


def test_the_twin_a_table_that_tells_the_wrong_people_is_seen(cast: towns.Town, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(cast)
    matter = catalogue.matters()["complaint_answer"]
    wrong = catalogue.Matter(**{**_fields(matter), "to": (catalogue.To(everyone="merchant", page="merchant_url"),)})
    [row] = matter.waiting()
    strangers = [of_user(User.objects.get(pk=one)) for one, _page in people.book().addressees(row, wrong)]
    assert any(not access.all(one, matter.kind).filter(pk=row.pk).exists() for one in strangers)


def _fields(matter: catalogue.Matter) -> dict[str, Any]:
    return {name: getattr(matter, name) for name in matter.__dataclass_fields__}


def test_a_grant_that_ended_and_an_account_that_is_closed_are_told_nothing(cast: towns.Town) -> None:
    accepted(cast)
    User.objects.filter(pk=cast.merchant.user.pk).update(is_active=False)  # type: ignore[union-attr]
    actions.look()
    assert told(cast.merchant) == []


# ---- platforms' machines


def test_a_platforms_machine_hears_of_its_own_matters_and_of_no_others(clue: Clue) -> None:
    officer = town.person("officer", "officer", department=clue.department)
    for code in ("shanhuo", "another"):
        Hook.objects.create(number=f"TS-{code}", client_code=code, url="https://x.example/", made_by="t", made_at=clock.now())
    desk.ask_platform(officer, clue.pk, "shanhuo", "请说明这些订单", 5)
    outbox.deliver_all()
    outbox.deliver_all()
    assert list(FactNotice.objects.values_list("kind", "number", "client_code")) == [("matter.waiting", clue.number, "shanhuo")]


# ---- the reader's own


def test_an_official_topic_cannot_be_muted_and_another_can(cast: towns.Town) -> None:
    actions.prefer(cast.merchant, "none", ["decision", "duty", "change"])
    assert queries.preference(cast.merchant.user).muted == ["change"]  # type: ignore[arg-type]
    accepted(cast)
    actions.look()
    assert [kind for kind, _stage, _number in told(cast.merchant)] == ["complaint_answer"]
    change = [Notice(person=cast.merchant.user, key="k", kind="complaint_closed", stage=TOLD, topic="change", number="1", page="/")]
    assert actions._put(change) == 0
    actions.prefer(cast.merchant, "none", [])
    assert actions._put(change) == 1


def test_a_notice_of_another_is_as_a_missing_one(cast: towns.Town) -> None:
    accepted(cast)
    actions.look()
    own = Notice.objects.get(person=cast.merchant.user)
    with pytest.raises(NotFound):
        actions.follow(cast.stranger, own.pk)
    assert actions.follow(cast.merchant, own.pk).startswith("/merchant/complaints/")
    assert queries.unread(cast.merchant) == 0
