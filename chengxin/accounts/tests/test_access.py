from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.views import View

from chengxin.accounts import access, actor
from chengxin.accounts.models import Department, PlatformClient, RoleGrant, User
from chengxin.kernel.errors import Forbidden, NotFound


@pytest.fixture
def scopes(monkeypatch):
    monkeypatch.setattr(access, "_scopes", dict(access._scopes))


def request_of(user=None, **extra):
    request = RequestFactory().get("/somewhere/?a=1", **extra)
    request.user = user or AnonymousUser()
    return request


def test_another_tenants_row_and_a_missing_row_give_the_same_answer(make_person):
    me = actor.of_user(make_person("li", "merchant", subject=uuid.uuid4()))
    stranger = make_person("wang", "merchant", subject=uuid.uuid4())
    answers = []
    for key in (stranger.pk, uuid.uuid4(), "not-a-key"):
        with pytest.raises(NotFound) as refused:
            access.get(me, User, pk=key)
        answers.append(refused.value.problem())
    assert answers[0] == answers[1] == answers[2]
    assert access.get(me, User, pk=me.user.pk) == me.user


def test_the_reason_of_a_denial_is_logged_and_not_shown(make_person, caplog):
    me, stranger = actor.of_user(make_person("li")), make_person("wang")
    with caplog.at_level("INFO", "chengxin.access"), pytest.raises(NotFound) as refused:
        access.get(me, User, pk=stranger.pk)
    assert "not the actor's" in caplog.text
    assert str(stranger.pk) not in str(refused.value.problem())


def test_a_foreign_and_a_missing_row_cost_the_same_queries(make_person, django_assert_num_queries):
    me, stranger = actor.of_user(make_person("li")), make_person("wang")
    for key in (stranger.pk, uuid.uuid4()):
        with django_assert_num_queries(2), pytest.raises(NotFound):
            access.get(me, User, pk=key)


def test_a_model_without_a_rule_belongs_to_nobody(db):
    with pytest.raises(LookupError):
        access.all(access.ANONYMOUS, Department)


def test_a_model_has_one_rule(scopes):
    with pytest.raises(LookupError):

        @access.scope(User)
        def everyone(actor, queryset):
            return queryset


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditadmin"])
def test_an_administrator_sees_no_business_data_even_when_a_rule_forgets(scopes, make_person, role):
    @access.scope(Department)
    def careless(actor, queryset):
        return queryset

    assert not access.all(actor.of_user(make_person("adm", role)), Department).exists()
    assert access.all(actor.of_user(make_person("li", "leader")), Department).exists()


def test_the_twin_without_the_guard_shows_business_data(scopes, make_person):
    @access.scope(Department, administration=True)
    def careless(actor, queryset):
        return queryset

    assert access.all(actor.of_user(make_person("adm", "sysadmin")), Department).exists()


def test_the_house_itself_sees_every_row(make_person):
    make_person("li")
    assert access.all(access.system("nightly"), User).count() == User.objects.count()


def test_many_ids_are_all_mine_or_none_are_given(make_person):
    me, stranger = actor.of_user(make_person("li")), make_person("wang")
    with pytest.raises(NotFound):
        access.get_many(me, User, [me.user.pk, stranger.pk])
    with pytest.raises(NotFound):
        access.check(me, stranger)


def test_a_head_sees_the_people_of_the_own_department(make_person):
    head = actor.of_user(make_person("head", "head", department="SAMR"))
    mine, other = make_person("li", "officer", department="SAMR"), make_person("wang", "officer", department="POST")
    assert set(access.all(head, User)) == {head.user, mine}
    assert not access.all(head, RoleGrant).filter(user=other).exists()


def test_platform_staff_see_the_clients_of_their_platform(make_person, make_client):
    mine, other = make_client("mall"), make_client("bazaar")
    staff = actor.of_user(make_person("li", "platform_staff", platform="mall"))
    assert list(access.all(staff, PlatformClient)) == [mine.client]
    assert other.client not in access.all(staff, PlatformClient)


def test_nobody_is_sent_to_sign_in_and_comes_back():
    @access.open_to("officer")
    def page(request):
        return HttpResponse("secret")

    answer = page(request_of())
    assert answer.status_code == 302
    assert "next=/somewhere/%3Fa%3D1" in answer["Location"]


def test_another_role_is_refused_and_the_right_one_is_let_in(make_person):
    @access.open_to("officer", "reviewer")
    def page(request):
        return HttpResponse("secret")

    with pytest.raises(Forbidden):
        page(request_of(make_person("li", "leader")))
    assert page(request_of(make_person("wang", "officer", department="SAMR"))).content == b"secret"
    assert page.open_to == {"officer", "reviewer"}


def test_a_view_class_declares_and_enforces_too(make_person):
    @access.open_to("leader")
    class Page(View):
        def get(self, request):
            return HttpResponse("secret")

    view = Page.as_view()
    assert access.declaration_of(view) == {"leader"}
    with pytest.raises(Forbidden):
        view(request_of(make_person("li", "officer", department="SAMR")))
    assert view(request_of(make_person("wang", "leader"))).status_code == 200


def test_an_unknown_role_fails_when_the_module_loads():
    with pytest.raises(ValueError, match="king"):
        access.open_to("king")
    with pytest.raises(ValueError, match="unknown roles"):
        access.open_to()
    with pytest.raises(ValueError, match="unknown scope"):
        access.client_auth("everything")


def test_a_closed_account_is_nobody(make_person):
    person = make_person("li", "leader")
    person.is_active = False
    assert access.actor_of(request_of(person)) is access.ANONYMOUS


def test_the_actor_is_asked_for_once_a_request(make_person, django_assert_num_queries):
    request = request_of(make_person("li", "leader"))
    with django_assert_num_queries(1):
        assert access.actor_of(request).name == "li"
        assert str(access.actor_of(request)).startswith("user:")


def test_personal_data_need_a_purpose():
    from chengxin.accounts.errors import PurposeNeeded

    request = request_of()
    request.session = {}
    with pytest.raises(PurposeNeeded):
        access.purpose(request)
    given = request_of(HTTP_X_PURPOSE="%E6%A0%B8%E6%9F%A5%E7%BA%BF%E7%B4%A2", HTTP_X_CASE_NUMBER="CL1")
    assert str(access.purpose(given)) == "核查线索 [CL1]"


def test_a_stated_purpose_holds_for_half_an_hour():
    from datetime import timedelta

    from chengxin.accounts import purposes
    from chengxin.accounts.errors import PurposeNeeded
    from chengxin.kernel import clock

    request = request_of()
    request.session = {}
    purposes.state(request, "check of a clue", "CL1")
    assert access.purpose(request).case_number == "CL1"
    with clock.set_to(clock.now() + timedelta(minutes=31)), pytest.raises(PurposeNeeded):
        access.purpose(request)
