"""Gate 10 for the interface of EPCIS: it keeps its own OpenAPI document under generated requests; what goes well is in the room's tests."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from chengxin.accounts import clients
from chengxin.accounts.actor import of_client
from chengxin.accounts.beginning import INSTALLER
from chengxin.traceability import actions
from chengxin.traceability.models import NamedQuery
from chengxin.traceability.tests.people import FUNGUS, seen
from tests.gates import contract
from tests.gates.matrix import City, bearer
from tests.gates.subscription_rows import subscription

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
EXAMPLES = 6


@pytest.fixture
def operations(settings: Any, tmp_path: Any) -> dict[str, Any]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_DIR = tmp_path
    answer = Client().get("/api/epcis/v2/openapi.json")
    assert answer.status_code == 200
    return contract.operations(contract.schema_of(answer.json()))


@pytest.fixture(autouse=True)
def nobody_asked_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses of subscribers are generated too; no name server is asked about them."""

    def found(host: str, port: int, **more: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.216.34", port))]

    monkeypatch.setattr("chengxin.evidence.fetching.socket", SimpleNamespace(getaddrinfo=found, SOCK_STREAM=socket.SOCK_STREAM))


@pytest.fixture
def callers(operations: dict[str, Any]) -> list[contract.Caller]:
    city = City()
    made = clients.create_client("mall-a", "gate", ["trace:read", "trace:write"], by=INSTALLER)
    city.clients["platform_client", 0] = made
    actor = of_client(made.client, frozenset())
    actions.capture([seen()], actor)
    query = NamedQuery.objects.create(owner=actions.owner_of(actor), name="known", query={"EQ_action": ["OBSERVE"]})
    KNOWN["number"] = subscription(query, made.client).number
    return [contract.anonymous(), contract.machine(bearer(city, "trace:read")), contract.machine(bearer(city, "trace:write"))]


KNOWN = {"epc": FUNGUS, "event_id": seen()["eventID"], "of": "bizSteps", "value": "shipping", "event_type": "ObjectEvent", "name": "known"}


def test_every_answer_is_as_documented(operations: dict[str, Any], callers: list[contract.Caller]) -> None:
    result = contract.Result()
    for operation in operations.values():
        known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path}
        for caller in callers:
            contract.probe(operation, caller, EXAMPLES, known, result)
    assert not result.wrong, "\n\n".join(result.wrong)
    assert {200, 201, 202, 400, 401, 403, 404} <= set(result.answers)


SUBSCRIBE = {"dest": "https://a.example/events", "signatureToken": "a token of the gate"}


@pytest.mark.parametrize("when", [{"stream": True}, {"schedule": {"hour": "1", "minute": "5"}, "reportIfEmpty": True}])
def test_a_subscription_is_made_read_and_ended_as_documented(operations: dict[str, Any], callers: list[contract.Caller], when: Any) -> None:
    result, reader = contract.Result(), callers[1]
    path, one = "/api/epcis/v2/queries/{name}/subscriptions", {"name": "known", "number": KNOWN["number"]}
    contract.walk(operations[f"POST {path}"], contract.Request("client", {"name": "known"}, body={**SUBSCRIBE, **when}), reader, result)
    contract.walk(operations[f"GET {path}"], contract.Request("client", {"name": "known"}), reader, result)
    for method in ("GET", "DELETE"):
        contract.walk(operations[f"{method} {path}/{{number}}"], contract.Request("client", one), reader, result)
    assert not result.wrong, "\n\n".join(result.wrong)
    assert result.answers == {201: 1, 200: 2, 204: 1}
