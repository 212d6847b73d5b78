"""Chain checks against chains whose truth is known: every planted fault is found, and nothing is invented."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.products import chains, reading
from chengxin.products.tests import synthetic

pytestmark = pytest.mark.one_database
DAY = date(2026, 11, 1)


def found_in(world: synthetic.World) -> tuple[set[synthetic.Expected], chains.Report, reading.Chain]:
    chain = reading.chain(world.tables(), DAY)
    report = chains.check(chain.moves, reading.limits(synthetic.AS_OF, DAY))
    said = {(one.kind, chain.item(one.item), chain.party(one.party), chain.party(one.other)) for one in report.findings}
    assert len(said) == len(report.findings)
    return said, report, chain


@pytest.mark.parametrize("seed", [1, 7])
def test_in_a_thousand_chains_every_planted_fault_is_found_and_none_invented(seed):
    world = synthetic.world(1000, seed)
    said, _report, _chain = found_in(world)
    assert said == world.expected
    assert set(world.planted) == {fault.__name__ for fault in (*synthetic.OF_GOODS, *synthetic.OF_THINGS)}
    assert min(world.planted.values()) >= 20


def test_honest_chains_give_nothing():
    said, report, _chain = found_in(synthetic.world(300, 3, faulty=0))
    assert (said, report.unplaced) == (set(), 0)
