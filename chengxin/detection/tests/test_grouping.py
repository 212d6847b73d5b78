from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.detection import grouping
from chengxin.detectors import Finding, Reason
from chengxin.kernel import clock

DAY = datetime(2026, 3, 1, tzinfo=clock.CITY)


def finding(
    shops: tuple[int, ...] = (1,),
    accounts: tuple[int, ...] = (),
    score: float = 0.8,
    detector: str = "brushing",
    reasons: tuple[Reason, ...] = (),
) -> Finding:
    return Finding(detector, "B01", shops, accounts, {"order": shops}, reasons, score, DAY, DAY)


def reason(code: str, weight: float) -> Reason:
    return Reason(code, code, code, {}, weight)


def test_two_windows_that_saw_one_ring_are_one_clue() -> None:
    early, late = finding((1, 2), tuple(range(40))), finding((2, 3), tuple(range(10, 50)), 0.7)
    (ring,) = grouping.group([early, late])
    assert ring.shops == (1, 2, 3)
    assert ring.accounts == tuple(range(50))
    assert ring.evidence == {"order": (1, 2, 3)}
    assert ring.score == 0.8


def test_two_rings_that_share_a_few_accounts_stay_two() -> None:
    assert len(grouping.group([finding((1,), tuple(range(40))), finding((2,), tuple(range(35, 80)))])) == 2


def test_two_rings_around_the_same_shops_are_one_clue() -> None:
    (one,) = grouping.group([finding((1, 2), tuple(range(40))), finding((1, 2), tuple(range(50, 90)), 0.7)])
    assert one.shops == (1, 2) and len(one.accounts) == 80


@given(st.lists(st.deferred(lambda: findings), max_size=12))
def test_no_two_clues_of_a_detector_have_one_key(made: list[Finding]) -> None:
    keys = [grouping.key(one) for one in grouping.group(made)]
    assert len(keys) == len(set(keys))


def test_detectors_do_not_melt_into_each_other() -> None:
    assert len(grouping.group([finding(detector="price_fraud"), finding(detector="empty_parcel")])) == 2


def test_of_each_reason_the_strongest_is_kept_strongest_first() -> None:
    (one,) = grouping.group([finding(reasons=(reason("a", 0.2), reason("b", 0.9))), finding(reasons=(reason("a", 0.6),))])
    assert [(made.code, made.weight) for made in one.reasons] == [("b", 0.9), ("a", 0.6)]


findings = st.builds(
    lambda shops, accounts, score: finding(tuple(sorted(shops)), tuple(sorted(accounts)), round(score, 3)),
    st.sets(st.integers(1, 8), min_size=1, max_size=4),
    st.sets(st.integers(1, 12), max_size=8),
    st.floats(0.5, 1),
)


@given(st.lists(findings, max_size=8), st.randoms())
def test_the_order_in_which_findings_come_changes_nothing(made: list[Finding], random: object) -> None:
    shuffled = made[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [grouping.digest(one) for one in grouping.group(made)] == [grouping.digest(one) for one in grouping.group(shuffled)]


@given(st.lists(findings, max_size=12))
def test_looking_only_at_groups_with_a_member_in_common_misses_none(made: list[Finding]) -> None:
    groups: list[list[Finding]] = []
    for one in sorted(made, key=grouping._order):
        home = next((group for group in groups if grouping._same(group[0], one)), None)
        groups.append([one]) if home is None else home.append(one)
    pairwise = grouping._one_each([grouping._union(group) for group in groups])
    assert sorted(map(grouping.digest, pairwise)) == sorted(map(grouping.digest, grouping.group(made)))


def test_a_ring_keeps_its_key_and_any_change_changes_its_digest() -> None:
    one = finding((2, 1))
    assert grouping.key(one) == grouping.key(replace(one, shops=(1, 2), score=0.9))
    assert grouping.digest(one) != grouping.digest(replace(one, score=0.81))
    assert len(grouping.key(one)) == 32


@pytest.mark.parametrize("shared", [0.49, 0.5])
def test_half_of_the_smaller_one_s_accounts_makes_one_ring(shared: float) -> None:
    other = tuple(range(100 - int(100 * shared), 200 - int(100 * shared)))
    assert len(grouping.group([finding((1,), tuple(range(100))), finding((2,), other)])) == (1 if shared >= 0.5 else 2)
