from __future__ import annotations

import re
from pathlib import Path

import polib

ROOM = Path(__file__).parents[1]
CATALOGUE = polib.pofile(str(ROOM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
TRANS = re.compile(r'{% trans "((?:[^"\\]|\\.)*)"')
BLOCK = re.compile(r"{% blocktrans[^%]*%}(.*?){% endblocktrans", re.S)
CODE = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"')


def spoken():
    for page in ROOM.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        yield from TRANS.findall(text)
        yield from (re.sub(r"{{ ?(\w+) ?}}", r"%(\1)s", each) for each in BLOCK.findall(text))
    for module in ROOM.glob("*.py"):
        yield from CODE.findall(module.read_text(encoding="utf-8"))


def test_every_visible_text_has_its_chinese():
    known = {entry.msgid for entry in CATALOGUE if entry.msgstr}
    assert set(spoken()) - known == set()


def test_no_chinese_is_left_over():
    assert {entry.msgid for entry in CATALOGUE} - set(spoken()) == set()
