from __future__ import annotations

import re
from pathlib import Path

import polib

from chengxin.facts import checking, columns, oddities, reasons, rules
from chengxin.facts.kinds import kinds

ROOM = Path(__file__).parents[1]
CATALOGUE = polib.pofile(str(ROOM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))


def spoken() -> set[str]:
    said: set[str] = set()
    for page in ROOM.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        said |= set(re.findall(r'{% trans "((?:[^"\\]|\\.)*)"', text)) | set(re.findall(r'_\("((?:[^"\\]|\\.)*)"\)', text))
        said |= {re.sub(r"{{ ?(\w+) ?}}", r"%(\1)s", each) for each in re.findall(r"{% blocktrans[^%]*%}(.*?){% endblocktrans", text, re.S)}
    for module in ROOM.glob("*.py"):
        said |= set(re.findall(r'\b_\(\s*"((?:[^"\\]|\\.)*)"', module.read_text(encoding="utf-8")))
    return said


def test_every_visible_text_has_its_chinese_and_none_is_left_over() -> None:
    assert spoken() == {entry.msgid for entry in CATALOGUE if entry.msgstr}


def test_every_code_that_is_raised_has_its_reason_in_both_languages() -> None:
    text = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (oddities, columns, checking, rules))
    raised = set(re.findall(r'Odd\("(\w+)"', text)) | set(rules.RULES)
    assert raised <= set(reasons.reasons())
    for said in reasons.reasons().values():
        assert said["zh"] and said["en"] and said["remedy"]["zh"] and said["remedy"]["en"]


def test_kinds_say_everything_in_both_languages() -> None:
    for kind in kinds().values():
        assert kind.zh and kind.en and kind.meaning["zh"] and kind.meaning["en"]
        assert set(kind.key) <= set(kind.by_name) and kind.by_name[kind.time].required and set(kind.rules) <= set(rules.RULES)
        for column in kind.columns:
            assert column.meaning["zh"] and column.meaning["en"] and column.example
            assert all(names["zh"] and names["en"] for names in column.codes.values())
