#!/usr/bin/env python3
# ruff: noqa: B905, RUF007, UP006, UP035, UP045
# ^ runs on every Python from 3.8 on, not only on ours
"""Verify an inspection draw (双随机抽取) with nothing but Python 3: no installation, no network. The city draws with this very file.

    python3 verify_draw.py draw.json              verdict in Chinese and English; exit status 0 when the draw holds, 1 when not
    python3 verify_draw.py secret DRAW DEPARTMENT  a department's secret and the commitment that it publishes

The file is canonical JSON (sorted keys, no blanks, ASCII) and one newline: no byte is free. Format and algorithm `chengxin-draw/1`:

1. Lists. Objects in strata, inspectors by department, conflicts: all as commitments SHA-256(salt text) in ascending order. `lists_hash`
   covers them, the number to take of each stratum, and the public value announced: its source and its day.
2. Shares. Each of two departments publishes SHA-256 of (draw, department, secret) before that day, and the secret before that day too.
3. Seed. SHA-256 of lists_hash, both secrets and the public value, each with its length before it, under a name of its own.
4. Stream. Block i of the stream `label` is SHA-256("chengxin-draw/1 stream" seed label i); read as 64-bit numbers, first byte highest.
   A number below n: numbers from the largest multiple of n on are thrown away, the rest modulo n. So every value is equally likely.
5. Objects. Of each stratum the first `take` of a Fisher-Yates shuffle: without replacement, each object with the chance take / size.
6. Inspectors. For each object drawn, in order, and each department: of the inspectors without a conflict those with the least load,
   ties by lot, until the team is full.
7. Replacements. When somebody cannot come: the same choice from a stream of its own, without the one who leaves and those on the team.

Whether the lists were really frozen before: `lists_hash`, the commitments and `digest` are entries of the city's public log; see
verify_chengxin.py. 许可证 Licence: Apache-2.0.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

FORMAT = "chengxin-draw/1"
WORD = 2**64
TEXTS = {
    "good": (
        "成立：抽取结果可由冻结名录、两部门随机数和公开数值完整重现。",
        "It holds: lists, both secrets and the public value give this very result.",
    ),
    "unreadable": ("无法核验：不是抽取文件，或已损坏。", "Cannot be verified: this is no draw file, or it is damaged."),
    "digest": ("不成立：文件内容被改动。", "It does not hold: the file was altered."),
    "lists": ("不成立：名录与冻结时的摘要不符。", "It does not hold: the lists are not those that were frozen."),
    "order": ("不成立：名录未按规定排序或有重复。", "It does not hold: a list is out of order or names something twice."),
    "days": ("不成立：承诺或者揭示不早于公开数值之日。", "It does not hold: a commitment or secret is not older than the public value."),
    "share": ("不成立：揭示的随机数与事先承诺不符。", "It does not hold: a secret is not the one that was committed to."),
    "seed": ("不成立：种子不是由公开的各项计算得出。", "It does not hold: the seed does not follow from what is published."),
    "drawn": ("不成立：抽中对象或者检查人员与重算结果不同。", "It does not hold: other objects or inspectors follow from the seed."),
    "replacements": ("不成立：替换人员与重算结果不同。", "It does not hold: another replacement follows from the seed."),
    "opened": ("不成立：公开的名称与名录中的承诺不符。", "It does not hold: a name does not fit its commitment."),
}


class Fails(Exception):
    """A check that failed, by its key of TEXTS; or a draw that cannot be made ("nobody": no inspector without a conflict is left)."""


def canonical(value: Any) -> bytes:
    """The only spelling of a JSON value: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _hash(name: str, *parts: bytes) -> bytes:
    """SHA-256 of a purpose and of parts, each with its length before it, so that no two readings give the same bytes."""
    whole = hashlib.sha256()
    for part in (f"{FORMAT} {name}".encode(), *parts):
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()


def entry(salt: str, text: str) -> str:
    """The commitment that stands in a public list for a name."""
    return _hash("entry", bytes.fromhex(salt), text.encode()).hex()


def commitment(draw: str, department: str, secret: str) -> str:
    """What a department publishes before: it binds the secret to this draw and to this department."""
    return _hash("share", draw.encode(), department.encode(), bytes.fromhex(secret)).hex()


def lists_hash(bundle: Dict[str, Any]) -> str:
    """What is frozen: the lists with the numbers to take, and which public value of which day will be used."""
    return _hash("lists", canonical({name: bundle[name] for name in ("draw", "lists", "plan", "source")})).hex()


def seed_of(frozen: str, shares: Sequence[Tuple[str, str]], value: str) -> str:
    """The seed. shares: (department, secret in hex), ascending by department."""
    said = [part for department, secret in shares for part in (department.encode(), bytes.fromhex(secret))]
    return _hash("seed", bytes.fromhex(frozen), *said, value.encode()).hex()


def digest(bundle: Dict[str, Any]) -> str:
    """Over everything but itself."""
    return _hash("digest", canonical({name: part for name, part in bundle.items() if name != "digest"})).hex()


class Stream:
    """Equally likely whole numbers from a seed, under a label of their own."""

    def __init__(self, seed: str, label: str) -> None:
        self.start, self.block, self.words = (bytes.fromhex(seed), label.encode()), 0, []  # type: ignore[var-annotated]

    def below(self, n: int) -> int:
        """0 … n - 1. Throws away what would make some of them more likely."""
        most = WORD - WORD % n
        while True:
            if not self.words:
                block = _hash("stream", *self.start, self.block.to_bytes(8, "big"))
                self.block += 1
                self.words = [int.from_bytes(block[i : i + 8], "big") for i in (24, 16, 8, 0)]
            word: int = self.words.pop()
            if word < most:
                return word % n


def sample(units: Sequence[str], take: int, stream: Stream) -> List[str]:
    """`take` of the units without replacement, in the order drawn: the head of a Fisher-Yates shuffle."""
    left = list(units)
    for place in range(take):
        other = place + stream.below(len(left) - place)
        left[place], left[other] = left[other], left[place]
    return left[:take]


def least_loaded(able: Sequence[str], load: Dict[str, int], stream: Stream) -> str:
    """One of those with the least load, by lot. Fails when there is none."""
    if not able:
        raise Fails("nobody")
    least = min(load[one] for one in able)
    ties = [one for one in able if load[one] == least]
    return ties[stream.below(len(ties))]


def draw(seed: str, lists: Dict[str, Any]) -> List[Dict[str, Any]]:
    """[{"unit", "stratum", "inspectors": {department: [commitment, …]}}] in the order drawn."""
    conflicts = {tuple(pair) for pair in lists["conflicts"]}
    load: Dict[str, int] = Counter()
    drawn = []
    for stratum in lists["strata"]:
        for unit in sample(stratum["units"], stratum["take"], Stream(seed, "objects " + stratum["name"])):
            drawn.append({"unit": unit, "stratum": stratum["name"], "inspectors": {}})
    stream = Stream(seed, "inspectors")
    for one in drawn:
        for team in lists["teams"]:
            chosen: List[str] = []
            one["inspectors"][team["department"]] = chosen
            for _ in range(team["size"]):
                chosen.append(_choose(one["unit"], team, set(chosen), conflicts, load, stream))
                load[chosen[-1]] += 1
    return drawn


def _choose(unit: str, team: Dict[str, Any], without: Set[str], conflicts: Set[Any], load: Dict[str, int], stream: Stream) -> str:
    able = [one for one in team["inspectors"] if one not in without and (unit, one) not in conflicts]
    return least_loaded(able, load, stream)


def replace(
    seed: str, lists: Dict[str, Any], drawn: List[Dict[str, Any]], past: List[Dict[str, Any]], unit: str, out: str
) -> Dict[str, Any]:
    """Who takes the place of `out` at `unit`, after the replacements `past`. Who has left once is not chosen again for anything.

    Returns {"number", "unit", "department", "out", "in"}; Fails("nobody") when nobody is left.
    """
    teams = teams_now(drawn, past)
    department = next(name for name, team in teams[unit].items() if out in team)
    team = next(one for one in lists["teams"] if one["department"] == department)
    load: Dict[str, int] = Counter(one for each in teams.values() for members in each.values() for one in members)
    without = {out, *teams[unit][department], *(one["out"] for one in past)}
    number = len(past) + 1
    conflicts = {tuple(pair) for pair in lists["conflicts"]}
    chosen = _choose(unit, team, without, conflicts, load, Stream(seed, f"replacement {number}"))
    return {"number": number, "unit": unit, "department": department, "out": out, "in": chosen}


def teams_now(drawn: List[Dict[str, Any]], past: List[Dict[str, Any]]) -> Dict[str, Dict[str, List[str]]]:
    """{unit: {department: team}} after the replacements."""
    teams = {one["unit"]: {name: list(team) for name, team in one["inspectors"].items()} for one in drawn}
    for each in past:
        team = teams[each["unit"]][each["department"]]
        team[team.index(each["out"])] = each["in"]
    return teams


def check(data: bytes) -> str:
    """The verdict on the bytes of a draw file: "good", or the key of the first check that failed. Never raises."""
    try:
        bundle = json.loads(data.decode("ascii"))
        if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
            return "unreadable"
        if canonical(bundle) + b"\n" != data or digest(bundle) != bundle["digest"]:
            return "digest"
        _check(bundle)
    except Fails as failed:
        return str(failed) if str(failed) in TEXTS else "drawn"
    except (ValueError, KeyError, TypeError, LookupError, ArithmeticError, AttributeError, StopIteration, RecursionError):
        return "unreadable"
    return "good"


def _check(bundle: Dict[str, Any]) -> None:
    lists = bundle["lists"]
    _expect(lists_hash(bundle) == bundle["lists_hash"], "lists")
    for ordered in (*(one["units"] for one in lists["strata"]), *(one["inspectors"] for one in lists["teams"]), lists["conflicts"]):
        _expect(all(a < b for a, b in zip(ordered, ordered[1:])), "order")
    units = [unit for one in lists["strata"] for unit in one["units"]]
    _expect(len(set(units)) == len(units), "order")
    shares = bundle["shares"]
    _expect(len(shares) == 2 and shares[0]["department"] < shares[1]["department"], "order")
    for share in shares:
        _expect(share["committed_on"] <= share["revealed_on"] < bundle["source"]["day"], "days")
        _expect(commitment(bundle["draw"], share["department"], share["secret"]) == share["commitment"], "share")
    pairs = [(share["department"], share["secret"]) for share in shares]
    _expect(seed_of(bundle["lists_hash"], pairs, bundle["value"]) == bundle["seed"], "seed")
    _expect(draw(bundle["seed"], lists) == bundle["drawn"], "drawn")
    past: List[Dict[str, Any]] = []
    for one in bundle["replacements"]:
        _expect(replace(bundle["seed"], lists, bundle["drawn"], past, one["unit"], one["out"]) == one, "replacements")
        past.append(one)
    known = {*units, *(one for team in lists["teams"] for one in team["inspectors"])}
    for name, said in bundle.get("opened", {}).items():
        _expect(name in known and entry(said["salt"], said["text"]) == name, "opened")


def _expect(holds: bool, key: str) -> None:
    if not holds:
        raise Fails(key)


def told(data: bytes) -> Tuple[bool, str]:
    """(whether the draw holds, what to tell people in both languages)."""
    verdict = check(data)
    lines = [*TEXTS[verdict]]
    if verdict == "good":
        bundle = json.loads(data)
        lines += [f"{bundle['plan']}  digest {bundle['digest']}", f"lists_hash {bundle['lists_hash']}"]
        for one in bundle["lists"]["strata"]:
            lines.append(f"stratum {one['name']}: {one['take']} of {len(one['units'])}")
        opened = bundle.get("opened", {})
        lines += [opened[one["unit"]]["text"] for one in bundle["drawn"] if one["unit"] in opened]
    return verdict == "good", "\n".join(lines)


def main(arguments: Optional[List[str]] = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) == 3 and given[0] == "secret":
        secret = secrets.token_hex(32)
        print(f"secret (keep it, reveal it in time) {secret}\ncommitment (publish it now)         {commitment(given[1], given[2], secret)}")
        return 0
    if len(given) != 1:
        print(__doc__)
        return 2
    try:
        good, text = told(Path(given[0]).read_bytes())
    except OSError:
        good, text = False, "\n".join(TEXTS["unreadable"])
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
