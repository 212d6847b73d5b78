"""Gate 7: no route without a declaration, and every answer keeps to it; another tenant's object looks like a missing one."""

from __future__ import annotations

import sys
import uuid
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from chengxin.accounts import access
from chengxin.accounts.models import User
from chengxin.kernel.errors import NotFound
from tests.gates import matrix, samples, samples_subjects  # noqa: F401 - registers its samples


@pytest.fixture
def city(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    return matrix.build_city()


@pytest.fixture
def table(settings):
    """A URL table of one more route, to show that the gate sees what is wrong with it."""

    def serve(name, view, route="extra/<uuid:id>/"):
        from chengxin.urls import urlpatterns

        module = ModuleType("extra_urls")
        module.urlpatterns = [*urlpatterns, path(route, view, name=name)]
        for handler in ("handler403", "handler404", "handler500"):
            setattr(module, handler, getattr(sys.modules["chengxin.urls"], handler))
        settings.ROOT_URLCONF = module
        return [each for each in matrix.collect(module) if each.name == name]

    return serve


def test_every_route_declares_who_may_use_it():
    assert matrix.undeclared(matrix.collect()) == []


def test_every_route_with_an_id_has_a_sample():
    lacking = matrix.without_samples(matrix.collect())
    assert lacking - samples.WITHOUT == set(), "add a sample in tests/gates/samples.py"
    assert samples.WITHOUT - lacking == set(), "these have one now: take them off the list"


def test_every_answer_keeps_to_the_declaration(city, capsys):
    result = matrix.check(city, matrix.collect())
    with capsys.disabled():
        print(f"\naccess matrix: {result.cells} cells, {len(result.wrong)} wrong")
    assert not result.wrong, "\n" + "\n".join(result.wrong)


def test_the_twin_an_undeclared_route_is_red_and_refused(table, db):
    found = table("forgotten", lambda request: HttpResponse("open"), "forgotten/")
    assert len(matrix.undeclared(found)) == 2
    assert Client().get("/forgotten/").status_code == 403


def test_the_twin_without_the_middleware_serves_it(table, db, settings):
    table("forgotten", lambda request: HttpResponse("open"), "forgotten/")
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("AccessMiddleware")]
    assert Client().get("/forgotten/").status_code == 200


def _people_sample(city):
    return matrix.Sample({"id": city.person("merchant", 0).pk}, {"id": city.person("merchant", 1).pk})


def test_the_twin_a_page_that_goes_past_the_door_is_red(table, city, monkeypatch):
    @access.open_to("merchant")
    def leaky(request, id):
        if not User.objects.filter(pk=id).exists():
            raise NotFound
        return HttpResponse("somebody")

    monkeypatch.setitem(matrix.SAMPLES, "leaky", _people_sample)
    wrong = matrix.check(city, table("leaky", leaky)).wrong
    assert wrong
    assert all("another's id" in each for each in wrong)


def test_the_twin_a_stranger_told_apart_from_nothing_is_red(table, city, monkeypatch):
    @access.open_to("merchant")
    def telling(request, id):
        if not User.objects.filter(pk=id).exists():
            return HttpResponse("nothing", status=404)
        if id != city.person("merchant").pk:
            return HttpResponse("not yours", status=404)
        return HttpResponse("mine")

    monkeypatch.setitem(matrix.SAMPLES, "telling", _people_sample)
    assert matrix.check(city, table("telling", telling)).wrong


def test_a_page_that_uses_the_door_is_green(table, city, monkeypatch):
    @access.open_to("merchant")
    def careful(request, id):
        return HttpResponse(access.get(access.actor_of(request), User, pk=id).username)

    monkeypatch.setitem(matrix.SAMPLES, "careful", _people_sample)
    result = matrix.check(city, table("careful", careful))
    assert result.wrong == []
    assert result.cells > 60


def test_a_missing_id_has_the_shape_of_a_real_one():
    assert matrix.missing({"id": uuid.uuid4()}) == {"id": uuid.UUID(int=0)}
    assert matrix.missing({"number": "CL230499-7"}) == {"number": "zz000000-0"}
