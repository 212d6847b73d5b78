"""The shelf of components: amounts and departments in words, numbers that warn of nothing, boxes to tick, pages on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from chengxin.web.templatetags import chengxin as shelf

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # on PostgreSQL tests/gates opens every page
CSS = Path(shelf.__file__).parents[1] / "static" / "web" / "chengxin.css"


def drawn(source: str, **context: Any) -> str:
    return Template("{% load chengxin %}" + source).render(Context(context))


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "1,234.56元"), ("en", "1,234.56 yuan")])
def test_an_amount_that_stands_alone_says_its_unit(language, said):
    with translation.override(language):
        assert drawn("{{ fen|in_yuan }}", fen=123456) == said
        assert drawn("{{ fen|in_yuan }}", fen=None) == ""


def test_a_department_is_shown_by_its_name_and_what_is_none_stays_as_it_is():
    with translation.override("zh-hans"):
        assert drawn("{{ code|department }}", code="SAMR") == "市场监督管理局"
    assert drawn("{{ code|department }}", code="某某局") == "某某局"
    assert drawn("{{ code|department }}", code="") == ""


def test_what_a_read_opened_is_said_in_words_once_each():
    with translation.override("zh-hans"):
        assert drawn("{{ fields|opened }}", fields=["id_doc_no", "id_no", "phone", "a_new_code"]) == "证件号码、电话、a_new_code"


def test_nothing_overdue_warns_of_nothing():
    assert "stat-red" not in drawn('{% stat "Overdue" 0 colour="red" %}')
    assert "stat-red" in drawn('{% stat "Overdue" 1 colour="red" %}')


class Ticked(forms.Form):
    sure = forms.BooleanField(label="I am sure", help_text="Think twice.")
    name = forms.CharField(label="Name")


def test_a_box_to_tick_stands_before_its_words_and_a_line_to_write_after_them():
    form = Ticked()
    box, line = drawn("{% field form.sure %}", form=form), drawn("{% field form.name %}", form=form)
    assert box.index("<input") < box.index("I am sure") and 'class="choice"' in box and "Think twice." in box
    assert line.index("Name") < line.index("<input")


def test_a_page_on_paper_says_where_it_is_from_and_when(client):
    page = client.get("/about/").content.decode()
    line = re.search(r'<p class="print-line">(.*?)</p>', page)
    assert line and "http://testserver/about/" in line[1]
    assert re.search(r"\d{4}-\d\d-\d\d$", line[1]), "an answer that may be kept for the day names no minute"


def test_paper_has_no_navigation_and_nothing_to_press():
    paper = CSS.read_text(encoding="utf-8").split("@media print {", 1)[1]
    gone = paper.split("display: none !important", 1)[0]
    assert all(each in gone for each in (".doors", ".footing", ".btn", "main button", ".table-tools", ".crumbs"))
    assert ".print-line { display: block" in paper
