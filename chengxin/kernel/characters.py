"""Texts made plain: full-width forms, variants and look-alike characters read as what a reader takes them for (characters.yaml)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
# What is set between the characters of a word to break it: anything but letters, digits and Han, invisible characters included.
SEPARATORS = r"[^\p{L}\p{N}%]+"
FULL_WIDTH = {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)} | {"　": " "}


@cache
def _file() -> dict[str, dict[str, str | list[str]]]:
    given: dict[str, dict[str, str | list[str]]] = yaml.load(
        (HERE / "characters.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return given


@cache
def table() -> dict[str, str]:
    """{character: the usual one} for width, variants and Han look-alikes."""
    return FULL_WIDTH | {other: usual for usual, others in _file()["variants"].items() for other in others}


@cache
def pairs() -> dict[str, str]:
    """{two parts side by side, themselves made usual: the character they are read as}."""
    return {"".join(table().get(one, one) for one in parts): usual for usual, forms in _file()["pairs"].items() for parts in forms}


@cache
def latin() -> dict[str, str]:
    """{letter or digit: the Latin letter it passes for}; only for names and hosts, where a 0 beside letters is no number."""
    return {other: usual for usual, others in _file()["latin"].items() for other in others}


def plain(text: str) -> str:
    """The text as a reader takes it: lower case, half-width, usual characters."""
    made = "".join(table().get(one, one) for one in text.lower())
    for parts, usual in pairs().items():
        made = made.replace(parts, usual)
    return made


def plain_sql(column: str) -> str:
    """The same as an SQL expression over a column."""
    made = f"translate(lower({column}), '{_quoted(''.join(table()))}', '{_quoted(''.join(table().values()))}')"
    for parts, usual in pairs().items():
        made = f"replace({made}, '{parts}', '{usual}')"
    return made


def squeezed(text: str) -> str:
    """The text without anything between its letters, digits and Han characters."""
    return re.sub(r"[^\w%]+|_", "", text)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
