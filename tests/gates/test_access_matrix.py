"""Gate 7: no route without a declaration, and every answer keeps to it; another tenant's object looks like a missing one."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from chengxin.accounts import access
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from tests.gates import (  # noqa: F401 - the rooms' files register their samples and lists
    bodies,
    cells,
    listings,
    listings_commitments,
    listings_coordination,
    listings_exchange,
    listings_supervision,
    matrix,
    samples,
    samples_campaigns,
    samples_cases,
    samples_commitments,
    samples_compensation,
    samples_complaint_exchange,
    samples_consumers,
    samples_coordination,
    samples_delivery,
    samples_evaluation,
    samples_exchange,
    samples_insiders,
    samples_inspection,
    samples_lists,
    samples_marks,
    samples_notices,
    samples_papers,
    samples_payments,
    samples_persons,
    samples_platforms,
    samples_products,
    samples_publicity,
    samples_records,
    samples_rules,
    samples_subjects,
    samples_tour,
    samples_traceability,
    samples_work,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
]  # what a route answers is the rooms' matter, and their own tests run on both databases
COUNTED: list[cells.Result] = []


@pytest.fixture
def by_day(request: pytest.FixtureRequest) -> bool:
    """Then a sample of the roles asks; by night all of them."""
    return not request.config.getoption("--nightly")


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker) -> Iterator[matrix.City]:
    """One city for the whole file, undone at its end. The clock stands still, so that two answers differ by nothing but what was asked.

    All of it is made here, for what a test makes goes with the test."""
    with django_db_blocker.unblock(), override_settings(SECOND_FACTOR=False), clock.set_to(clock.now()), transaction.atomic():
        city = matrix.build_city()
        city.fill([*matrix.SAMPLES.values(), *listings.LISTINGS.values(), *bodies.ASKED])
        yield city
        transaction.set_rollback(True)


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


def told(result: cells.Result) -> None:
    COUNTED.append(result)
    assert not result.wrong, "\n" + "\n".join(result.wrong)


def test_every_route_declares_who_may_use_it():
    assert matrix.undeclared(matrix.collect()) == []


def test_every_route_with_an_id_has_a_sample():
    lacking = matrix.without_samples(matrix.collect())
    assert lacking - samples.WITHOUT.keys() == set(), "add a sample in tests/gates/samples.py"
    assert samples.WITHOUT.keys() - lacking == set(), "these have one now: take them off the list"


def test_every_list_is_declared():
    assert listings.undeclared(matrix.collect()) == set(), "add it in tests/gates/listings.py"


def test_every_answer_keeps_to_the_declaration(city, by_day, request):
    told(cells.check(city, matrix.collect(), sampled=by_day, lists=listings.LISTINGS, turn=request.config.getoption("--turn")))


def test_every_list_and_export_shows_the_own_and_nothing_of_anothers(city, by_day):
    told(listings.check(city, matrix.collect(), sampled=by_day))


def test_anothers_id_in_a_body_or_query_is_as_a_missing_one(city):
    told(bodies.check(city, matrix.collect()))


def _people_sample(city):
    return matrix.Sample({"id": city.person("merchant", 0).pk}, {"id": city.person("merchant", 1).pk})


def test_the_twin_an_undeclared_route_is_red_and_refused(city, table):
    found = table("forgotten", lambda request: HttpResponse("open"), "forgotten/")
    assert len(matrix.undeclared(found)) == 2
    assert Client().get("/forgotten/").status_code == 403


def test_the_twin_without_the_middleware_serves_it(city, table, settings):
    table("forgotten", lambda request: HttpResponse("open"), "forgotten/")
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("AccessMiddleware")]
    assert Client().get("/forgotten/").status_code == 200


def test_the_twin_a_page_that_goes_past_the_door_is_red(city, table, monkeypatch):
    @access.open_to("merchant")
    def leaky(request, id):
        if not User.objects.filter(pk=id).exists():
            raise NotFound
        return HttpResponse("somebody")

    monkeypatch.setitem(matrix.SAMPLES, "leaky", _people_sample)
    wrong = cells.check(city, table("leaky", leaky)).wrong
    assert wrong
    assert all("another's id" in each for each in wrong)


def test_the_twin_a_stranger_told_apart_from_nothing_is_red(city, table, monkeypatch):
    @access.open_to("merchant")
    def telling(request, id):
        if not User.objects.filter(pk=id).exists():
            return HttpResponse("nothing", status=404)
        if id != city.person("merchant").pk:
            return HttpResponse("not yours", status=404)
        return HttpResponse("mine")

    monkeypatch.setitem(matrix.SAMPLES, "telling", _people_sample)
    assert cells.check(city, table("telling", telling)).wrong


def test_the_twin_an_own_page_that_names_anothers_object_is_red(city, table, monkeypatch):
    @access.open_to("merchant")
    def gossip(request, id):
        access.get(access.actor_of(request), User, pk=id)
        return HttpResponse(f"see also {city.person('merchant', 1).pk}")

    monkeypatch.setitem(matrix.SAMPLES, "gossip", _people_sample)
    wrong = cells.check(city, table("gossip", gossip)).wrong
    assert wrong
    assert all("names what is another's" in each for each in wrong)


def test_the_twin_a_list_of_everybodys_is_red(city, table, monkeypatch):
    @access.open_to("merchant")
    def crowd(request):
        return HttpResponse(" ".join(User.objects.values_list("username", flat=True)))

    monkeypatch.setitem(listings.LISTINGS, "crowd", lambda city: listings.Listing("merchant-a", "merchant-b"))
    wrong = listings.check(city, table("crowd", crowd, "crowd/")).wrong
    assert ["it shows what is another's" in each for each in wrong] == [True]


def test_the_twin_a_body_that_reaches_anothers_object_is_red(city, table, monkeypatch):
    @access.open_to("merchant")
    def takes(request):
        return HttpResponse("taken" if User.objects.filter(pk=request.POST["id"]).exists() else "there is none", status=200)

    asked = bodies.Asked("takes", "merchant", *({"id": city.person("merchant", side).pk} for side in (0, 1)))
    monkeypatch.setattr(bodies, "ASKED", [lambda city: [asked]])
    wrong = bodies.check(city, table("takes", takes, "takes/")).wrong
    assert ["another's" in each for each in wrong] == [True]


def test_a_page_that_uses_the_door_is_green(city, table, monkeypatch):
    @access.open_to("merchant")
    def careful(request, id):
        return HttpResponse(access.get(access.actor_of(request), User, pk=id).username)

    monkeypatch.setitem(matrix.SAMPLES, "careful", _people_sample)
    result = cells.check(city, table("careful", careful))
    assert result.wrong == []
    assert result.cells > 60


def test_a_missing_id_has_the_shape_of_a_real_one():
    assert matrix.missing({"id": uuid.uuid4()}) == {"id": uuid.UUID(int=0)}
    assert matrix.missing({"number": "CL230499-7"}) == {"number": "zz000000-0"}


SHARDS = 8  # so that several processes may share them (pytest -n)


@pytest.mark.nightly
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_method_and_body_in_every_way(city, shard):
    found = matrix.all_methods(matrix.collect())
    told(cells.check(city, found[shard::SHARDS], (cells.PART, bodies.filled(city))))


def test_the_number_of_cells_is_told_last(capsys):
    with capsys.disabled():
        print(f"\naccess matrix: {sum(each.cells for each in COUNTED)} cells, {sum(len(each.wrong) for each in COUNTED)} wrong")
