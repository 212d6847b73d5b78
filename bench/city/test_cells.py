"""Cells of the city bench: the same every time, the same by both roads, taken up again: python -m pytest bench/city."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ablate
import baselines
import cells
import intake
import run
from score import BEHAVIOURS

from chengxin.detection.learning import queries
from chengxin.kernel import encryption

HERE = cells.HERE
SMALL = cells.Cell(3, ("F1", "F2", "F6"), (0,), "S", 0.2, look=21, small=(("events", 24_000), ("days", 60), ("chunks", 1)))


@pytest.fixture(autouse=True)
def _the_key(settings, tmp_path):
    cells.fix_key(tmp_path / "data")
    settings.KEYS_DIR = tmp_path / "data" / "keys"
    encryption.forget_cached_keys()
    yield
    encryption.forget_cached_keys()


def test_the_same_cell_gives_the_same_numbers_bit_for_bit(tmp_path):
    program = f"import sys; sys.path.insert(0, {str(HERE)!r}); import run, cells, json, django; given, out = sys.argv[1:]\n"
    program += "from pathlib import Path; run._prepare(Path(out)); django.setup()\n"
    program += "print(json.dumps(cells.work(cells.from_plain(json.loads(given)), Path(out)), sort_keys=True))"
    told = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        out.mkdir()
        given = [sys.executable, "-c", program, json.dumps(cells.asdict(SMALL)), str(out)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(cells.ROOT)}
        told.append(subprocess.run(given, check=True, capture_output=True, text=True, env=environment).stdout)
    assert told[0] == told[1]
    first = json.loads(told[0])
    assert first["clues"] and not first["refused"]
    assert any(one["delay"] for one in first["answers"]["campaigns"]), "a campaign of level 0 is named while the city goes on"


def test_the_direct_reader_finds_what_the_intake_leads_to(tmp_path):
    cell = replace(SMALL, look=0)
    direct = cells.work(cell, tmp_path / "direct")
    whole = intake.work(replace(cell, direct=False), tmp_path / "whole")
    assert direct["clues"] and direct["root"] == whole["root"]
    plain = json.loads(json.dumps(direct))
    for name in ("clues", "answers", "baselines"):
        assert plain[name] == whole[name], name


def test_what_is_done_is_not_done_again_and_a_line_cut_short_is(tmp_path):
    made = []

    def work(cell):
        made.append(cell)
        return {"seed": cell.seed}

    path, wanted = tmp_path / "results.jsonl", [replace(SMALL, seed=seed) for seed in (1, 2, 3)]
    assert [told["seed"] for _, told in run.done(wanted, path, work)] == [1, 2, 3]
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1], lines[2][:30]]) + "\n")
    assert [told["seed"] for _, told in run.done(wanted, path, work)] == [1, 2, 3]
    assert [cell.seed for cell in made] == [1, 2, 3, 3]


def test_every_type_is_planted_in_one_set_of_cities():
    planted = [type_ for types in cells.TOGETHER for type_ in types]
    assert sorted(planted) == sorted(BEHAVIOURS)
    assert run.seeds_of("1..4") == [1, 2, 3, 4] and run.seeds_of("2,9") == [2, 9]


def test_what_is_switched_off_is_a_parameter_of_the_card():
    for name in yaml.safe_load((HERE / "ablations.yaml").read_text(encoding="utf-8")):
        assert len(ablate.variants(name)) > 2
    assert ablate.variants("brushing")["weights: money"]["weights"]["money"] == 0
    assert ablate.type_of("brushing") == "F1" and ablate.type_of("shared_licence") == "F19"


def test_every_trivial_ranking_has_a_name_on_the_model_page_and_figures_read_back():
    names = {name.removeprefix("rule: ") for name in (*baselines.RULES, *baselines.OUTLETS)}
    assert names <= queries.rankings().keys()
    told = {
        "date": date(2026, 11, 28),
        "seeds": "1-5",
        "levels": [{"level": 0, "recall": 0.5, "trivial": {"name": "the word 治 on pages", "ap": 0.1}}],
    }
    assert yaml.safe_load(run._entry("brushing", told)) == {"brushing": told}
