"""What the contract gate asks of payments: requests that go well, and what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chengxin.kernel import clock
from chengxin.payments import actions as payments
from chengxin.payments.models import Claim, Mismatch, Reconciliation, RiskEvent
from chengxin.payments.tests.people import lost, risk
from chengxin.subjects.models import PaymentOrg
from chengxin.supervision.tests import town
from tests.gates.contract import Request

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

CLIENT = "client"

HAPPY: dict[str, Callable[[World], Request]] = {
    "POST /api/v1/payment-channels": lambda w: Request(CLIENT, body=_channel("C2")),
    "GET /api/v1/payment-channels": lambda w: Request(CLIENT),
    "GET /api/v1/payment-mismatches": lambda w: Request(CLIENT, query={"state": "NEW"}),
    "POST /api/v1/payment-mismatches/{number}/explanation": lambda w: Request(
        CLIENT, {"number": mismatched(w).number}, body={"explanation": "舍入差异，已更正"}
    ),
    "POST /api/v1/payment-risk-events": lambda w: Request(
        CLIENT, body={"type": "CASH_OUT", "summary": "退款账户高度集中", "source_ref": f"G{risked(w).number}"}
    ),
    "GET /api/v1/payment-risk-events": lambda w: Request(CLIENT),
    "POST /api/v1/payment-risk-events/{number}/action": lambda w: Request(
        CLIENT, {"number": risked(w).number}, body={"measure": "LIMIT", "note": "单日退款限额一千元"}
    ),
    "GET /api/v1/payment-claims": lambda w: Request(CLIENT),
    "POST /api/v1/payment-claims/{number}/stop": lambda w: Request(CLIENT, {"number": claimed(w).number}),
}


def _channel(number: str) -> dict[str, Any]:
    return {"channel_no": number, "institution": "beiling", "contract_no": "HT-1", "mode": "SPLIT", "since": "2026-01-01"}


def institution(world: World) -> PaymentOrg:
    """The institution that the machine is bound to."""
    return PaymentOrg.objects.get_or_create(code=world.platform.code, defaults={"name": "示例付"})[0]


def mismatched(world: World) -> Mismatch:
    """A mismatch of beiling's that waits."""
    now = clock.now()
    run = Reconciliation.objects.create(since=now, until=now, as_of=now, root="0" * 64, by="system:gate", at=now)
    given = {
        "kind": "amount",
        "happened_at": now,
        "placed_at": now,
        "expected_fen": 1000,
        "found_fen": 999,
        "run": run,
        "platform": world.platform,
    }
    place = Mismatch.objects.count()
    return Mismatch.objects.create(number=f"DZGATE{place}", key=f"T{place}", **given)


def risked(world: World) -> RiskEvent:
    """A risk event that was shared with the machine's institution."""
    reference = f"H{RiskEvent.objects.count()}"
    officer = town.person(f"officer-of-payments-{reference}", "officer", department="SAMR")
    made = payments.signal(officer, institution(world), {**risk(source_ref=reference), "department": "SAMR"})
    payments.triage(officer, made.number, "研判属实")
    return payments.share(officer, made.number)


def claimed(world: World) -> Claim:
    return payments.claim(institution(world), lost(payment_no=f"P{Claim.objects.count()}"))[0]
