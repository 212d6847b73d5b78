"""Gate 10: the API keeps its OpenAPI document: no failure, no undocumented status, type or shape; every operation is reached with a 2xx.

A few generated requests for each operation and kind of caller; `--nightly` sends 50,000. The twins plant operations that break their word.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from ninja import NinjaAPI

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.supervision.tests import town
from tests.gates import contract, happy_paths
from tests.gates.happy_paths import FURTHER, HAPPY, World

pytestmark = pytest.mark.one_database  # what a route answers is the rooms' matter, and their own tests run on both databases
EXAMPLES = 4
NIGHTLY, ROUND = 50_000, 2_500


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.set_to(town.NOW):
        yield happy_paths.build()


@pytest.fixture
def operations(db: None) -> dict[str, Any]:
    return contract.operations(contract.schema_of(contract.document()))


def test_every_operation_has_a_happy_path(operations: dict[str, Any]) -> None:
    assert set(operations) - set(HAPPY) == set(), "add a request to tests/gates/happy_paths.py"
    assert set(HAPPY) - set(operations) == set(), "these operations are gone: take them out of tests/gates/happy_paths.py"


def test_every_operation_is_reached_with_a_2xx(world: World, operations: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    result = contract.Result()
    for name, make in [*HAPPY.items(), *FURTHER]:
        request = make(world)
        contract.walk(operations[name], request, world.callers[request.caller], result)
    with capsys.disabled():
        print(f"\napi happy paths: {len(operations)} operations, {result}")
    assert not result.wrong, "\n\n".join(result.wrong)


def everybody(world: World, operations: dict[str, Any], examples: int, result: contract.Result, seed: int | None = None) -> contract.Result:
    """Generated requests to every operation as every kind of caller."""
    for name, operation in operations.items():
        for caller in world.callers.values():
            contract.probe(operation, caller, examples, world.known(name), result, seed)
    return result


def test_every_answer_is_as_documented(world: World, operations: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    result = everybody(world, operations, EXAMPLES, contract.Result())
    with capsys.disabled():
        print(f"\napi contract: {len(operations)} operations as {len(world.callers)} kinds of callers, {result}")
    assert not result.wrong, "\n\n".join(result.wrong)


@pytest.mark.nightly
def test_every_answer_is_as_documented_at_length(world: World, operations: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Round by round with fresh seeds, for the little that some operations can be asked is soon asked."""
    result, seed = contract.Result(), random.randrange(2**32)
    for turn in range(NIGHTLY // ROUND):
        if result.cases < NIGHTLY and not result.wrong:
            everybody(world, operations, EXAMPLES * 16, result, seed + turn)
    with capsys.disabled():
        print(f"\napi contract, nightly: {result} (seed {seed})")
    assert not result.wrong, "\n\n".join(result.wrong)
    assert result.cases >= NIGHTLY


# ---- the twins: an operation that breaks its word is red


@pytest.fixture
def planted(settings: Any) -> dict[str, str]:
    """What is found wrong with each operation of an API of which only one keeps its word."""
    api = NinjaAPI(urls_namespace="planted", docs_url=None)
    for name, answers in PLANTED.items():
        api.get(f"/{name}", auth=None, response=dict[str, int], operation_id=name)(access.open_to_all(answers))
    module = ModuleType("planted_urls")
    module.urlpatterns = [path("planted/", api.urls)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = module
    schema = contract.schema_of(api.get_openapi_schema(path_prefix="/planted/"))
    found = {}
    for operation in contract.operations(schema).values():
        result = contract.Result()
        contract.probe(operation, contract.anonymous(), EXAMPLES, {}, result)
        found[operation.path.rpartition("/")[2]] = "\n".join(result.wrong)
    return found


def honest(request: HttpRequest) -> dict[str, int]:
    return {"found": 1}


def broken(request: HttpRequest) -> dict[str, int]:
    raise ZeroDivisionError


def undocumented(request: HttpRequest) -> HttpResponse:
    return HttpResponse("{}", status=418, content_type="application/json")


def of_another_type(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>found</p>")


def of_another_shape(request: HttpRequest) -> HttpResponse:
    return HttpResponse('{"found": "one"}', content_type="application/json")


PLANTED = {one.__name__: one for one in (honest, broken, undocumented, of_another_type, of_another_shape)}


def test_the_twin_operations_that_break_their_word_are_red(db: None, planted: dict[str, str]) -> None:
    assert {name for name, wrong in planted.items() if wrong} == {"broken", "undocumented", "of_another_type", "of_another_shape"}
    assert "ZeroDivisionError" in planted["broken"] and "Server error" in planted["broken"]
    assert "Undocumented status code" in planted["undocumented"]
    assert "Undocumented Content-Type" in planted["of_another_type"]
    assert "Response violates schema" in planted["of_another_shape"]


def test_the_twin_a_new_operation_without_a_happy_path_is_red(operations: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HAPPY, "GET /api/v1/log/head")
    with pytest.raises(AssertionError, match="add a request"):
        test_every_operation_has_a_happy_path(operations)


def test_the_document_is_open_to_all_and_has_no_page_of_scripts(db: None) -> None:
    assert contract.document()["paths"]
    assert Client().get("/api/v1/docs").status_code == 404
