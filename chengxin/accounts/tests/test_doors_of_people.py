"""What the ways in promise: fields, factors, codes and tokens (docs/operate/asvs.md, chapters 6, 7 and 10)."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core.cache import cache
from django.test import Client

from chengxin.accounts import actor, codes, invitations
from chengxin.accounts.errors import CodeWrong
from chengxin.accounts.models import User
from chengxin.accounts.tests.conftest import PASSWORD
from chengxin.accounts.tests.test_sign_ins import SECRET, code_of, sign_in
from chengxin.kernel import clock

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_password_fields_hide_take_pasting_and_name_themselves(make_person, secadmin, browser):
    link = invitations.invite(make_person("li", "leader"), by=secadmin)
    mine = browser(User.objects.get(username="li"))
    pages = [
        Client().get("/accounts/login/"),
        Client().get(f"/join/{link}/"),
        mine.get("/accounts/password/change/"),
        mine.get("/accounts/reauthenticate/"),
    ]
    for page in pages:
        fields = re.findall(r"<input[^>]*name=\"[^\"]*(?:password|again)[^\"]*\"[^>]*>", page.content.decode())
        assert fields
        for field in fields:
            assert 'type="password"' in field and "onpaste" not in field and "readonly" not in field
            assert re.search(r'autocomplete="(current|new)-password"', field), field
    assert not [page for page in pages if "password/reset" in page.content.decode()], "nobody resets a password by mail here"


@pytest.mark.parametrize("password", [" Blanks around it  ", "Über-lange Schlüsselwörter 很长的口令 " * 4, "UPPER lower UPPER lower"])
def test_a_password_is_taken_as_it_was_typed(make_person, secadmin, password):
    invitations.join(invitations.invite(make_person("li", "leader"), by=secadmin), password)
    for wrong in (password.strip() + "x", password[:-1], password.swapcase()):
        assert not User.objects.get(username="li").check_password(wrong)
    browser = Client()
    sign_in(browser, "li", password)
    assert is_in(browser)


def test_an_old_password_still_opens(make_person):
    make_person("li", "leader")
    browser = Client()
    with time_machine.travel(clock.now() + timedelta(days=3 * 365)):
        sign_in(browser, "li")
        assert is_in(browser)


def test_a_new_password_by_link_does_not_get_round_the_second_factor(make_person, secadmin):
    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    fresh = "seven bridges over the river"
    invitations.join(invitations.invite(person, by=secadmin), fresh)
    browser = Client()
    assert sign_in(browser, "li", fresh)["Location"].startswith("/accounts/2fa/authenticate/") and not is_in(browser)


def test_recovery_codes_are_many_random_and_encrypted(make_person):
    first, second = make_person("li", "leader"), make_person("wang", "leader")
    told = [RecoveryCodes.activate(each).get_unused_codes() for each in (first, second)]
    assert all(len(each) == 10 and len(set(each)) == 10 for each in told) and not set(told[0]) & set(told[1])
    assert all(len(code) >= 8 for each in told for code in each)  # eight digits: 26 bits
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(code in kept for each in told for code in each)


def test_a_recovery_code_works_once(make_person):
    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for expected in (True, False):
        browser = Client()
        sign_in(browser, "li")
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_in(browser) is expected


def test_a_code_of_some_minutes_ago_opens_nothing(make_person):
    TOTP.activate(make_person("li", "leader"), SECRET)
    code = code_of(SECRET)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        browser = Client()
        sign_in(browser, "li")
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert not is_in(browser)


def test_codes_cannot_be_tried_for_ever(make_person):
    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    browser = Client()
    sign_in(browser, "li")
    for number in range(20):
        browser.post("/accounts/2fa/authenticate/", {"code": f"{number:06}"})
    browser.post("/accounts/2fa/authenticate/", {"code": code_of(SECRET)})
    assert not is_in(browser)
    me = actor.of_user(person)
    for number in range(5):
        with pytest.raises(CodeWrong):
            codes.check_code(me, f"{number:06}")
    with pytest.raises(CodeWrong):
        codes.check_code(me, code_of(SECRET))  # right, and too late


def test_signing_out_is_on_every_page_of_somebody_signed_in(make_person, browser):
    for role in ("leader", "secadmin"):
        mine = browser(make_person(role, role))
        for path in ("/", "/about/", "/profile/", "/profile/sessions/", "/nothing/"):
            assert 'action="/accounts/logout/"' in mine.get(path).content.decode(), path
    assert 'action="/accounts/logout/"' not in Client().get("/about/").content.decode()


@pytest.mark.parametrize(
    "kind", ["password", "authorization_code", "refresh_token", "implicit", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_the_authorisation_server_gives_tokens_to_machines_only(make_client, make_person, kind):
    make_person("li", "leader")
    made = make_client("shanhuo", "facts:write")
    basic = base64.b64encode(f"{made.client_id}:{made.client_secret}".encode()).decode()
    asked = {
        "grant_type": kind,
        "username": "li",
        "password": PASSWORD,
        "code": "x",
        "redirect_uri": "https://x.example/",
        "refresh_token": "x",
        "device_code": "x",
    }
    answer = Client().post("/oauth/token/", asked, HTTP_AUTHORIZATION=f"Basic {basic}")
    assert answer.status_code in (400, 401, 404) and "access_token" not in answer.content.decode()
    good = Client().post("/oauth/token/", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=f"Basic {basic}")
    assert good.status_code == 200 and "refresh_token" not in good.json() and good.json()["expires_in"] == 3600
    assert Client().get("/oauth/authorize/").status_code == 404


def test_passwords_are_kept_with_a_slow_hash(settings):
    from django.conf import global_settings

    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    kept = make_password("seven bridges over the river")
    assert identify_hasher(kept).algorithm == "pbkdf2_sha256" and int(kept.split("$")[1]) >= 600_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/static/", "/static/web/", "/static/web", "/files/", "/keys/", "/.git/config", "/static/../settings.py", "/media/"]
)
def test_folders_are_not_listed(path):
    answer = Client().get(path)
    assert answer.status_code == 404 and "Index of" not in answer.content.decode()
