from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from chengxin.accounts import actions, actor, sessions
from chengxin.accounts.middleware import BEGAN, SEEN
from chengxin.accounts.models import User
from chengxin.accounts.tests.conftest import PASSWORD
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def signed_in(name: str, address: str = "10.0.0.1", browser: str = "Firefox") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=browser)
    assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def confirmed(client: Client) -> Client:
    """The person has just given the password again."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_a_person_sees_the_own_sessions_and_nobody_elses(make_person):
    make_person("li", "leader"), make_person("wang", "leader")
    mine = signed_in("li", "10.0.0.1", "Mozilla/5.0 Firefox/140.0")
    signed_in("li", "10.0.0.2", "MicroMessenger/8.0"), signed_in("wang", "10.9.9.9", "Chrome/150.0")
    page = mine.get("/profile/sessions/").content.decode()
    assert "Firefox" in page and "WeChat" in page and "Chrome" not in page


def test_of_a_session_only_the_kind_of_browser_is_kept(make_person):
    make_person("li", "leader")
    signed_in("li", "10.0.0.2", "Mozilla/5.0 (Li's own telephone) Firefox/140.0")
    kept = UserSession.objects.get()
    assert (kept.ip, kept.user_agent) == (sessions.NOWHERE, "Firefox")


def test_sessions_end_only_after_the_password_is_given_again(make_person):
    make_person("li", "leader")
    mine, other = signed_in("li"), signed_in("li", "10.0.0.2")
    asked = mine.post("/profile/sessions/")
    assert asked.status_code == 302 and "/accounts/reauthenticate/" in asked["Location"] and is_in(other)
    assert confirmed(mine).post("/profile/sessions/")["Location"] == "/profile/sessions/"
    assert is_in(mine) and not is_in(other)
    assert Leaf.objects.filter(action="accounts.sessions.ended").count() == 1


def test_one_session_ends_and_the_rest_go_on(make_person):
    make_person("li", "leader")
    mine, second, third = signed_in("li"), signed_in("li", "10.0.0.2"), signed_in("li", "10.0.0.3")
    chosen = row_of(second)
    confirmed(mine).post("/profile/sessions/", {"session": str(chosen.pk)})
    assert is_in(mine) and not is_in(second) and is_in(third)


def test_nobody_ends_anothers_session_by_its_number(make_person):
    make_person("li", "leader"), make_person("wang", "leader")
    mine, theirs = signed_in("li"), signed_in("wang", "10.0.0.2")
    confirmed(mine).post("/profile/sessions/", {"session": str(row_of(theirs).pk)})
    assert is_in(theirs)


def test_the_security_administrator_signs_a_person_out_everywhere(make_person, browser):
    person, keeper = make_person("li", "leader"), make_person("sec", "secadmin")
    theirs = [signed_in("li"), signed_in("li", "10.0.0.2")]
    answer = browser(keeper).post(f"/admin/people/{person.pk}/sessions/", {"why": "lost laptop"})
    assert answer.status_code == 302 and not any(is_in(each) for each in theirs)
    assert '"why":"lost laptop"' in Leaf.objects.get(action="accounts.sessions.ended").body.replace('": "', '":"')


def test_a_colleague_ends_nobodys_sessions(make_person):
    person, colleague = make_person("li", "leader"), make_person("wang", "leader")
    with pytest.raises(Forbidden):
        sessions.end(person, by=actor.of_user(colleague))


def test_a_closed_account_is_out_at_once(make_person, secadmin):
    person = make_person("li", "leader")
    theirs = signed_in("li")
    actions.deactivate(person, by=secadmin, why="left")
    assert not is_in(theirs)


def test_signing_in_makes_a_new_key_and_signing_out_ends_it(make_person):
    make_person("li", "leader")
    client = Client()
    client.get("/accounts/login/")
    before = client.session.session_key
    client.post("/accounts/login/", {"login": "li", "password": PASSWORD})
    key = client.session.session_key
    assert key and key != before and len(key) >= 32
    answer = client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    client.cookies["sessionid"] = key  # a thief who kept it
    assert not is_in(client)


def test_a_session_in_use_ends_after_the_longest_time(make_person, settings):
    make_person("li", "leader")
    client = signed_in("li")
    assert is_in(client)
    began = clock.now()
    for minutes in range(20, 12 * 60 + 1, 20):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert is_in(client), minutes
    with time_machine.travel(began + timedelta(hours=12, minutes=20), tick=False):
        assert not is_in(client)


def test_the_twin_without_a_longest_time_goes_on(make_person, settings):
    settings.SESSION_LONGEST_SECONDS = 10**9
    make_person("li", "leader")
    client = signed_in("li")
    assert is_in(client)
    kept = client.session
    kept[BEGAN] -= 13 * 3600
    kept.save()
    assert SEEN in kept and is_in(client)


def test_the_address_one_signs_in_with_changes_only_after_the_password(make_person):
    person = make_person("li", "leader")
    client = signed_in("li")
    given = {"display_name": "李", "email": "li@city.example", "phone": "", "language": "zh-hans"}
    assert "/accounts/reauthenticate/" in client.post("/profile/", given)["Location"]
    assert User.objects.get(pk=person.pk).email == ""
    assert confirmed(client).post("/profile/", given)["Location"] == "/profile/"
    assert User.objects.get(pk=person.pk).email == "li@city.example"
    assert client.post("/profile/", {**given, "display_name": "李明"}).status_code == 302
