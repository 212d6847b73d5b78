"""Which door a page belongs to and what hangs on its shelf, read from doors.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    count: int = 0
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


def shelf(door: str, roles: Iterable[str], path: str = "", counts: dict[str, int] | None = None) -> list[Entry]:
    """The links of a door that exist and are this reader's."""
    held = set(roles)
    given = [entry for entry in table()[door]["entries"] if not entry.get("roles") or held & set(entry["roles"])]
    found = [(address(entry["url"]), entry) for entry in given]
    links = [(url, entry) for url, entry in found if url]
    under = [(len(start), url) for url, entry in links for start in _starts(door, url, entry) if _under(path, start)]
    best = max(under, default=(0, ""))[1]
    groups = table()[door].get("groups", {})
    return [
        Entry(
            url,
            language.pick(entry),
            entry.get("icon", "point"),
            url == best,
            (counts or {}).get(entry.get("count", ""), 0),
            language.pick(groups[entry["group"]]) if "group" in entry else "",
        )
        for url, entry in links
    ]


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
    """Looked up once: every page draws some twenty of them."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
