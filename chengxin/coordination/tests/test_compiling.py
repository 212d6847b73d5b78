"""The obligations compiler against keys made by reading: the plan of 2017, and a later plan as such plans are written today."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from chengxin.coordination import compiling, deadlines
from chengxin.law import plan

pytestmark = pytest.mark.one_database
KEY = yaml.load((Path(plan.__file__).parent / "tests" / "plan_key.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["measures"]
TASKS = {
    3: 4,
    4: 2,
    5: 3,
    6: 3,
    7: 3,
    8: 3,
    9: 2,
    10: 1,
    11: 2,
    12: 3,
    13: 1,
    14: 4,
    15: 5,
    16: 4,
    17: 3,
    18: 4,
    19: 3,
    20: 3,
}  # read by hand
ISSUED, TODAY = date(2017, 7, 3), date(2026, 11, 29)
LATER = """某市2026年电子商务诚信建设实施方案
（一）总体要求
坚持依法依规。
（二）加大信用信息公示力度。2026年12月底前，完成公示栏目改版。每季度更新一次数据；推动平台在首页公示“营业执照；许可证”等信息。（责任单位：市市场监督管理局、市商务局；配合单位：市数据局、市烟草专卖局等有关部门）
（三）加强网络支付管理。方案印发后三个月内建立会商机制。（市商务局、人民银行牵头，市公安局、银监分局配合）
（四）治理虚假交易。30个工作日内开展一次专项检查，6月底前报告。（市市场监督管理局牵头，相关部门配合）
"""


def test_the_plan_of_2017_gives_eighteen_measures_with_todays_departments():
    made = compiling.compile_plan(plan.FILE.read_text(encoding="utf-8"), ISSUED, TODAY)
    assert [one.number for one in made.measures] == sorted(KEY)
    for one in made.measures:
        key = KEY[one.number]
        assert (one.title, one.lead, one.support, one.others) == (key["title"], key["lead_now"], key["support_now"], key["others"])
        assert one.measure == f"M{one.number:02d}"
        assert len([row for row in made.rows if row.measure == one.measure]) == TASKS[one.number]
    assert [one.what for one in made.unread] == ["指导思想", "基本原则"]  # headings that name no department


def test_on_the_day_it_was_issued_departments_are_those_it_named():
    made = compiling.compile_plan(plan.FILE.read_text(encoding="utf-8"), ISSUED, ISSUED)
    assert [(one.lead, one.support) for one in made.measures] == [
        (KEY[number]["lead_codes"], KEY[number]["support_codes"]) for number in sorted(KEY)
    ]


def test_a_later_plan_is_read_and_what_is_not_understood_is_listed():
    made = compiling.compile_plan(LATER, date(2026, 1, 15), TODAY)
    assert [(row.no, row.measure, row.lead, row.also_lead, row.support, row.due_on) for row in made.rows] == [
        ("2.1", "M15", "SAMR", ["COM"], ["DATA"], "2026-12-31"),
        ("2.2", "M15", "SAMR", ["COM"], ["DATA"], "2026-03-31"),
        ("2.3", "M15", "SAMR", ["COM"], ["DATA"], ""),
        ("3.1", "M05", "COM", ["PBC"], ["PSB", "NFRA"], "2026-04-15"),
        ("4.1", "M08", "SAMR", [], [], "2026-03-04"),
    ]
    assert made.rows[2].title == "推动平台在首页公示“营业执照；许可证”等信息"  # not cut inside the quotation
    assert [one.what for one in made.unread] == ["总体要求", "市烟草专卖局", "治理虚假交易", "30个工作日内、6月底前"]


def test_a_text_without_measures_says_so():
    made = compiling.compile_plan("关于开会的通知。请准时参加。", TODAY, TODAY)
    assert not made.rows and len(made.unread) == 1


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("于2026年3月15日前完成", "2026-03-15"),
        ("3月15日之前完成", "2026-03-15"),
        ("2027年6月底前建成", "2027-06-30"),
        ("十二月底前完成", "2026-12-31"),
        ("年底前完成", "2026-12-31"),
        ("2027年底前完成", "2027-12-31"),
        ("第三季度末前完成", "2026-09-30"),
        ("上半年完成", "2026-06-30"),
        ("五个工作日内反馈", "2026-01-22"),
        ("十日内报送", "2026-01-25"),
        ("两年来成效明显", ""),
        ("一个月内完成", "2026-02-15"),
        ("每月报送", "2026-01-31"),
        ("2月30日前完成", ""),
        ("全面加强监管", ""),
    ],
)
def test_deadlines_are_read_as_written_and_never_guessed(words, day):
    found = deadlines.read(words, date(2026, 1, 15))
    assert (found[0].on.isoformat() if found else "") == day


def test_the_end_of_a_short_month_is_its_last_day():
    assert deadlines.read("一个月内", date(2026, 1, 31))[0].on == date(2026, 2, 28)
