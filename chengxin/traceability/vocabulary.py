"""The standard's words: short, URN and web address are one word (CBV 2.0, chapter 7)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("vocabulary.yaml")
BIZ_STEP, DISPOSITION, TRANSACTION, PARTY, REASON, COMPONENT, MEASUREMENT, ALERT = LISTS = (
    "bizStep",
    "disposition",
    "bizTransaction",
    "sourceDestination",
    "errorReason",
    "component",
    "measurement",
    "alert",
)


@cache
def _lists() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


@cache
def words(of: str) -> frozenset[str]:
    """The short words of a list."""
    return frozenset(_lists()[of]["words"].split())


@cache
def _short(of: str) -> dict[str, str]:
    """Every way to say a word → the short one."""
    known = _lists()[of]
    old = known["web"].replace("https:", "http:")
    return {before + word: word for word in words(of) for before in ("", known["urn"], known["web"], old)}


@cache
def _full(of: str) -> dict[str, str]:
    return {word: _lists()[of]["web"] + word for word in words(of)}


@cache
def _urn(of: str) -> dict[str, str]:
    return {word: _lists()[of]["urn"] + word for word in words(of)}


def short(of: str, word: str) -> str:
    """The short word; somebody's own word as it is."""
    return _short(of).get(word, word)


def web(of: str, word: str) -> str:
    """The web address of a standard word said in any way; somebody's own word as it is."""
    return _full(of).get(short(of, word), word)


def urn(of: str, word: str) -> str:
    """The URN of a standard word said in any way, as EPCIS 1.2 and XML have it; somebody's own word as it is."""
    return _urn(of).get(short(of, word), word)


@cache
def canonical(of: str) -> dict[str, str]:
    """Every way to say a word → its web address, for who looks up many."""
    return {said: web(of, said) for said in _short(of)}
