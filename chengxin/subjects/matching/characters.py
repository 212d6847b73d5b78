"""Characters of names: one normal form, how a character is read, which characters look alike, which are numerals."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import opencc  # type: ignore[import-untyped]
import yaml
from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

DATA = Path(__file__).parent / "data"
NUMERALS = "0123456789〇零一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾"
_FOLDED = str.maketrans("〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖拾", "00123456789212345678" + "9十")
_NOISE = re.compile(r"[^\w()\n]|_")
_HAN = re.compile(r"[㐀-鿿豈-﫿𠀀-𲎯]")


def normal(text: str) -> str:
    """NFKC (full-width to half-width), lower case, simplified characters, only letters, digits and brackets; of one name, or of many that
    are joined by newlines. Applied twice it changes nothing.

    >>> normal("鶴崗市金鼎食品（集團）有限公司 ")
    '鹤岗市金鼎食品(集团)有限公司'
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _NOISE.sub("", unicodedata.normalize("NFKC", plain.translate(_simplified())))


@cache
def _simplified() -> dict[int, str]:
    """Traditional → simplified, character by character (OpenCC's table; its first choice where there are several)."""
    path = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    table = {old: new.split()[0] for old, new in pairs}
    return {ord(old): table.get(new, new) for old, new in table.items()}


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None


def folded(text: str) -> str:
    """With every numeral as its digit, so that 365 and 三六五 are one."""
    return text.translate(_FOLDED)


def is_numeral(char: str) -> bool:
    return char in NUMERALS


@cache
def readings(char: str) -> frozenset[str]:
    """The two usual readings of a character (rarer ones are archaic), without tones; a letter or digit reads as itself."""
    known = PINYIN_DICT.get(ord(char), "")
    return frozenset(to_normal(one, v_to_u=False) for one in known.split(",")[:2]) if known else frozenset({char})


@cache
def reading(char: str) -> str:
    """The usual reading of a character, without its tone."""
    known = PINYIN_DICT.get(ord(char), "")
    return str(to_normal(known.split(",")[0], v_to_u=False)) if known else char


def spelled(text: str) -> str:
    """A text in pinyin without spaces, by the words in it (成都 is chengdu)."""
    return "".join(lazy_pinyin(text))


@cache
def look_alikes(char: str) -> frozenset[str]:
    """The characters this one is taken for."""
    return _alike().get(char, frozenset())


@cache
def _alike() -> dict[str, frozenset[str]]:
    sets = yaml.safe_load((DATA / "alike.yaml").read_text(encoding="utf-8"))["sets"].split()
    found: dict[str, set[str]] = {}
    for group in sets:
        for char in group:
            found.setdefault(char, set()).update(set(group) - {char})
    return {char: frozenset(others) for char, others in found.items()}


def sound_the_same(a: str, b: str) -> bool:
    """Whether two characters share a reading; numerals never do, for another number is another name."""
    return not (is_numeral(a) or is_numeral(b)) and bool(readings(a) & readings(b))


def look_the_same(a: str, b: str) -> bool:
    """Whether two characters are taken for one another because of their shape."""
    return b in look_alikes(a)
