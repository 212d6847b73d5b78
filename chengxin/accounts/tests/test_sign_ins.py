from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client

from chengxin.accounts import actions, actor
from chengxin.accounts.models import User
from chengxin.accounts.tests.conftest import PASSWORD
from chengxin.audit.models import Leaf, PersonalPart
from chengxin.kernel import clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def sign_in(browser, name, password=PASSWORD, **extra):
    return browser.post("/accounts/login/", {"login": name, "password": password}, **extra)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, sorted(yield_hotp_counters_from_time())[0]))


def recorded(action):
    return Leaf.objects.filter(action=action).count()


def test_signing_in_by_name_leaves_a_leaf(make_person):
    person = make_person("li", "leader")
    assert sign_in(Client(), "LI").status_code == 302
    assert Leaf.objects.get(action="accounts.sign_in.succeeded").object == f"accounts.user:{person.pk}"


def test_signing_in_by_email_finds_the_person_by_blind_index(make_person, secadmin):
    person = make_person("li", "leader")
    actions.change_person(person, by=secadmin, email="Li@City.example")
    assert sign_in(Client(), "li@city.EXAMPLE").status_code == 302
    assert sign_in(Client(), "wang@city.example").status_code == 200


def test_a_failed_attempt_leaves_a_leaf_without_what_was_typed(make_person):
    make_person("li")
    answer = sign_in(Client(), "my-secret-password", "x")
    assert answer.status_code == 200
    leaf = Leaf.objects.get(action="accounts.sign_in.failed")
    assert "my-secret-password" not in leaf.body
    assert not AccessAttempt.objects.filter(username__contains="my-secret").exists()
    assert "my-secret" not in str(list(AccessAttempt.objects.values()))
    assert not PersonalPart.objects.filter(content__contains="my-secret-password").exists()


def test_an_unwritable_log_lets_nobody_in(make_person, monkeypatch):
    make_person("li", "leader")

    def broken(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("chengxin.audit.actions.record", broken)
    browser = Client(raise_request_exception=False)
    assert sign_in(browser, "li").status_code == 500
    assert "_auth_user_id" not in browser.session


def test_five_failures_lock_the_name_at_that_address_for_fifteen_minutes(make_person):
    make_person("li", "leader")
    browser = Client()
    answers = [sign_in(browser, "li", "wrong").status_code for _ in range(5)]
    assert answers[-1] == 429
    sign_in(browser, "li")  # the right password, too late
    assert "_auth_user_id" not in browser.session
    assert recorded("accounts.sign_in.locked") == 1
    cache.clear()  # allauth's own short limit by name
    sign_in(browser, "li")
    assert "_auth_user_id" not in browser.session
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9"), "li").status_code == 302


def test_the_twin_with_the_lock_off_lets_a_sixth_attempt_in(make_person, settings):
    settings.AXES_ENABLED = False
    settings.ACCOUNT_RATE_LIMITS = {}
    make_person("li", "leader")
    browser = Client()
    for _ in range(5):
        sign_in(browser, "li", "wrong")
    cache.clear()
    assert sign_in(browser, "li").status_code == 302


def test_a_closed_account_does_not_sign_in(make_person, secadmin):
    actions.deactivate(make_person("li", "leader"), by=secadmin, why="left")
    browser = Client()
    sign_in(browser, "li")
    assert "_auth_user_id" not in browser.session


def test_signing_out_leaves_a_leaf(make_person):
    make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    assert browser.post("/accounts/logout/").status_code == 302
    assert recorded("accounts.sign_out.done") == 1


@pytest.mark.parametrize("role", ["officer", "reviewer", "head", "leader", "sysadmin", "secadmin", "auditadmin"])
def test_who_serves_the_city_enrols_a_second_factor_before_any_page(make_person, settings, role):
    settings.SECOND_FACTOR = True
    make_person("li", role, department="SAMR" if role in ("officer", "reviewer", "head") else "")
    browser = Client()
    sign_in(browser, "li")
    for page in ("/home/", "/about/", "/profile/", "/admin/people/", "/api/v1/openapi.json"):
        assert browser.get(page)["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.get("/accounts/2fa/totp/activate/", follow=True).status_code == 200


def test_the_twin_with_the_demand_off_opens_pages(make_person, settings):
    settings.SECOND_FACTOR = False
    make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    assert browser.get("/profile/").status_code == 200


def test_a_merchant_may_go_without(make_person, settings):
    import uuid

    settings.SECOND_FACTOR = True
    make_person("li", "merchant", subject=uuid.uuid4())
    browser = Client()
    sign_in(browser, "li")
    assert browser.get("/profile/").status_code == 200


def test_enrolling_opens_the_pages_and_shows_recovery_codes(make_person, settings):
    settings.SECOND_FACTOR = True
    person = make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="mono">([A-Z2-7]{32})<', page)[1]
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert browser.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert browser.get("/profile/").status_code == 200
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert secret not in kept
    assert recorded("accounts.second_factor.enrolled") == 2  # the authenticator and its recovery codes


def test_the_password_alone_does_not_sign_in_who_has_a_second_factor(make_person):
    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    browser = Client()
    assert sign_in(browser, "li")["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in browser.session
    assert browser.get("/accounts/2fa/authenticate/").status_code == 200
    assert browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in browser.session
    assert browser.post("/accounts/2fa/authenticate/", {"code": code_of(SECRET)}).status_code == 302
    assert browser.session["_auth_user_id"] == str(person.pk)


def test_a_code_works_once(make_person):
    TOTP.activate(make_person("li", "leader"), SECRET)
    code, browsers = code_of(SECRET), [Client(), Client()]
    answers = []
    for browser in browsers:
        sign_in(browser, "li")
        answers.append(browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_duty_does_not_switch_its_second_factor_off(make_person, settings):
    settings.SECOND_FACTOR = True
    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    browser = Client()
    browser.force_login(person)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_a_lost_device_is_forgotten_by_an_administrator_only(make_person, secadmin):
    from chengxin.kernel.errors import Forbidden

    person = make_person("li", "leader")
    TOTP.activate(person, SECRET)
    with pytest.raises(Forbidden):
        actions.reset_second_factor(person, by=actor.of_user(person), why="lost")
    actions.reset_second_factor(person, by=secadmin, why="lost")
    assert not Authenticator.objects.filter(user=person).exists()


def test_an_idle_session_ends(make_person, settings):
    make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    assert browser.get("/profile/").status_code == 200
    with clock.set_to(clock.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1)):
        assert browser.get("/profile/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_session_in_use_goes_on(make_person, settings):
    make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    start = clock.now()
    for minutes in (20, 40, 60):
        with clock.set_to(start + timedelta(minutes=minutes)):
            assert browser.get("/profile/").status_code == 200


def test_a_new_password_ends_the_other_sessions(make_person):
    make_person("li", "leader")
    here, elsewhere = Client(), Client()
    sign_in(here, "li")
    sign_in(elsewhere, "li")
    fresh = "another long pass phrase"
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert answer.status_code == 302
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert recorded("accounts.password.changed") == 1


def test_nobody_signs_up(db):
    assert Client().get("/accounts/signup/").status_code == 404
    assert not User.objects.exists()


def test_the_persons_language_comes_with_the_first_sign_in(make_person):
    person = make_person("li", "leader")
    User.objects.filter(pk=person.pk).update(language="en")
    assert sign_in(Client(), "li").cookies["django_language"].value == "en"


def test_a_demo_says_so_loudly(make_person, settings):
    settings.DEMO, settings.SECOND_FACTOR = True, False
    make_person("li", "leader")
    browser = Client()
    sign_in(browser, "li")
    page = browser.get("/profile/").content.decode()
    assert "演示" in page or "DEMO" in page
