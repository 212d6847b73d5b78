"""The inbox as a person meets it: the bell, the list, what waits, what is wanted; in both languages."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.consumers import actions as consumers
from chengxin.consumers.tests import people as towns
from chengxin.kernel import clock
from chengxin.notices import actions, catalogue, lists
from chengxin.notices.models import Notice, Preference
from chengxin.notices.queries import Waiting
from chengxin.supervision.models import Clue

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cast() -> towns.Town:
    return towns.town()


def browser(cast: towns.Town, who: str, language: str = "zh-hans") -> Client:
    made = Client()
    made.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    made.cookies["django_language"] = language
    return made


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def a_complaint(cast: towns.Town) -> str:
    made = consumers.file(towns.form(cast))
    consumers.accept(cast.officer, made.complaint.number, towns.DESK)
    actions.look()
    return made.complaint.number


def test_the_bell_counts_the_list_tells_and_the_link_leads_to_the_thing(cast: towns.Town) -> None:
    number = a_complaint(cast)
    merchant = browser(cast, "merchant")
    assert "消息：1条未读" in page(merchant, "/merchant/")
    listed = page(merchant, "/inbox/")
    assert f"消费投诉答复 {number} 待办理" in listed
    link = Notice.objects.get().url
    answer = merchant.get(link)
    assert answer.status_code == 302 and answer["Location"] == f"/merchant/complaints/{number}/"
    assert "消息：0条未读" in page(merchant, "/merchant/") and number not in page(merchant, "/inbox/?read=no")
    assert page(browser(cast, "stranger"), link, 404)


def test_the_list_is_filtered_by_matter_and_exported(cast: towns.Town) -> None:
    number = a_complaint(cast)
    merchant = browser(cast, "merchant", "en")
    assert number in page(merchant, f"/inbox/?q={number[-6:]}") and number not in page(merchant, "/inbox/?q=NOTHING")
    assert number in page(merchant, "/inbox/?export=csv")
    waiting = page(merchant, "/inbox/waiting/")
    assert f"/merchant/complaints/{number}/" in waiting and "Complaint to answer" in waiting
    assert number in page(merchant, "/inbox/waiting/?export=json") and number in page(merchant, "/inbox/waiting/?colour=green")
    assert number not in page(merchant, "/inbox/waiting/?colour=red")


def test_an_empty_inbox_says_so(cast: towns.Town) -> None:
    stranger = browser(cast, "stranger", "en")
    assert "Nothing to tell you" in page(stranger, "/inbox/") and "Nothing waits for you" in page(stranger, "/inbox/waiting/")


def test_all_can_be_marked_read_and_a_wish_is_kept(cast: towns.Town) -> None:
    a_complaint(cast)
    merchant = browser(cast, "merchant", "en")
    assert "1 notice is marked as read" in merchant.post("/inbox/read/", follow=True).content.decode()
    assert "no mail server" in page(merchant, "/inbox/preferences/")
    assert merchant.post("/inbox/preferences/", {"mail": "digest", "muted": ["change"]}).status_code == 302
    kept = Preference.objects.get()
    assert (kept.mail, kept.muted) == ("digest", ["change"])
    assert merchant.post("/inbox/preferences/", {"mail": "always"}).status_code == 422
    assert merchant.post("/inbox/preferences/", {"mail": "none", "muted": ["duty"]}).status_code == 422


def test_what_has_no_clock_stands_last(cast: towns.Town) -> None:
    matter, row = catalogue.matters()["clue"], Clue()
    dated = Waiting("a", "线索", "1", "", clock.today(), "green", "/", False, matter, row)
    open_ended = Waiting("b", "批次", "2", "", None, "", "/", False, matter, row)
    view = lists.WAITING.view({}, [open_ended, dated])
    assert [one.number for one in view.found] == ["1", "2"]
