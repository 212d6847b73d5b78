"""Which door a page belongs to and what hangs on its shelf, read from doors.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse

from chengxin.kernel import language

# Who has several doors starts at the first of these.
ORDER = ("officer", "platform", "leader", "merchant", "admin")


@dataclass(frozen=True)
class Entry:
    """One link of a shelf, in the reader's language."""

    url: str
    label: str
    icon: str
    current: bool = False
    group: str = ""


@dataclass(frozen=True)
class Part:
    """A link of its own, or the links under one word (label) that opens."""

    label: str
    entries: tuple[Entry, ...]

    @property
    def current(self) -> bool:
        return any(entry.current for entry in self.entries)


@cache
def table() -> dict[str, Any]:
    """doors.yaml, read once."""
    loaded: dict[str, Any] = yaml.load((Path(__file__).parent / "doors.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def of_roles(roles: Iterable[str]) -> list[str]:
    """The doors these roles may walk through, main door first."""
    held = set(roles)
    return [door for door in ORDER if held & set(table()[door]["roles"])]


def of_path(path: str, roles: Iterable[str]) -> str:
    """The door a page belongs to: by its path, else the reader's main door, else the public's."""
    for door in ORDER:
        if any(path.startswith(prefix) for prefix in table()[door]["prefixes"]):
            return door
    if path == "/" or path.startswith(("/search", "/subject/", "/verify")):
        return "public"
    return next(iter(of_roles(roles)), "public")


def home(door: str) -> str:
    """The URL of a door's first page; "/" when its room is not built in."""
    return address(table()[door]["home"]) or "/"


def name(door: str) -> str:
    """A door's name in the reader's language."""
    return language.pick(table()[door])


def shelf(door: str, roles: Iterable[str], path: str = "") -> list[Entry]:
    """The links of a door that exist and are this reader's."""
    hung = _hung(door, frozenset(roles), language.current(), settings.ROOT_URLCONF, get_script_prefix())
    best = max(((len(start), entry.url) for entry, starts in hung for start in starts if _under(path, start)), default=(0, ""))[1]
    return [replace(entry, current=True) if entry.url == best else entry for entry, _starts_of in hung]


@cache
def _hung(door: str, roles: frozenset[str], speech: str, urlconf: object, prefix: str) -> list[tuple[Entry, list[str]]]:
    """The links of a door for these roles in one language, with how addresses begin that belong to each. Every page draws thirty."""
    groups = table()[door].get("groups", {})
    given = [entry for entry in table()[door]["entries"] if not entry.get("roles") or roles & set(entry["roles"])]
    return [(_entry(url, entry, groups, speech), _starts(door, url, entry)) for entry in given if (url := address(entry["url"]))]


def _entry(url: str, entry: dict[str, Any], groups: dict[str, Any], speech: str) -> Entry:
    group = language.pick(groups[entry["group"]], speech) if "group" in entry else ""
    return Entry(url, language.pick(entry, speech), entry.get("icon", "point"), group=group)


def _starts(door: str, url: str, entry: dict[str, Any]) -> list[str]:
    """How addresses begin that belong to an entry: its own, those it names; a door's first page stands for itself only ("$")."""
    return [f"{url}$" if entry["url"] == table()[door].get("home") else url, *entry.get("also", [])]


def _under(path: str, start: str) -> bool:
    return path == start[:-1] if start.endswith("$") else path.startswith(start)


def parts(entries: Iterable[Entry]) -> list[Part]:
    """A shelf as it hangs: neighbours of one group under its word. A group of one is a link like any other."""
    hung: list[Part] = []
    for group, members in groupby(entries, key=lambda entry: entry.group):
        links = tuple(members)
        if group and len(links) > 1:
            hung.append(Part(group, links))
        else:
            hung.extend(Part("", (link,)) for link in links)
    return hung


def address(url_name: str) -> str:
    """The path of a URL name, empty when there is none (the room is not built in)."""
    return _address(url_name, settings.ROOT_URLCONF, get_script_prefix())


@cache
def _address(url_name: str, urlconf: object, prefix: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
