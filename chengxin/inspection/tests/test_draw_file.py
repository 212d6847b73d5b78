"""The algorithm of the draw and its one-file verifier: exact chances, one answer, no byte free."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter

import pytest

from chengxin.inspection import verify_draw as lot

pytestmark = pytest.mark.one_database

SIMULATED = 20_000
STANDARD_ERRORS = 3
# 99.9 % quantile of chi-square with 11 degrees of freedom (12 units), NIST/SEMATECH handbook 1.3.6.7.4
CHI_SQUARE_11 = 31.264


def a_bundle(**changes):
    """A draw of two strata and one department, whole and in order."""
    units = sorted(lot.entry(f"{n:064x}", f"示例商贸{n}号") for n in range(9))
    people = sorted(lot.entry(f"{n:064x}", f"执法员{n}") for n in range(100, 105))
    strata = [{"name": "1", "take": 2, "units": units[:6]}, {"name": "2", "take": 2, "units": units[6:]}]
    teams = [{"department": "SAMR", "size": 2, "inspectors": people}]
    lists = {"strata": strata, "teams": teams, "conflicts": sorted([[units[0], people[0]], [units[7], people[2]]])}
    made = {
        "format": lot.FORMAT,
        "draw": "IP1-1",
        "plan": "IP1",
        "lists": lists,
        "source": {"text": "双色球", "day": "2026-12-01"},
        "leaf": 7,
    }
    made |= {"lists_hash": lot.lists_hash(made), "value": "03 09 14", "earlier": [], **changes}
    made["shares"] = [
        {"department": name, "secret": secret * 32, "commitment": lot.commitment("IP1-1", name, secret * 32),
         "committed_on": "2026-11-25", "revealed_on": "2026-11-30"}
        for name, secret in (("COM", "0c"), ("SAMR", "a5"))
    ]  # fmt: skip
    made["seed"] = lot.seed_of(made["lists_hash"], [(one["department"], one["secret"]) for one in made["shares"]], made["value"])
    made["drawn"] = lot.draw(made["seed"], lists)
    first = made["drawn"][0]
    made["replacements"] = [lot.replace(made["seed"], lists, made["drawn"], [], first["unit"], first["inspectors"]["SAMR"][0])]
    return made


def bytes_of(made):
    return lot.canonical({**made, "digest": lot.digest(made)}) + b"\n"


def test_a_draw_is_reproduced_from_its_file_alone():
    assert lot.check(bytes_of(a_bundle())) == "good"


def test_every_changed_byte_is_refused():
    data = bytes_of(a_bundle())
    for place in range(0, len(data), 3):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert lot.check(changed) != "good", place


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("lists", "strata", 0, "take"), 3, "lists"),
        (("source", "text"), "七乐彩", "lists"),
        (("shares", 0, "secret"), "0d" * 32, "share"),
        (("shares", 1, "revealed_on"), "2026-12-01", "days"),
        (("shares", 1, "committed_on"), "2026-12-01", "days"),
        (("value",), "03 09 15", "seed"),
        (("seed",), "00" * 32, "seed"),
        (("drawn", 0, "unit"), "00" * 32, "drawn"),
        (("replacements", 0, "in"), "00" * 32, "replacements"),
    ],
)
def test_somebody_who_can_recompute_the_digest_is_refused_too(path, value, code):
    made = json.loads(json.dumps(a_bundle()))
    *way, last = path
    inside = made
    for each in way:
        inside = inside[each]
    inside[last] = value
    assert lot.check(bytes_of(made)) == code


def test_names_open_only_their_own_commitments():
    made = a_bundle()
    unit = lot.entry(f"{3:064x}", "示例商贸3号")
    good = {unit: {"salt": f"{3:064x}", "text": "示例商贸3号"}}
    assert lot.check(bytes_of({**made, "opened": good})) == "good"
    assert lot.check(bytes_of({**made, "opened": {unit: {"salt": f"{3:064x}", "text": "示例商贸4号"}}})) == "opened"


def test_a_stranger_needs_one_file_and_no_network(tmp_path):
    whole, changed = tmp_path / "draw.json", tmp_path / "changed.json"
    data = bytes_of(a_bundle())
    whole.write_bytes(data)
    changed.write_bytes(data.replace(b'"leaf":7', b'"leaf":8'))
    for path, status in ((whole, 0), (changed, 1), (tmp_path / "none.json", 1)):
        ran = subprocess.run([sys.executable, "-I", lot.__file__, path], capture_output=True, text=True, check=False)
        assert ran.returncode == status, ran.stdout


def test_the_command_does_the_same(tmp_path):
    whole, changed = tmp_path / "draw.json", tmp_path / "changed.json"
    data = bytes_of(a_bundle())
    whole.write_bytes(data)
    changed.write_bytes(data[:300] + bytes([data[300] ^ 1]) + data[301:])
    for path, status, said in ((whole, 0, "stratum 1: 2 of 6"), (changed, 1, "altered")):
        command = [sys.executable, "-m", "chengxin.cli", "draw", "verify", path]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ran.returncode, said in ran.stdout) == (status, True), ran.stdout + ran.stderr


def independent_stream(seed: str, label: str, words: int) -> list[int]:
    """The stream of the file's point 4, written a second time: 64-bit numbers before anything is thrown away."""
    found = []
    for block in range(words // 4 + 1):
        whole = hashlib.sha256()
        for part in (b"chengxin-draw/1 stream", bytes.fromhex(seed), label.encode(), block.to_bytes(8, "big")):
            whole.update(len(part).to_bytes(8, "big") + part)
        found += [int.from_bytes(whole.digest()[i : i + 8], "big") for i in range(0, 32, 8)]
    return found[:words]


def test_the_stream_is_the_one_that_is_described():
    n = 2**63 + 1  # nearly half of all numbers are thrown away
    kept = [word for word in independent_stream("ab" * 32, "objects 1", 40) if word < n]
    stream = lot.Stream("ab" * 32, "objects 1")
    assert [stream.below(n) for _ in kept] == kept


def simulated(take: int, size: int) -> Counter[str]:
    units, found = [f"{n:02d}" for n in range(size)], Counter()
    for number in range(SIMULATED):
        found.update(lot.sample(units, take, lot.Stream(hashlib.sha256(number.to_bytes(8, "big")).hexdigest(), "objects 1")))
    return found


def test_every_object_has_its_exact_chance():
    """Each unit within 3 standard errors, and chi-square over all of them not rejected."""
    take, size = 5, 12
    found, chance = simulated(take, size), take / size
    error = (SIMULATED * chance * (1 - chance)) ** 0.5
    assert all(abs(found[f"{n:02d}"] - SIMULATED * chance) < STANDARD_ERRORS * error for n in range(size))
    # Within one draw the units exclude each other: the usual sum is (size - 1) / size · (1 - chance) of a chi-square.
    total = sum((found[f"{n:02d}"] - SIMULATED * chance) ** 2 for n in range(size)) / (SIMULATED * chance * (1 - chance))
    assert total * (size - 1) / size < CHI_SQUARE_11


@pytest.mark.nightly
def test_whole_draws_are_fair_to_objects_and_inspectors():
    """20,000 draws of two strata with teams: every object its chance, every inspector without a conflict the same share of visits."""
    lists = {**a_bundle()["lists"], "conflicts": []}
    objects, visits = Counter(), Counter()
    for number in range(SIMULATED):
        for one in lot.draw(hashlib.sha256(number.to_bytes(8, "big")).hexdigest(), lists):
            objects[one["unit"]] += 1
            visits.update(one["inspectors"]["SAMR"])
    for stratum in lists["strata"]:
        chance = stratum["take"] / len(stratum["units"])
        error = (SIMULATED * chance * (1 - chance)) ** 0.5
        assert all(abs(objects[unit] - SIMULATED * chance) < STANDARD_ERRORS * error for unit in stratum["units"])
    # 8 places among 5 inspectors: each has one visit, and three of the five a second one.
    people = lists["teams"][0]["inspectors"]
    error = (SIMULATED * 0.6 * 0.4) ** 0.5
    assert all(abs(visits[one] - SIMULATED * 1.6) < STANDARD_ERRORS * error for one in people)


def test_a_shuffle_that_is_not_fair_fails_the_same_figures():
    """The twin: numbers taken modulo 5 of a byte instead of by rejection, and places drawn with replacement of the first."""

    class Leaning(lot.Stream):
        def below(self, n: int) -> int:
            return min(n - 1, super().below(n + 1))  # the last value is twice as likely

    units, found = [f"{n:02d}" for n in range(12)], Counter()
    for number in range(SIMULATED // 4):
        found.update(lot.sample(units, 5, Leaning(hashlib.sha256(number.to_bytes(8, "big")).hexdigest(), "objects 1")))
    runs, chance = SIMULATED // 4, 5 / 12
    error = (runs * chance * (1 - chance)) ** 0.5
    assert any(abs(found[one] - runs * chance) > STANDARD_ERRORS * error for one in units)


def test_load_is_even_and_conflicts_are_kept():
    lists = a_bundle()["lists"]
    lists["strata"] = [{**one, "take": len(one["units"])} for one in lists["strata"]]
    for number in range(50):
        drawn = lot.draw(hashlib.sha256(number.to_bytes(8, "big")).hexdigest(), lists)
        load = Counter(one for each in drawn for one in each["inspectors"]["SAMR"])
        assert max(load.values()) - min(load.values()) <= 1
        pairs = {(each["unit"], one) for each in drawn for one in each["inspectors"]["SAMR"]}
        assert not pairs & {tuple(pair) for pair in lists["conflicts"]}
        assert all(len(set(each["inspectors"]["SAMR"])) == 2 for each in drawn)


def test_nobody_left_is_said_and_not_papered_over():
    made = a_bundle()
    lists = {**made["lists"], "teams": [{**made["lists"]["teams"][0], "inspectors": made["lists"]["teams"][0]["inspectors"][:1]}]}
    with pytest.raises(lot.Fails, match="nobody"):
        lot.draw(made["seed"], lists)
