"""What a name or a host looks like that it is not: homoglyphs, look-alike characters, one character off, a known name inside.

    known = Known.of(["示例商城"], ["shilimall.example"])
    known.name("示倒商城"), known.host("shi1imall.example")

Nothing here says that somebody is a cheat: two honest shops may be named alike, and a person decides. Skeletons follow the idea of Unicode
Technical Standard 39 (confusable detection) with this package's own short table, characters.yaml.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chengxin.kernel import characters

SHORTEST = 4  # characters a name or label needs before one other character says anything
# Words that every second shop has: they tell nobody apart.
USUAL_WORDS = re.compile("官方|旗舰店|专营店|专卖店|直营店|自营|优品店|官网|商城店|店$")
# Suffixes below which names are given out, beside those of one label.
SUFFIXES = frozenset({"com.cn", "net.cn", "org.cn", "gov.cn", "ac.cn", "edu.cn", "hl.cn"})


@dataclass(frozen=True)
class Likeness:
    """of: the known name or host; how: characters | one_edit | inside | subdomain | other_ending."""

    of: str
    how: str


@dataclass(frozen=True)
class Known:
    """Names and hosts that are what they say, with an index by which a look-up costs the length of what is asked, not their number."""

    names: frozenset[str]
    hosts: frozenset[str]
    by_name: Mapping[str, frozenset[str]]
    by_label: Mapping[str, frozenset[str]]
    near_names: Mapping[str, frozenset[str]]
    near_labels: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, names: Iterable[str], hosts: Iterable[str]) -> Known:
        """An index over true names and hosts (a host may come as a whole address)."""
        given, at = frozenset(names), frozenset(one for one in map(host_of, hosts) if one)
        by_name = _index((skeleton(one), one) for one in given)
        by_label = _index((label(one), one) for one in at)
        return cls(given, at, by_name, by_label, _neighbours(by_name), _neighbours(by_label))

    def name(self, name: str) -> list[Likeness]:
        """Which known names it looks like without being any; empty for a known one and for one like none."""
        if name in self.names:
            return []
        mine = skeleton(name)
        same = [Likeness(one, "characters") for one in sorted(self.by_name.get(mine, ()))]
        near = _near(mine, self.near_names, self.by_name)
        return same or [Likeness(one, "one_edit") for one in near if not _numbered(mine, skeleton(one))]

    def host(self, address: str) -> list[Likeness]:
        """Which known hosts a host or address looks like without being any or part of any; empty when none, or when it is no host."""
        host = host_of(address)
        if not host or any(host == one or host.endswith(f".{one}") for one in self.hosts):
            return []
        within = [Likeness(one, "subdomain") for one in sorted(self.hosts) if f"{one}." in f"{host}."]
        mine, labels = label(host), registered(host).split(".")[0]
        same = sorted(self.by_label.get(mine, ()))
        found = [Likeness(one, "other_ending" if labels == registered(one).split(".")[0] else "characters") for one in same]
        near = [] if found else [Likeness(one, "one_edit") for one in _near(mine, self.near_labels, self.by_label)]
        parts = set(re.split(r"[-_.]", skeleton_of_host(host)))
        inside = [Likeness(one, "inside") for part in sorted(parts - {mine}) for one in sorted(self.by_label.get(part, ()))]
        return [*within, *found, *near, *(inside if not within else [])]


def skeleton(name: str) -> str:
    """What a hurried reader sees of a name: usual characters, homoglyphs as letters, without marks and words that all shops have."""
    plain = characters.squeezed(characters.plain(name))
    rest = USUAL_WORDS.sub("", plain)
    return _letters(rest if len(rest) >= 2 else plain)


def host_of(address: str) -> str:
    """The host of an address in lower case and Unicode, without www.; empty when it has none."""
    try:
        host = (urlsplit(address if "//" in address else f"//{address}").hostname or "").rstrip(".")
        return ".".join(part.encode().decode("idna") if part.startswith("xn--") else part for part in host.split(".")).removeprefix("www.")
    except (UnicodeError, ValueError):
        return ""


def registered(host: str) -> str:
    """The part of a host that somebody registered: its last two labels, three below a suffix such as com.cn."""
    parts = host.split(".")
    return ".".join(parts[-3:] if ".".join(parts[-2:]) in SUFFIXES else parts[-2:])


def label(host: str) -> str:
    """The first label of the registered part, as a hurried reader sees it."""
    return _letters(characters.plain(registered(host).split(".")[0]).replace("-", ""))


def skeleton_of_host(host: str) -> str:
    return _letters(characters.plain(host))


def within_one(left: str, right: str) -> bool:
    """Whether one character more, less, other, or two neighbours swapped turn one into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    one, other = left[start:], right[start:]
    swapped = one[:2] == other[:2][::-1] and one[2:] == other[2:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or swapped


def _numbered(left: str, right: str) -> bool:
    """Whether only digits tell them apart: shops and branches are numbered."""
    return re.sub("[0-9]", "", left) == re.sub("[0-9]", "", right)


def _letters(text: str) -> str:
    """Letters and digits that pass for a letter as that letter, where the text has letters at all."""
    if not re.search("[a-zͰ-ӿ]", text):
        return text
    return "".join(characters.latin().get(one, one) for one in text).replace("rn", "m").replace("vv", "w")


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, one in pairs:
        found[key].add(one)
    return {key: frozenset(every) for key, every in found.items()}


def _neighbours(index: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Text with one character left out → the skeletons it comes from: two that are one edit apart share such a text."""
    return _index((short, key) for key in index if len(key) >= SHORTEST for short in _shorter(key))


def _shorter(text: str) -> set[str]:
    return {text, *(text[:i] + text[i + 1 :] for i in range(len(text)))}


def _near(mine: str, near: Mapping[str, frozenset[str]], index: Mapping[str, frozenset[str]]) -> list[str]:
    if len(mine) < SHORTEST:
        return []
    keys = {key for short in _shorter(mine) for key in near.get(short, ()) if within_one(mine, key)}
    return sorted(one for key in keys for one in index[key])
