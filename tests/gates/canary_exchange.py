"""The exchange for the canary crawl: it holds no personal field, so what is looked for is that none comes out of its pages and files."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.exchange import actions
from chengxin.subjects.models import Subject
from tests.gates import matrix, samples_exchange


def a_share(city: matrix.City, subject: Subject) -> None:
    """A batch, a row that waits, a difference, a decision of an upper level, and a request; about the subject with the canaries."""
    department = city.departments[0]
    row = samples_exchange.row_of(subject, department, 1)
    actions.collect(of_user(city.person("officer")), department, row.kind)
    samples_exchange.row_of(subject, department, 2)
    for maker in (samples_exchange.differences_of, samples_exchange.inbound_of, samples_exchange.requests_of):
        city.once(maker)
