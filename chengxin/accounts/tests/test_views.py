from __future__ import annotations

import uuid

import pytest
from django.test import Client

from chengxin.accounts import actor, invitations
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.models import Invitation, PlatformClient, User
from chengxin.accounts.tests.conftest import PASSWORD

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page

WHY = {"why": "left the bureau"}
ADMINISTRATION = ["people/", "people/new/", "grants/", "departments/", "clients/", "clients/new/"]
OWN = ["2fa/", "2fa/totp/activate/", "password/change/", "logout/"]
PAGES = [*(f"/admin/{page}" for page in ADMINISTRATION), *(f"/accounts/{page}" for page in OWN), "/profile/", "/purpose/"]


def test_the_whole_way_of_a_new_officer(make_person, secadmin, second, browser):
    desk, other_desk = browser(secadmin.user), browser(second.user)
    person = {"username": "zhou", "display_name": "周", "officer_number": "HG0001", "language": "zh-hans"}
    page = desk.post("/admin/people/new/", person)["Location"]
    given = desk.post(f"{page}grant/", {"role": "officer", "department": "SAMR", "reason": "new post"})
    assert given["Location"] == page
    grant = User.objects.get(username="zhou").grants.get()
    assert "zhou" in other_desk.get("/admin/grants/").content.decode()
    assert desk.post(f"/admin/grants/{grant.pk}/confirm/").status_code == 409
    assert other_desk.post(f"/admin/grants/{grant.pk}/confirm/").status_code == 302
    link = desk.post(f"{page}invite/").content.decode().split('id="link">')[1].split("<")[0].removeprefix("http://testserver")
    stranger = Client()
    assert stranger.get(link).status_code == 200
    assert stranger.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert stranger.get(link).status_code == 404
    assert stranger.post("/accounts/login/", {"login": "zhou", "password": PASSWORD}).status_code == 302
    assert actor.of_user(User.objects.get(username="zhou")).roles == {"officer"}


def test_a_link_is_spent_withdrawn_or_old(make_person, secadmin):
    from datetime import timedelta

    from chengxin.accounts.errors import InvitationSpent
    from chengxin.kernel import clock

    person = make_person("li")
    first = invitations.invite(person, by=secadmin)
    second = invitations.invite(person, by=secadmin)
    with pytest.raises(InvitationSpent):
        invitations.open_invitation(first)
    assert invitations.open_invitation(second).kind == Invitation.Kind.RESET
    with clock.set_to(clock.now() + timedelta(days=8)), pytest.raises(InvitationSpent):
        invitations.open_invitation(second)


def test_a_link_is_kept_only_as_a_hash(make_person, secadmin):
    secret = invitations.invite(make_person("li"), by=secadmin)
    assert secret not in str(list(Invitation.objects.values()))


def test_a_merchant_claims_the_account_of_one_subject(departments):
    subject = uuid.uuid4()
    link = f"/join/{invitations.invite_business(subject, by=INSTALLER)}/"
    given = {"username": "shop-owner", "display_name": "店主", "password": PASSWORD, "again": PASSWORD}
    assert Client().post(link, {**given, "password": "short", "again": "short"}).status_code == 422
    assert Client().post(link, given).status_code == 302
    assert actor.of_user(User.objects.get(username="shop-owner")).subjects == {subject}
    assert Client().post(link, {**given, "username": "second-owner"}).status_code == 404


def test_a_claim_gives_roles_of_a_business_only(departments):
    from chengxin.accounts.errors import BadScope

    with pytest.raises(BadScope):
        invitations.invite_business(uuid.uuid4(), by=INSTALLER, role="officer")


def test_a_refused_grant_keeps_the_form_and_says_why(make_person, secadmin, browser):
    person = make_person("li", "sysadmin")
    answer = browser(secadmin.user).post(f"/admin/people/{person.pk}/grant/", {"role": "auditadmin", "reason": "x"})
    assert answer.status_code == 422
    assert "等保" in answer.content.decode()


def test_the_client_pages_show_a_secret_once(secadmin, browser):
    desk = browser(secadmin.user)
    shown = desk.post(
        "/admin/clients/new/",
        {"platform_code": "mall", "name": "nightly", "scopes": ["facts:write"], "rate": "normal", "signing": "required", "networks": ""},
    )
    client = PlatformClient.objects.get()
    secret = shown.content.decode().split('client_secret</dt><dd class="mono">')[1].split("<")[0]
    page = desk.get(f"/admin/clients/{client.pk}/").content.decode()
    assert len(secret) > 40
    assert secret not in page
    assert client.signing == "required"
    assert desk.post(f"/admin/clients/{client.pk}/rotate/").status_code == 200
    limits = {"scopes": ["facts:write", "receipts:read"], "rate": "large", "signing": "optional", "networks": "10.0.0.0/8"}
    assert desk.post(f"/admin/clients/{client.pk}/", limits).status_code == 302
    assert desk.post(f"/admin/clients/{client.pk}/keys/", {"key_id": "k1", "public_key": "nonsense"}).status_code == 422
    assert desk.post(f"/admin/clients/{client.pk}/retire/", WHY).status_code == 302
    client.refresh_from_db()
    assert (client.rate, client.retired_at is not None) == ("large", True)


def test_a_system_administrator_reads_clients_and_changes_none(make_person, make_client, browser):
    client = make_client("mall").client
    desk = browser(make_person("sys", "sysadmin"))
    assert desk.get(f"/admin/clients/{client.pk}/").status_code == 200
    limits = {"scopes": ["facts:read"], "rate": "large", "signing": "optional", "networks": ""}
    desk.post(f"/admin/clients/{client.pk}/", limits)
    client.refresh_from_db()
    assert client.rate == "normal"
    assert desk.post(f"/admin/clients/{client.pk}/rotate/").status_code == 403


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages_without_inline_code(secadmin, browser, page, language):
    desk = browser(secadmin.user)
    desk.post("/accounts/reauthenticate/", {"password": PASSWORD})
    desk.cookies["django_language"] = language
    answer = desk.get(page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert " style=" not in text
    assert "<script>" not in text
    assert "onclick" not in text


def test_the_list_of_people_filters_by_name_and_role(make_person, secadmin, browser):
    make_person("li", "leader")
    desk = browser(secadmin.user)
    assert ">li<" in desk.get("/admin/people/?q=li&role=leader").content.decode()
    assert ">li<" not in desk.get("/admin/people/?role=auditadmin").content.decode()


def test_a_person_revoked_reset_and_closed(make_person, secadmin, browser):
    person = make_person("li", "leader")
    desk = browser(secadmin.user)
    assert desk.post(f"/admin/people/{person.pk}/second-factor/", WHY).status_code == 302
    assert desk.post(f"/admin/grants/{person.grants.get().pk}/revoke/", WHY).status_code == 302
    assert desk.post(f"/admin/people/{person.pk}/deactivate/", WHY).status_code == 302
    assert desk.get(f"/admin/people/{person.pk}/").status_code == 200


def test_the_purpose_form_leads_back_to_our_own_pages_only(make_person, browser):
    desk = browser(make_person("li", "leader"))
    given = {"text": "check of a clue", "case_number": "CL1"}
    assert desk.post("/purpose/", {**given, "next": "/profile/"})["Location"] == "/profile/"
    assert desk.post("/purpose/", {**given, "next": "https://evil.example/"})["Location"] == "/"
    assert desk.post("/purpose/", {"text": ""}).status_code == 422


def test_a_person_saves_the_own_profile(make_person, browser):
    person = make_person("li", "leader")
    given = {"display_name": "李", "email": "", "phone": "", "language": "en"}
    assert browser(person).post("/profile/", given).status_code == 302
    assert User.objects.get(pk=person.pk).display_name == "李"
