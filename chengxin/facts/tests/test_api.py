from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.facts import api, describe, receipts
from chengxin.facts.kinds import kinds
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.subjects.models import Platform


def bearer(platform: str, *scopes: str) -> dict[str, str]:
    credentials = clients.create_client(platform, "nightly", scopes, by=INSTALLER)
    basic = base64.b64encode(f"{credentials.client_id}:{credentials.client_secret}".encode()).decode()
    answer = Client().post(
        "/oauth/token/", {"grant_type": "client_credentials", "scope": " ".join(scopes)}, HTTP_AUTHORIZATION=f"Basic {basic}"
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def ours(platform: Platform) -> dict[str, str]:
    return bearer("shanhuo", "facts:write", "receipts:read")


def post(data: bytes, who: dict[str, str], kind: str = "order", mime: str = "application/x-ndjson", **more: Any) -> Any:
    return Client().post(f"/api/v1/facts/{kind}", data, content_type=mime, **who, **more)


def told(answer: Any) -> dict[str, Any]:
    """What the receipt in an answer says."""
    return receipts.read(answer.content.decode())


def test_a_batch_gets_its_receipt_and_the_same_again_byte_for_byte(ours: dict[str, str]) -> None:
    first = post(sheets.ndjson(sheets.orders(5)), ours)
    assert first.status_code == 201 and told(first)["accepted"] == 5
    again = post(sheets.parquet(sheets.orders(5)), ours, mime="application/vnd.apache.parquet")
    fetched = Client().get(f"/api/v1/facts/receipts/{told(first)['id']}", **ours)
    assert first.content == again.content == fetched.content


def test_json_rows_in_the_body_are_accepted(ours: dict[str, str]) -> None:
    assert told(post(sheets.as_json(sheets.orders(3)), ours, mime="application/json; charset=utf-8"))["accepted"] == 3


def test_errors_come_as_json_csv_and_xlsx(ours: dict[str, str]) -> None:
    receipt = told(post(sheets.ndjson([sheets.order(1, qty=0), sheets.order(2, category="=1+1")]), ours))
    address = f"/api/v1/facts/receipts/{receipt['id']}/errors"
    lines = Client().get(address, **ours).json()
    assert [(line["row"], line["code"]) for line in lines] == [(1, "too_small"), (2, "formula")] and lines[0]["remedy"]
    assert b"'=1+1" in Client().get(f"{address}?format=csv", **ours).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(Client().get(f"{address}?format=xlsx", **ours).content))
    assert len(book.get_sheet_by_index(0).to_python()) == 3
    assert Client().get(f"{address}?format=exe", **ours).status_code == 422


def test_a_strangers_receipt_and_a_missing_one_look_the_same(ours: dict[str, str]) -> None:
    id = told(post(sheets.ndjson(sheets.orders(1)), ours))["id"]
    Platform.objects.create(code="other", name="other")
    theirs = bearer("other", "receipts:read")
    missing = id[:-12] + "0" * 12
    for end in ("", "/errors"):
        answers = [Client().get(f"/api/v1/facts/receipts/{one}{end}", **theirs) for one in (id, missing, "nonsense")]
        assert [answer.status_code for answer in answers] == [404] * 3 and len({answer.content for answer in answers}) == 1


def test_who_may_not_report_is_told_so(ours: dict[str, str]) -> None:
    body = sheets.ndjson(sheets.orders(1))
    assert post(body, {}).status_code == 401
    Platform.objects.create(code="other", name="other")
    assert post(body, bearer("other", "receipts:read")).status_code == 403
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("data", "kind", "mime", "status", "code"),
    [
        (b"{}", "orders", "application/x-ndjson", 404, "unknown_kind"),
        (b"{}", "order", "application/pdf", 415, "unknown_format"),
        (b"\n", "order", "application/x-ndjson", 422, "report_empty"),
        (b"{", "order", "application/json", 422, "report_damaged"),
        (b"a,b\n1,2\n", "order", "text/csv", 422, "missing_columns"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(ours: dict[str, str], data: bytes, kind: str, mime: str, status: int, code: str) -> None:
    answer = post(data, ours, kind, mime)
    assert (answer.status_code, answer.json()["code"]) == (status, code) and answer.json()["next"]
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_over_the_limit_is_refused_before_it_is_read(ours: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_BYTES", 10)
    answer = post(sheets.ndjson(sheets.orders(2)), ours)
    assert (answer.status_code, answer.json()["code"]) == (413, "report_too_large")
    assert post(b"x", ours, HTTP_CONTENT_ENCODING="gzip").status_code == 422


def test_the_schema_is_public_and_says_what_the_yaml_says(db: None) -> None:
    everything = Client().get("/api/v1/facts/schema").json()
    assert set(everything) == set(kinds())
    one = Client().get("/api/v1/facts/schema/order").json()
    assert one == everything["order"] == json.loads(json.dumps(describe.json_schema(kinds()["order"])))
    assert "buyer" in one["required"] and one["properties"]["buyer"]["x-personal"]["kept_as"] == "keyed pseudonym"
    assert Client().get("/api/v1/facts/schema/nothing").status_code == 404


def test_the_open_api_document_has_every_kind_in_its_body(db: None) -> None:
    body = Client().get("/api/v1/openapi.json").json()["paths"]["/api/v1/facts/{kind}"]["post"]["requestBody"]["content"]
    assert len(body["application/json"]["schema"]["items"]["anyOf"]) == len(kinds())
    assert set(body) == set(api.CONTENT_TYPES)
