"""The exchange of complaints in the gates: ids and lists for the access matrix, happy paths of the API, rows for the tampering gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from chengxin.accounts.actor import of_user
from chengxin.audit import rows
from chengxin.consumers import actions as consumers
from chengxin.consumers.exchange import actions, dialects, queries
from chengxin.consumers.exchange.models import BOUND, Arrival, BadRow, Batch, Conflict, PeerList, RowStep, Taken
from chengxin.consumers.models import Complaint
from chengxin.kernel import clock, ids
from chengxin.supervision.tests import town
from tests.gates.contract import Request
from tests.gates.listings import EXPORTS, WITHOUT, Listing, listing
from tests.gates.matrix import City, Sample, sample

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

PEERS = ("s12315", "p12305")  # of the two departments of the matrix
SAID = {"wants": ("投诉", "申诉"), "text": "商品破损，商家拒绝处理", "request": "退还货款"}
WITHOUT.update(
    {
        "api:exchange_columns": "the field map of the caller's own system, and no rows",
        "api:exchange_results": "of the caller's own system, by the code it is bound to; chengxin/consumers/exchange/tests",
    }
)


def peer_of(code: str) -> dialects.Peer:
    """The system that a machine of the gates is bound to: it speaks like the first one."""
    known = dialects.peers()
    assert isinstance(known, dict)
    return known.setdefault(code, replace(known[PEERS[0]], code=code))  # type: ignore[no-any-return]


def row(side: int, number: str, **changes: str) -> dict[str, str]:
    """A row by our field names."""
    who = {"name": "门示例", "phone": "10012345678", "respondent_name": f"门商家{'甲乙'[side]}", "forwarded_at": "2026-05-18 09:00"}
    what = {"category": ("家用电器", "快递")[side], "wants": SAID["wants"][side], "text": SAID["text"], "request": SAID["request"]}
    return {"number": number, **who, **what, **changes}


def batches_of(city: City) -> list[Batch]:
    """One of each department's system: a row taken in, one changed, one to mend."""
    peer_of(city.platforms[0])
    made = []
    for side, code in enumerate(PEERS):
        officer, peer = of_user(city.person("officer", side)), dialects.peers()[code]
        first = row(side, f"GATE-{code}-1")
        batch, __ = actions.take_call(officer, peer, [first, row(side, f"GATE-{code}-2", forwarded_at="昨天")])
        actions.take_call(officer, peer, [{**first, "request": "退一赔三"}])
        ours = Arrival.objects.get(peer=code, number=first["number"]).numbers
        consumers.refuse(of_user(city.person("officer", side)), ours, "R2", "法院已受理同一争议")
        made.append(batch)
    return made


def changes_of(city: City) -> list[Conflict]:
    city.once(batches_of)
    return [Conflict.objects.get(peer=code) for code in PEERS]


@sample("complaint_exchange:batch", "complaint_exchange:mend")
def batches(city: City) -> Sample:
    a, b = city.once(batches_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("complaint_exchange:row")
def refused_rows(city: City) -> Sample:
    a, b = (BadRow.objects.get(batch=one) for one in city.once(batches_of))
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("complaint_exchange:conflict")
def changes(city: City) -> Sample:
    a, b = city.once(changes_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("complaint_exchange:template", "complaint_exchange:results", "complaint_exchange:differences")
def systems(city: City) -> Sample:
    city.once(batches_of)
    return Sample({"peer": PEERS[0]}, {"peer": PEERS[1]})


@listing("complaint_exchange:home")
def home(city: City) -> Listing:
    a, b = city.once(batches_of)
    return Listing(str(a.pk), str(b.pk))


@listing("complaint_exchange:conflicts")
def changed(city: City) -> Listing:
    city.once(changes_of)
    return Listing("GATE-s12315-1", "GATE-p12305-1", queries=EXPORTS)


# ---- the contract


def _arrived(world: World) -> int:
    """A decided complaint of the machine's system: the place of the result in the log."""
    peer = peer_of(world.platform.code)
    made = actions.take_call(actions.HOUSE, peer, [row(0, f"HAPPY-{Arrival.objects.count()}")])[1][0]
    found = Complaint.objects.get(number=made.numbers[0])
    officer = town.person(f"exchange-{found.number}", "officer", department=found.department)
    consumers.refuse(officer, found.number, "R2", "法院已受理同一争议")
    last = queries.results(peer.code).last()
    assert last is not None
    return int(last.leaf)


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/complaint-exchange/columns": lambda w: Request(peer_of(w.platform.code) and "client"),
    "POST /api/v1/complaint-exchange/rows": lambda w: Request("client", body={"rows": [row(0, f"{peer_of(w.platform.code).code}-1")]}),
    "GET /api/v1/complaint-exchange/results": lambda w: Request("client", query={"after": _arrived(w) - 1}),
    "POST /api/v1/complaint-exchange/taken": lambda w: Request("client", body={"cursor": _arrived(w)}),
    "POST /api/v1/complaint-exchange/numbers": lambda w: Request(
        "client", body={"since": "2026-05-18", "until": "2026-05-18", "numbers": [f"{peer_of(w.platform.code).code}-1", "LOST"]}
    ),
}


# ---- rows written once


def put(model: type[Model]) -> None:
    """One row of a bound table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now, who = clock.now(), {"by": "user:1", "by_name": "王立", "at": clock.now()}
    counts = dict.fromkeys(("rows", "taken", "repeated", "conflicts", "refused"), 1)
    ours = {"numbers": "TS1", "batch_sha": "0" * 64, "row": 1, "marks": {}, "forwarded_on": now.date(), "at": now}
    return {
        Batch: {"peer": "s12315", "way": "sheet", "sha256": "0" * 64, "dialect_from": now.date(), **counts, **who},
        Arrival: {"peer": "s12315", "number": "GATE", "filing_id": ids.new_id(), **ours},
        RowStep: {"bad_row_id": ids.new_id(), "place": 0, "action": "dropped", "reason": "已由对方撤回", **who},
        PeerList: {"peer": "s12315", "since": now.date(), "until": now.date(), "numbers": ["GATE"], "way": "sheet", **who},
        Taken: {"peer": "s12315", "upto": 1, "way": "api", **who},
    }[model]
