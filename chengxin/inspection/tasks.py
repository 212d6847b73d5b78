"""What happens by itself: late draws end in the night, warnings on their last day, classes are computed on the first of a month."""

from __future__ import annotations

from chengxin.accounts import access
from chengxin.inspection import actions
from chengxin.kernel import clock

NIGHT = access.system("inspection.night")


def tidy() -> str:
    """End draws whose secrets did not come in time, and warnings that are over."""
    failed, over = actions.fail_late(NIGHT), actions.expire_warnings(NIGHT)
    return f"{len(failed)} 次抽取失败，{over} 条提示到期 / {len(failed)} draws failed, {over} warnings over"


def assess() -> str:
    """The classes of this month."""
    made = actions.assess(access.system("inspection.month"), clock.today())
    return f"{made} 户已分类 / {made} businesses classed"
