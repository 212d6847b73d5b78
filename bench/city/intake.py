"""A cell by way of the product's ordinary intake, log and runs: a database of its own, the reports accepted one by one, a recorded run.

python bench/city/intake.py CELL_AS_JSON FOLDER        # writes FOLDER/told.json; run.py starts it in a process of its own
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]


def work(cell: Any, folder: Path) -> dict[str, Any]:
    """The same as `cells.work`, in a fresh process with a fresh data directory."""
    import cells

    data = folder / "data"
    cells.fix_key(data)
    environment = {**os.environ, "CHENGXIN_DATA": str(data), "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, __file__, json.dumps(cells.asdict(cell)), str(folder)], check=True, env=environment)
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


def _one(given: dict[str, Any], folder: Path) -> None:
    import answers
    import cells
    from django.core.management import call_command

    from chengxin import city
    from chengxin.detection import grouping
    from chengxin.detection.actions import run, window_of

    call_command("migrate", verbosity=0)
    cell = cells.from_plain(given)
    made = city.write(folder / "city", recipe=cell.recipe())
    refused = _accepted(made)
    done = run([one.name for one in cell.chosen()], window_of(), "system:bench")
    found = [grouping.from_plain(_plain(one)) for one in done.found.all()]
    truth = answers.load(made.folder, cells.tokens)
    told = cells.told(made, truth, found, {"stopped": [], "refused": refused})
    assert told["root"] == cells.root(one.digest for one in done.found.all()), "what is kept of a finding is all of it"
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def _plain(row: Any) -> dict[str, Any]:
    names = ("detector", "behaviour", "shops", "accounts", "evidence", "reasons", "score", "benign", "picture")
    return {name: getattr(row, name) for name in names} | {name: getattr(row, name).isoformat() for name in ("since", "until")}


def _accepted(made: Any) -> dict[str, int]:
    """Send every report through the ordinary intake; returns why rows were set aside (nothing should be)."""
    from chengxin.facts import sources
    from chengxin.facts.actions import accept_batch
    from chengxin.subjects.actions import register_platform

    names = {path.parts[-2] for path in made.batches}
    platforms = {name: register_platform(name, name, "system:bench") for name in sorted(names)}
    refused: dict[str, int] = {}
    for path in made.batches:
        receipt = accept_batch(platforms[path.parts[-2]], path.stem, path, "parquet", "system:bench", limits=sources.COMMAND)
        for reason, rows in receipt.reasons.items():
            refused[f"{path.stem} {reason}"] = refused.get(f"{path.stem} {reason}", 0) + rows
    return refused


if __name__ == "__main__":
    import django

    django.setup()
    _one(json.loads(sys.argv[1]), Path(sys.argv[2]))
