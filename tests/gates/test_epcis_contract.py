"""Gate 10 for the interface of EPCIS: it keeps its own OpenAPI document under generated requests; what goes well is in the room's tests."""

from __future__ import annotations

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

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
EXAMPLES = 6


@pytest.fixture
def operations(settings: Any, tmp_path: Any) -> dict[str, Any]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_DIR = tmp_path
    answer = Client().get("/api/epcis/v2/openapi.json")
    assert answer.status_code == 200
    return contract.operations(contract.schema_of(answer.json()))


@pytest.fixture
def callers(operations: dict[str, Any]) -> list[contract.Caller]:
    city = City()
    made = clients.create_client("mall-a", "gate", ["trace:read", "trace:write"], by=INSTALLER)
    city.clients["platform_client", 0] = made
    actor = of_client(made.client, frozenset())
    actions.capture([seen()], actor)
    NamedQuery.objects.create(owner=actions.owner_of(actor), name="known", query={"EQ_action": ["OBSERVE"]})
    return [contract.anonymous(), contract.machine(bearer(city, "trace:read")), contract.machine(bearer(city, "trace:write"))]


KNOWN = {"epc": FUNGUS, "event_id": seen()["eventID"], "of": "bizSteps", "value": "shipping", "event_type": "ObjectEvent", "name": "known"}


def test_every_answer_is_as_documented(operations: dict[str, Any], callers: list[contract.Caller]) -> None:
    result = contract.Result()
    for operation in operations.values():
        if operation.path.endswith("/subscriptions"):
            continue  # always 501, as the standard asks of who does not push; to the gate any 5xx is a fault. The room's tests ask it.
        known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path}
        for caller in callers:
            contract.probe(operation, caller, EXAMPLES, known, result)
    assert not result.wrong, "\n\n".join(result.wrong)
    assert {200, 201, 202, 400, 401, 403, 404} <= set(result.answers)
