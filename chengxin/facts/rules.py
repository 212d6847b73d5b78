"""Rules about two columns of one row, by the names that schema/*.yaml lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from chengxin.facts.columns import Clean
from chengxin.facts.kinds import Kind
from chengxin.facts.reasons import WHOLE_ROW, Problem

Columns = Mapping[str, Clean]
Rule = Callable[[Columns], NDArray[np.bool_]]


def _before(early: str, late: str) -> Rule:
    """Broken where `late` lies before `early`."""

    def broken(columns: Columns) -> NDArray[np.bool_]:
        a, b = columns[early], columns[late]
        return np.asarray(a.present & b.present & (_numbers(b) < _numbers(a)))

    return broken


def _numbers(column: Clean) -> NDArray[np.int64]:
    if column.numbers is None:
        raise TypeError("the rule needs a column of numbers")
    return column.numbers


def _paid_above_list(columns: Columns) -> NDArray[np.bool_]:
    paid, price, qty = columns["paid"], columns["list_price"], columns["qty"]
    return np.asarray(paid.present & price.present & qty.present & (_numbers(paid) > _numbers(price) * _numbers(qty)))


RULES: Mapping[str, Rule] = {
    "paid_before_ordered": _before("ordered_at", "paid_at"),
    "closed_before_ordered": _before("ordered_at", "closed_at"),
    "viewed_after_ordered": _before("viewed_at", "ordered_at"),
    "paid_above_list": _paid_above_list,
    "refunded_before_requested": _before("requested_at", "refunded_at"),
    "signed_before_collected": _before("collected_at", "signed_at"),
    "closed_before_filed": _before("filed_at", "closed_at"),
    "ends_before_starts": _before("starts_at", "ends_at"),
    "removed_before_posted": _before("posted_at", "removed_at"),
}


def broken_rules(kind: Kind, columns: Columns) -> list[Problem]:
    """A problem for each row and rule that it breaks."""
    return [Problem(row, WHOLE_ROW, name) for name in kind.rules for row in np.flatnonzero(RULES[name](columns)).tolist()]
