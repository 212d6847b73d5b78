"""What may leave, by its form; a package that says more is set aside where it can be, refused where it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chengxin.detection.errors import BadPackage
from chengxin.detection.local import package, telling
from chengxin.detection.local.tests.sent import DIGESTS, body, finding

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("value", [0, -5, 9_999_999_999, 12.5, True, "129.00", "2026-11-20", "7"])
def test_short_numbers_and_days_may_leave(value: object):
    assert package.may_leave(value)


@pytest.mark.parametrize("value", [13800000000, 2**62, "13800000000", "张三", "K1", "U83911", "138-0000-0000", 1e300, [1], None, "7" * 10])
def test_telephones_tokens_names_and_texts_may_not(value: object):
    assert not package.may_leave(value)
    assert package.narrowed({"a": value}) == {"a": None}


def test_a_finding_in_form_is_read():
    assert package.read(body([finding()])).findings == [finding()]
    assert package.read_finding(finding()).shops == ["S1"]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"buyer": "U1"}, "buyer"),
        ({"accounts": [7105911829001227391]}, "accounts"),
        ({"accounts": 13800000000}, "accounts"),
        ({"reasons": [{"code": "a", "weight": 1, "numbers": {"who": "张三"}}]}, "reasons.0.numbers"),
        ({"reasons": [{"code": "a", "weight": 1, "numbers": {}, "zh": "张三 13800000000"}]}, "reasons.0.zh"),
        ({"about": [{"kind": "outlet", "name": "13800000000", "of": "SF"}]}, "about.0.name"),
        ({"rows": {"price": 4}}, "rows"),
        ({"root": "0" * 64}, "root"),
        ({"digests": DIGESTS[::-1]}, "root"),
        ({"score": 2}, "score"),
        ({"score": float("nan")}, "score"),
    ],
)
def test_a_finding_that_says_more_or_else_is_refused_and_the_value_is_not_repeated(changed: dict[str, Any], where: str):
    with pytest.raises(BadPackage) as refused:
        package.read_finding(finding(**changed))
    assert refused.value.data == {"reason": where}


def test_a_package_whose_root_is_another_or_that_is_no_package_is_refused():
    for sent in (body([finding()], root="0" * 64), b"{", b"[" * 100_000, b"\xff", body([], buyers=["U1"]), json.dumps([1]).encode()):
        with pytest.raises(BadPackage):
            package.read(sent)


def test_what_would_leave_is_told_in_plain_words():
    told = telling.plainly(body([finding(reasons=[{"code": "above_lowest_deal", "weight": 0.9, "numbers": {"sku": None, "deals": 4}}])]))
    for said in ("店铺 shops S1", "above_lowest_deal", "withheld: 1", "only how many: 4", "only digests: price 3", "What stays: buyers"):
        assert said in told
