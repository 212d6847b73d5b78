"""Every form: readable, its layout uses only its own fields, each required field is on the page, and it can be set."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from chengxin.documents import filling, official
from chengxin.documents.official import form, forms
from chengxin.kernel import clock
from chengxin.law import law

TODAY = date(2026, 11, 20)
ALL = {
    *(f"complaint_{n:02d}" for n in range(1, 11)),
    *(f"penalty_{n:02d}" for n in (1, 5, 7, 9, 11, 12, 14, 17, 29, 33, 35, 36, 37, 38, 39, 40, 41, 45, 46, 50, 53, 55)),
    *(
        "interview_notice",
        "interview_minutes",
        "list_notice",
        "list_decision",
        "removal_notice",
        "inspection_record",
        "repair_decision",
        "circular",
        "duty_scorecard",
        "publicity_notice",
        "commitment",
        "commitment_notice",
        "liability_trace",
        "campaign_report",
        "clue_handover",
        "course_certificate",
        "task_supervision",
        "task_circular",
        "task_referral",
        "conference_minutes",
        "quarter_report",
        "advance_decision",
        "advance_recovery",
        "ban_decision",
        "ban_end",
    ),
}


def on_the_page(one: official.Form) -> set[str]:
    found: set[str] = set()
    for block in one.layout:
        for kind, given in block.items():
            if kind == "table":
                found |= {name for row in given for name in row}
            elif kind in ("to", "title", "items", "rows"):
                found |= set(given if isinstance(given, list) else [given])
            elif kind == "when":
                found |= set(given)
            elif kind == "text":
                found |= {name for name in re.findall(r"\{([a-z_]+)", given) if name != "clock"}
    return found


def sample(field: official.Field) -> object:
    """A value of the field's kind."""
    if field.kind == "choice":
        return next(iter(field.choices(TODAY)))
    return {
        "date": TODAY,
        "time": datetime(2026, 11, 20, 9, 30, tzinfo=clock.CITY),
        "money": 123_456,
        "number": 3,
        "list": ["甲", "乙"],
        "rows": [dict.fromkeys(field.columns, "丙")],
    }.get(field.kind, f"〔{field.zh}〕")


def test_every_form_that_the_rooms_use_is_there():
    assert {one.id for one in forms(TODAY)} == ALL


def test_the_complaint_forms_begin_with_the_order_they_belong_to():
    assert not [one for one in forms(date(2026, 4, 14)) if one.id.startswith("complaint")]
    assert len([one for one in forms(date(2026, 4, 15)) if one.id.startswith("complaint")]) == 10


@pytest.mark.parametrize("id", sorted(ALL))
def test_a_form_shows_exactly_the_fields_it_asks_for(id):
    one = form(id, TODAY)
    assert on_the_page(one) == set(one.fields)
    values = filling.check(one, {name: sample(field) for name, field in one.fields.items()})
    text = repr(filling.blocks(one, values, TODAY, "示例市市场监督管理局"))
    for name, field in one.fields.items():
        shown = filling.said(field, values[name], TODAY)
        assert shown in text or field.kind in ("list", "rows", "choice"), name
    assert "{" not in re.sub(r"\{'|\{\"", "", text)


def test_marks_of_forms_differ():
    marks = [one.mark for one in forms(TODAY)]
    assert len(set(marks)) == len(marks)


def test_personal_fields_name_rules_of_the_redaction_table():
    rules = law.at(TODAY).redactions()
    for field in official.vocabulary().values():
        assert not field.personal or field.personal in rules, field.name
        assert not field.unless or field.unless in official.vocabulary()


def test_periods_on_a_paper_come_from_the_law_of_its_day():
    one = form("penalty_37", TODAY)
    values = {name: sample(field) for name, field in one.fields.items()}
    text = repr(filling.blocks(one, values, TODAY, "局"))
    assert text.count(f"自收到本告知书之日起{law.at(TODAY).clock('PENALTY_STATEMENT').n}个工作日") == 1
    assert "有权要求听证" in text
    assert "有权要求听证" not in repr(filling.blocks(one, {**values, "hearing_right": "no"}, TODAY, "局"))


def test_who_reviews_follows_the_law_of_the_day():
    one = form("penalty_45", TODAY)
    assert "向本级人民政府申请行政复议" in official.remedy(one, TODAY, {})
    assert "上一级主管部门或者本级人民政府" in official.remedy(one, date(2023, 12, 31), {})
