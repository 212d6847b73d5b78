"""Every visible text of the room has its Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import polib

ROOM = Path(__file__).parents[1]
TRANS = re.compile(r'{% trans "((?:[^"\\]|\\.)*)"')
BLOCK = re.compile(r"{% blocktrans[^%]*%}(.*?){% endblocktrans", re.S)
CODE = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"')


def spoken() -> set[str]:
    pages = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.html")]
    modules = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py") if "tests" not in path.parts]
    found = {text for page in pages for text in TRANS.findall(page) + CODE.findall(page)}
    found |= {re.sub(r"{{ ?(\w+) ?}}", r"%(\1)s", text) for page in pages for text in BLOCK.findall(page)}
    return found | {text for module in modules for text in CODE.findall(module)}


def test_every_visible_text_has_its_chinese_and_no_chinese_is_left_over() -> None:
    catalogue = polib.pofile(str(ROOM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    assert spoken() - {entry.msgid for entry in catalogue if entry.msgstr} == set()
    assert {entry.msgid for entry in catalogue} - spoken() == set()
