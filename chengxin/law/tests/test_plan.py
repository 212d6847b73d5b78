from datetime import date
from pathlib import Path

import pytest
import yaml

from chengxin.law import law, plan
from chengxin.law.errors import LawDataBroken, LawUnknown

KEY = yaml.load(Path(__file__).with_name("plan_key.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["measures"]
IN_2017, TODAY = law.at(date(2017, 7, 3)), law.at(date(2026, 11, 24))


def test_the_plan_gives_exactly_the_eighteen_measures_of_the_key() -> None:
    assert [measure.number for measure in plan.measures()] == sorted(KEY) == list(range(3, 21))


@pytest.mark.parametrize("measure", plan.measures(), ids=lambda measure: f"{measure.number}")
def test_a_measure_is_read_as_the_key_has_it(measure: plan.PlanMeasure) -> None:
    key = KEY[measure.number]
    assert (measure.title, list(measure.lead), list(measure.support), measure.others_support) == (
        key["title"],
        key["lead"],
        key["support"],
        key["others"],
    )
    assert measure.text.startswith(key["starts"])
    assert measure.text.endswith(key["ends"])
    assert key.get("has", "") in measure.text
    assert key.get("not", "无此文字") not in measure.text
    assert "牵头" not in measure.text


@pytest.mark.parametrize("measure", TODAY.measures(), ids=lambda measure: measure.code)
def test_departments_are_those_of_2017_and_their_successors(measure: law.Book) -> None:
    key = KEY[measure.number]
    assert [list(measure.lead), list(measure.support)] == [key["lead_codes"], key["support_codes"]]
    assert [list(measure.lead_now), list(measure.support_now)] == [key["lead_now"], key["support_now"]]


def test_in_2017_those_in_charge_are_those_named() -> None:
    assert all((one.lead, one.support) == (one.lead_now, one.support_now) for one in IN_2017.measures())


def test_page_breaks_leave_no_doubled_or_lost_character() -> None:
    text = "".join(plan.paragraphs(plan.FILE.read_text(encoding="utf-8")))
    assert "促进大众创业、万众创新中的重要作用" in text
    for artefact in ("大大众", "加加强", "部部门", "全国信用信息信息"):
        assert artefact not in text


def test_a_heading_is_never_joined_to_the_paragraph_before_it() -> None:
    assert plan.paragraphs("正文，没有句号\n\n\n\n二、总体要求") == ["正文，没有句号", "二、总体要求"]
    assert plan.paragraphs("监管，加\n\n\n\n加强管理。") == ["监管，加强管理。"]


def test_a_bracket_without_lead_makes_all_lead() -> None:
    assert plan.departments("商务局、市社会信用体系建设工作领导小组") == (("商务局", "市社会信用体系建设工作领导小组"), (), False)
    assert plan.departments("商务局牵头，食药局、农委等相关部门配合") == (("商务局",), ("食药局", "农委"), True)
    assert plan.departments("商务局牵头相关部门配合") == (("商务局",), (), True)
    assert plan.departments("商务局牵头，农委配合") == (("商务局",), ("农委",), False)


def test_a_plan_with_a_measure_missing_or_without_departments_is_refused() -> None:
    text = plan.FILE.read_text(encoding="utf-8")
    with pytest.raises(LawDataBroken):
        plan.parse(text.replace("（五）加强网络支付管理", "加强网络支付管理"))
    with pytest.raises(LawDataBroken):
        plan.parse(text.replace("（商务局、人民银行牵头相关部门配合）", ""))


def test_an_unknown_department_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = plan.parse(plan.FILE.read_text(encoding="utf-8").replace("科技局", "科技厅"))
    monkeypatch.setattr(plan, "measures", lambda: broken)
    with pytest.raises(LawUnknown):
        TODAY.measures()


@pytest.mark.parametrize(("chinese", "number"), [("三", 3), ("十", 10), ("十九", 19), ("二十", 20), ("二十一", 21)])
def test_chinese_numbers(chinese: str, number: int) -> None:
    assert plan.number_of(chinese) == number
