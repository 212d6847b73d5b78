"""One request for each API operation that succeeds, and the small world it is made in. An operation that is missing here is red."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.test import Client

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.models import PlatformClient
from chengxin.accounts.scopes import SCOPES
from chengxin.cases.models import Case
from chengxin.commitments.models import Commitment
from chengxin.detection.local import package, sending
from chengxin.detection.local.tests import sent
from chengxin.documents.models import Document
from chengxin.evaluation.tests import people as scores
from chengxin.facts import intake
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.inspection.models import Task as Visit
from chengxin.kernel import clock
from chengxin.lists.models import ListEntry, RemovalNotice, Subscription
from chengxin.marks.models import Mark
from chengxin.platforms.models import Measure
from chengxin.records.models import CreditReport
from chengxin.rules.models import Held
from chengxin.subjects import actions as subjects
from chengxin.subjects.models import ImportRun, Platform, Shop
from chengxin.subjects.tests import samples
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue, PlatformRequest
from chengxin.supervision.tests import town
from tests.gates import (
    happy_compensation,
    happy_exchange,
    happy_payments,
    happy_witness,
    samples_campaigns,
    samples_complaint_exchange,
    samples_consumers,
    samples_delivery,
    samples_products,
)
from tests.gates import happy_matters as ready
from tests.gates.contract import Caller, Request, anonymous, machine, person

CLIENT, OFFICER, ANYBODY = "client", "officer", "anonymous"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class World:
    """A platform with a shop, a report, an import and an identity report; a clue on an officer's desk; who asks."""

    platform: Platform
    shop: Shop
    receipt: Receipt
    imported: ImportRun
    clue: Clue
    decision: Held
    report: CreditReport
    asked: PlatformRequest
    measure: Measure
    paper: Document
    case: Case
    entry: ListEntry
    visit: Visit
    mark: Mark
    commitment: Commitment
    callers: dict[str, Caller] = field(default_factory=dict)

    def known(self, name: str) -> dict[str, Any]:
        """The parameters of an operation's path with which it names something that exists."""
        return HAPPY[name](self).path if name in HAPPY else {}


def build() -> World:
    """All of it through the doors that platforms and detectors use."""
    platform = samples.platform("beiling")
    shop = samples.shop(platform, samples.row(1, **samples.verified()))
    imported = subjects.import_rows(platform, [samples.row(2), samples.row(3, uscc="1")], samples.staff("beiling"))
    rows = [*sheets.orders(3), sheets.order(9, paid="a lot")]
    receipt = intake.accept_batch(platform, "order", sheets.ndjson(rows), "ndjson", "system:test")
    subjects.receive_report(platform, 2026, 7, [{"shop_id": shop.shop_id, **ready.identity(shop.shop_id)}], samples.staff("beiling"))
    _, finding = town.ring_town(shops=2, accounts=4)
    clue = supervision.open_from_findings(*town.run_with([finding]))[0]
    world = World(
        platform,
        shop,
        receipt,
        imported,
        clue,
        ready.decided(),
        ready.reported(shop),
        ready.asked_about(platform, shop),
        ready.measured(platform, shop),
        ready.papered(),
        ready.filed(shop),
        ready.listed(shop),
        ready.inspected(shop),
        ready.marked(shop),
        ready.committed(shop),
    )
    scores.publish_by(*(town.person(f"{role}-of-scores", role, department="SAMR") for role in ("officer", "reviewer")))
    scores.snapshot_of(shop, [5, 4, 1])
    world.callers = {ANYBODY: anonymous(), CLIENT: machine(token_of("beiling")), OFFICER: _officer()}
    return world


def own_package(world: World) -> Request:
    """A package that the platform's machine signs (RFC 9421)."""
    body, key = sent.body([], platform=world.platform.code), Ed25519PrivateKey.generate()
    machine = PlatformClient.objects.get(platform_code=world.platform.code, name="gate")
    given = {"public_key": key.public_key().public_bytes_raw().hex(), "valid_from": clock.now()}
    machine.keys.update_or_create(key_id="gate", defaults=given)
    url = f"{settings.PUBLIC_ORIGIN}/api/v1/local/packages"
    return Request(CLIENT, body=body, headers=sending.signature("POST", url, body, key, "gate", datetime.now(UTC)))


def removal(world: World) -> Request:
    """The receipt of a removal, signed."""
    machine = PlatformClient.objects.get(platform_code=world.platform.code, name="gate")
    subscription, _ = Subscription.objects.get_or_create(client=machine, defaults={"kind": "platform", "since": clock.now()})
    given = {"sent_at": clock.now(), "due_on": clock.today()}
    notice, _ = RemovalNotice.objects.get_or_create(entry=world.entry, round=1, subscription=subscription, defaults=given)
    return _signed(world, f"/api/v1/lists/removals/{notice.pk}", {"id": str(notice.pk)}, b"{}")


def lifted(world: World) -> Request:
    task = world.entry.tasks.get(round=2)
    return _signed(world, f"/api/v1/lists/tasks/{task.pk}/lifted", {"id": str(task.pk)}, b'{"said": "lifted"}')


def _signed(world: World, path: str, ids: dict[str, str], body: bytes) -> Request:
    machine, key = PlatformClient.objects.get(platform_code=world.platform.code, name="gate"), Ed25519PrivateKey.generate()
    given = {"public_key": key.public_key().public_bytes_raw().hex(), "valid_from": clock.now()}
    machine.keys.update_or_create(key_id="lists", defaults=given)
    headers = sending.signature("POST", f"{settings.PUBLIC_ORIGIN}{path}", body, key, "lists", datetime.now(UTC))
    return Request(CLIENT, ids, body=body, media_type="application/json", headers=headers)


def token_of(platform: str, name: str = "gate") -> str:
    """A bearer token with all scopes, got as a platform gets it (RFC 6749, 4.4)."""
    made = clients.create_client(platform, name, list(SCOPES), by=INSTALLER)
    basic = base64.b64encode(f"{made.client_id}:{made.client_secret}".encode()).decode()
    answer = Client().post("/oauth/token/", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def _officer() -> Caller:
    browser = Client()
    browser.force_login(town.person("officer", "officer", department="SAMR").user, backend="django.contrib.auth.backends.ModelBackend")
    signed_in, token = person(OFFICER, browser), "c" * 32  # an unsafe method repeats the CSRF cookie in its header
    cookies = {**signed_in.cookies, settings.CSRF_COOKIE_NAME: token}
    return replace(signed_in, headers={"X-Purpose": "gate", "X-CSRFToken": token}, cookies=cookies)


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/evaluation/rule": lambda w: Request(ANYBODY),
    "GET /api/v1/evaluation/shops/{pk}": lambda w: Request(ANYBODY, {"pk": str(w.shop.pk)}),
    "GET /api/v1/evaluation/shops/{pk}/receipt": lambda w: Request(ANYBODY, {"pk": str(w.shop.pk)}),
    "GET /api/v1/evaluation/shops/{pk}/reviews": lambda w: Request(ANYBODY, {"pk": str(w.shop.pk)}),
    "GET /api/v1/evaluation/shops/{pk}/chain": lambda w: Request(ANYBODY, {"pk": str(w.shop.pk)}),
    "GET /api/v1/public/subjects": lambda w: Request(ANYBODY, query={"q": "北山粮油店"}),
    "GET /api/v1/public/subjects/{id}": lambda w: Request(ANYBODY, {"id": str(w.shop.subject_id)}),
    "GET /api/v1/records/subjects/{id}": lambda w: Request(OFFICER, {"id": str(w.shop.subject_id)}),
    "GET /api/v1/records/reports/{code}": lambda w: Request(ANYBODY, {"code": w.report.code}),
    "GET /api/v1/measures": lambda w: Request(ANYBODY, query={"platform": w.platform.code}),
    "GET /api/v1/measures/days": lambda w: Request(ANYBODY),
    "GET /api/v1/measures/{number}": lambda w: Request(ANYBODY, {"number": w.measure.number}),
    "POST /api/v1/measures": lambda w: Request(CLIENT, body=ready.statement(w.shop, "G2")),
    "POST /api/v1/measures/batch": lambda w: Request(
        CLIENT, body={"measures": [ready.statement(w.shop, "G3"), {**ready.statement(w.shop, "G4"), "reason": ""}]}
    ),
    "POST /api/v1/measures/{number}/steps": lambda w: Request(CLIENT, {"number": w.measure.number}, body={"action": "publish"}),
    "POST /api/v1/clue-reports": lambda w: Request(CLIENT, body=ready.conduct(w.shop, "G2")),
    "GET /api/v1/clue-reports/{number}": lambda w: Request(CLIENT, {"number": w.measure.clue_report.number}),
    "GET /api/v1/duties": lambda w: Request(CLIENT),
    "GET /api/v1/public/lists": lambda w: Request(ANYBODY),
    "GET /api/v1/lists/changes": lambda w: Request(CLIENT, query={"since": 0}),
    "GET /api/v1/lists/tasks": lambda w: Request(CLIENT),
    "POST /api/v1/lists/tasks/{id}/feedback": lambda w: Request(
        CLIENT, {"id": str(w.entry.tasks.get(round=1).pk)}, body={"applies": True, "said": "店铺已关闭"}
    ),
    "POST /api/v1/lists/tasks/{id}/lifted": lifted,
    "POST /api/v1/lists/removals/{id}": removal,
    "POST /api/v1/lists/screen": lambda w: Request(CLIENT, body={"purpose": "ACCESS", "parties": [{"name": "示例公司"}]}),
    "GET /api/v1/documents/verify/{code}": lambda w: Request(ANYBODY, {"code": w.paper.code}),
    "GET /api/v1/documents/of/{matter}": lambda w: Request(OFFICER, {"matter": w.paper.matter}),
    "GET /api/v1/evidence/of/{matter}": lambda w: Request(OFFICER, {"matter": w.paper.matter}),
    "POST /api/v1/local/packages": own_package,
    "GET /api/v1/local/requests": lambda w: Request(CLIENT),
    "POST /api/v1/local/requests/{id}/rows": lambda w: Request(
        CLIENT,
        {"id": str(w.asked.pk)},
        body={"root": package.rows_root(sent.DIGESTS), "rows": [{"row": row, "salt": sent.SALT.hex()} for row in sent.ROWS]},
    ),
    "GET /api/v1/inspections/plans": lambda w: Request(OFFICER),
    "GET /api/v1/inspections/plans/{number}": lambda w: Request(OFFICER, {"number": w.visit.plan.number}),
    "GET /api/v1/inspections/visits": lambda w: Request(OFFICER),
    "GET /api/v1/inspections/visits/{number}": lambda w: Request(OFFICER, {"number": w.visit.number}),
    "GET /api/v1/inspections/results": lambda w: Request(ANYBODY),
    "GET /api/v1/cases": lambda w: Request(OFFICER),
    "GET /api/v1/cases/{number}": lambda w: Request(OFFICER, {"number": w.case.number}),
    "POST /api/v1/cases": lambda w: Request(
        OFFICER,
        body={"subject": str(w.shop.subject_id), "department": "SAMR", "source": "2", "title": "举报虚假发货", "ref": "OA-17"},
    ),
    "GET /api/v1/commitments": lambda w: Request(ANYBODY, query={"q": w.commitment.number}),
    "GET /api/v1/commitments/letters": lambda w: Request(ANYBODY),
    "GET /api/v1/commitments/coverage": lambda w: Request(OFFICER),
    "GET /api/v1/commitments/{number}": lambda w: Request(ANYBODY, {"number": w.commitment.number}),
    "GET /api/v1/commitments/{number}/kept": lambda w: Request(OFFICER, {"number": w.commitment.number}),
    "GET /api/v1/clues": lambda w: Request(OFFICER, query={"state": "any"}),
    "GET /api/v1/clues/{number}": lambda w: Request(OFFICER, {"number": w.clue.number}),
    "POST /api/v1/facts/{kind}": lambda w: Request(CLIENT, {"kind": "order"}, body=sheets.orders(2, first=50)),
    "GET /api/v1/facts/receipts/{id}": lambda w: Request(CLIENT, {"id": str(w.receipt.pk)}),
    "GET /api/v1/facts/receipts/{id}/errors": lambda w: Request(CLIENT, {"id": str(w.receipt.pk)}),
    "GET /api/v1/facts/schema": lambda w: Request(ANYBODY),
    "GET /api/v1/facts/schema/{kind}": lambda w: Request(ANYBODY, {"kind": "price"}),
    "POST /api/v1/decisions": lambda w: Request(CLIENT, body={"kind": "order", "event": ready.event(1)}),
    "POST /api/v1/decisions/batch": lambda w: Request(CLIENT, body={"kind": "order", "events": [ready.event(2), ready.event(3)]}),
    "GET /api/v1/decisions/{number}": lambda w: Request(CLIENT, {"number": w.decision.number}),
    "POST /api/v1/decisions/{number}/review": lambda w: Request(
        CLIENT, {"number": w.decision.number}, body={"reason": "学生宿舍共用一台电脑"}
    ),
    "POST /api/v1/subjects/match": lambda w: Request(CLIENT, body={"names": ["北山粮油店"], "limit": 3}),
    "POST /api/v1/shops": lambda w: Request(CLIENT, body=samples.row(7)),
    "GET /api/v1/shops": lambda w: Request(CLIENT, query={"q": "北山"}),
    "POST /api/v1/shops/batch": lambda w: Request(CLIENT, body={"shops": [samples.row(7), samples.row(8, uscc="1")]}),
    "POST /api/v1/shops/import": lambda w: Request(CLIENT, body={"file": sheet_of_shops()}, media_type="multipart/form-data"),
    "GET /api/v1/shops/imports/{id}": lambda w: Request(CLIENT, {"id": str(w.imported.pk)}),
    "GET /api/v1/shops/imports/{id}/errors.xlsx": lambda w: Request(CLIENT, {"id": str(w.imported.pk)}),
    "GET /api/v1/shops/{shop_id}/verification": lambda w: Request(CLIENT, {"shop_id": w.shop.shop_id}),
    "POST /api/v1/shops/{shop_id}/exit": lambda w: Request(CLIENT, {"shop_id": w.shop.shop_id}, body={"closed_on": "2026-11-20"}),
    "POST /api/v1/identity-reports": lambda w: Request(
        CLIENT, body={"year": 2026, "month": 1, "rows": [{"shop_id": w.shop.shop_id, **ready.identity(w.shop.shop_id)}]}
    ),
    "GET /api/v1/identity-reports/{period}": lambda w: Request(CLIENT, {"period": "2026-07"}),
    "POST /api/v1/marks/check": lambda w: Request(ANYBODY, body={"mark": w.mark.credential, "host": "beishan.example"}),
    "GET /api/v1/marks/lookup": lambda w: Request(ANYBODY, query={"q": "https://beishan.example/"}),
    "GET /api/v1/marks/imitations": lambda w: Request(ANYBODY),
    "GET /api/v1/marks/{serial}": lambda w: Request(ANYBODY, {"serial": w.mark.serial}),
    "GET /api/v1/log/head": lambda w: Request(ANYBODY),
    "GET /api/v1/log/heads": lambda w: Request(ANYBODY, query={"limit": 5}),
    "GET /api/v1/log/leaves/{index}": lambda w: Request(ANYBODY, {"index": 1}),
    "GET /api/v1/log/leaves/{index}/proof": lambda w: Request(ANYBODY, {"index": 1}),
    "GET /api/v1/log/consistency": lambda w: Request(ANYBODY, query={"old": 1, "new": 2}),
    **samples_delivery.HAPPY,
    **happy_payments.HAPPY,
    **happy_exchange.HAPPY,
    **happy_witness.HAPPY,
    **samples_consumers.HAPPY,
    **samples_complaint_exchange.HAPPY,
    **happy_compensation.HAPPY,
    **samples_products.HAPPY,
    **samples_campaigns.HAPPY,
}


# Other formats of the same operations.
FURTHER: list[tuple[str, Callable[[World], Request]]] = [
    ("GET /api/v1/facts/receipts/{id}/errors", lambda w: Request(CLIENT, {"id": str(w.receipt.pk)}, {"format": "csv"})),
    ("GET /api/v1/facts/receipts/{id}/errors", lambda w: Request(CLIENT, {"id": str(w.receipt.pk)}, {"format": "xlsx"})),
    (
        "POST /api/v1/facts/{kind}",
        lambda w: Request(CLIENT, {"kind": "order"}, body=sheets.ndjson(sheets.orders(2, first=60)), media_type="application/x-ndjson"),
    ),
    (
        "POST /api/v1/facts/{kind}",
        lambda w: Request(CLIENT, {"kind": "order"}, body=sheets.xlsx(sheets.orders(2, first=70)), media_type=XLSX),
    ),
]


def sheet_of_shops() -> bytes:
    """A sheet of two shops, one of them wrong."""
    rows = [samples.row(11), samples.row(12, uscc="1")]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(columns), *(",".join(str(row.get(name, "")) for name in columns) for row in rows)]
    return "\n".join(lines).encode()
