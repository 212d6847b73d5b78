from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from ninja import NinjaAPI

from chengxin.accounts import access, routes
from chengxin.accounts.middleware import AccessMiddleware


def process(view, name="room:page", method="get"):
    request = getattr(RequestFactory(), method)("/somewhere/")
    request.user = None
    namespace, _, url_name = name.rpartition(":")
    request.resolver_match = ResolverMatch(view, (), {}, url_name, namespaces=[namespace] if namespace else [])
    return AccessMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {})


def plain(request):
    return HttpResponse("open")


def test_a_route_that_declares_nothing_is_refused():
    with pytest.raises(PermissionDenied):
        process(plain)


def test_a_declared_route_goes_on():
    @access.open_to_all
    def page(request):
        return HttpResponse("open")

    assert process(page) is None


def test_a_closed_route_of_others_does_not_exist():
    with pytest.raises(Http404):
        process(plain, "account_signup")
    with pytest.raises(Http404):
        process(plain, "oauth2_provider:list")


def test_a_route_of_others_that_wants_a_person_sends_nobody_to_sign_in():
    assert process(plain, "account_change_password").status_code == 302


def test_a_route_of_others_that_nobody_listed_is_refused():
    with pytest.raises(PermissionDenied):
        process(plain, "account_something_new")


@pytest.fixture
def api():
    api = NinjaAPI(urls_namespace="routes")

    @api.get("/both", auth=[access.client_auth("facts:read"), access.session_auth(["officer"])])
    def both(request):
        return {}

    @api.post("/both", auth=[access.client_auth("facts:write"), lambda request: True])
    def half(request):
        return {}

    @api.get("/public")
    @access.open_to_all
    def public(request):
        return {}

    @api.get("/forgotten")
    def forgotten(request):
        return {}

    return {pattern.pattern._route: pattern.callback for pattern in api.urls[0]}


def test_an_operation_is_open_to_all_its_doors(api):
    assert routes.declaration("routes:both", api["both"]) == {"client:facts:read", "officer"}


def test_one_undeclared_door_makes_the_operation_undeclared(api):
    assert routes.declaration("routes:both", api["both"], "POST") is None
    with pytest.raises(PermissionDenied):
        process(api["both"], "routes:both", "post")


def test_an_operation_without_doors_must_say_it_is_public(api):
    assert routes.declaration("routes:public", api["public"]) == {"anyone"}
    assert routes.declaration("routes:forgotten", api["forgotten"]) is None


def test_a_method_the_path_does_not_have_is_left_to_ninja(api):
    assert routes.declaration("routes:public", api["public"], "DELETE") == {"anyone"}
