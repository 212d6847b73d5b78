"""The exchange for the canary crawl: it holds no personal field, so what is looked for is that none comes out of its pages and files."""

from __future__ import annotations

from tests.gates import matrix, samples_exchange


def a_share(city: matrix.City) -> None:
    """A row, a batch, a difference, a decision of an upper level, and a request."""
    for maker in (samples_exchange.rows_of, samples_exchange.batches_of, samples_exchange.differences_of):
        city.once(maker)
    city.once(samples_exchange.inbound_of)
    city.once(samples_exchange.requests_of)
