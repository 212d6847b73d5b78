"""GS1 Digital Link addresses, and which link an asker gets."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.products import gs1, resolver
from chengxin.products.errors import CodeWrong

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("95200003", None),
        ("9520000000011", "09520000000011"),
        ("09520000000011", "09520000000011"),
        ("614141999996", "00614141999996"),
        ("40170725", "00000040170725"),
        ("9520000000012", None),
        ("952000000001", None),
        ("95２0000000011", None),
    ],
)
def test_gtins_of_every_length_stand_with_fourteen_digits_or_are_refused(given, wanted):
    if wanted:
        assert gs1.gtin14(given) == wanted
    else:
        with pytest.raises(CodeWrong):
            gs1.gtin14(given)


def test_qualifiers_in_their_order_and_attributes_are_read():
    code = gs1.read("/01/9520000000011/22/2A/10/AB%2F1/21/7", {"17": "261231", "3103": "000195", "linkType": "gs1:pip"})
    assert (code.gtin, code.variant, code.lot, code.serial) == ("09520000000011", "2A", "AB/1", "7")
    assert dict(code.attributes) == {"17": "261231", "3103": "000195"}
    assert code.dates == {"17": date(2026, 12, 31)}
    assert code.path == "/01/09520000000011/22/2A/10/AB%2F1/21/7"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/01/9520000000011/21/7/10/A", {}),
        ("/01/9520000000011/10", {}),
        ("/01/9520000000011/99/1", {}),
        ("/01/9520000000011/10/" + "A" * 21, {}),
        ("/01/9520000000011/10/批次", {}),
        ("/01/9520000000011", {"17": "261399"}),
        ("/00/395200000000000012", {}),
        ("/01/", {}),
    ],
)
def test_what_does_not_fit_the_syntax_is_refused_with_a_reason(path, query):
    with pytest.raises(CodeWrong) as refusal:
        gs1.read(path, query)
    assert refusal.value.data["why_zh"]


def test_languages_are_weighed():
    assert resolver.preferred("fr;q=1, en;q=0.5, zh-CN;q=0.8, de") == ["zh", "en"]
    assert resolver.preferred("en-GB,zh;q=0") == ["en"]
    assert resolver.preferred("en;q=x") == []
