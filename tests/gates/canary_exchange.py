"""The exchange for the canary crawl: it holds no personal field, so what is looked for is that none comes out of its pages and files."""

from __future__ import annotations

from tests.gates import matrix, samples_exchange


def a_share(city: matrix.City) -> None:
    """A row, a batch, a difference, a decision of an upper level, and a request."""
    for maker in (samples_exchange.rows_of, samples_exchange.batches_of, samples_exchange.differences_of):
        city.once(maker)
    city.once(samples_exchange.inbound_of)
    city.once(samples_exchange.requests_of)


IDS = {"peer": ["s12315"]}


def a_batch(city: matrix.City) -> None:
    """Three calls of a system: one row refused, one taken, the same again with other words."""
    officer, peer = of_user(city.person("officer")), dialects.peers()["s12315"]
    bad = samples_exchange.row(0, "CANARY-2", text=value("complaint_exchange.BadRow.content"), forwarded_at="昨天")
    first = samples_exchange.row(0, "CANARY-1")
    actions.take_call(officer, peer, [first, bad])
    actions.take_call(officer, peer, [{**first, "text": value("complaint_exchange.Conflict.content")}])
