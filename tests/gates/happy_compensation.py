"""What the contract gate asks of compensation: requests that go well, and what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chengxin.compensation.actions import claims, funds
from chengxin.compensation.models import AdvanceClaim, Fund
from chengxin.compensation.tests.people import rule
from chengxin.kernel import clock
from chengxin.supervision.tests import town
from tests.gates.contract import Request

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

ANYBODY, CLIENT = "anonymous", "client"


def funded(world: World) -> Fund:
    """The fund of the machine's platform."""
    known = Fund.objects.filter(platform=world.platform).first()
    if known is not None:
        return known
    head = town.person("head-of-compensation", "head", department="COM")
    made = funds.open_fund(head, "beiling", "示例先行赔付金", "COM", world.platform)
    funds.publish_rule(head, made, rule(), clock.today(), "首次公布")
    return made


def claimed(world: World) -> AdvanceClaim:
    fund = funded(world)
    given = {"name": "王示例", "phone": "10012345678", "text": "付款后未发货。", "order_no": f"H{AdvanceClaim.objects.count()}"}
    order = {
        "platform": fund.platform,
        "ordered_on": clock.today(),
        "basis": "FAKE",
        "amount_fen": 100,
        "payment_no": "",
        "complaint_no": "",
    }
    return claims.file({**given, **order})[0]


def _contribution(world: World) -> Request:
    funded(world)
    assert world.shop.subject is not None
    uscc = world.shop.subject.uscc
    return Request(CLIENT, body={"uscc": uscc, "amount_fen": 100, "on": clock.today().isoformat(), "bank_ref": "B1"})


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/compensation-funds": lambda w: Request(ANYBODY),
    "GET /api/v1/compensation-claims": lambda w: Request(CLIENT),
    "GET /api/v1/compensation-claims/{number}": lambda w: Request(CLIENT, {"number": claimed(w).number}),
    "POST /api/v1/compensation-contributions": _contribution,
}
