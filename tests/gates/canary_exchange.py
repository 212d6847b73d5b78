"""Where the canaries of the exchange are put in: a row to mend and a number that came again with other words."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.consumers.exchange import actions, dialects
from tests.gates import matrix, samples_exchange
from tests.gates.canary_fields import value

IDS = {"peer": ["s12315"]}


def a_batch(city: matrix.City) -> None:
    """Three calls of a system: one row refused, one taken, the same again with other words."""
    officer, peer = of_user(city.person("officer")), dialects.peers()["s12315"]
    bad = samples_exchange.row(0, "CANARY-2", text=value("complaint_exchange.BadRow.content"), forwarded_at="昨天")
    first = samples_exchange.row(0, "CANARY-1")
    actions.take_call(officer, peer, [first, bad])
    actions.take_call(officer, peer, [{**first, "text": value("complaint_exchange.Conflict.content")}])
