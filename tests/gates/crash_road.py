"""Kills the road: a child reports, detects and opens clues until it is killed -9 at a random moment; then what was acknowledged is checked.

    python -m tests.gates.crash_road KILLS [SEED]

Runs in the data directory of CHENGXIN_DATA, where `chengxin setup` has been; with -1 kills it only makes the city there, and a copy of the
directory serves as well. The
parent never touches database or engines, it only forks, so that every child starts clean and fast. Prints one JSON line with what it did;
the exit code is 0 when no promise was broken.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date
from importlib import import_module
from pathlib import Path

ACTOR = "system:crash"
# Every detector writes what it finds in the same way; --nightly asks for all of them with an empty value.
DETECTORS = os.environ.get("CRASH_DETECTORS", "brushing empty_parcel price_fraud").split()
EARLY = bool(os.environ.get("CRASH_ACKNOWLEDGES_EARLY"))  # the twin: receipts are told before they are committed


def prepare(folder: Path) -> None:
    """A small city with much fraud in the folder, and its platforms in the database, whose tables are there."""
    from chengxin import city
    from chengxin.accounts import actions as accounts
    from chengxin.city.sizes import Recipe
    from chengxin.subjects import actions as subjects

    accounts.load_departments()
    recipe = Recipe(events=8_000, seed=3, prevalence=0.2, levels=(0, 1), start=date(2026, 3, 1), days=60, chunks=1)
    city.write(folder, recipe=recipe)
    for path in city.batches(folder):
        subjects.register_platform(path.parent.name, path.parent.name, ACTOR)


def walk(folder: Path, say: Callable[[str], None]) -> None:
    """The road once: every batch, a run, its clues. Says each acknowledgement the moment it has it."""
    from django.db import transaction

    from chengxin import city
    from chengxin.detection import actions as detection
    from chengxin.facts import actions as facts
    from chengxin.jobs import outbox

    with transaction.atomic() if EARLY else nullcontext():
        for path in city.batches(folder):
            receipt = facts.accept_batch(path.parent.name, path.stem, path, "parquet", ACTOR)
            say(f"receipt {receipt.id}")
    outbox.deliver_all()
    run = detection.run(DETECTORS, detection.window_of(), ACTOR)
    say(f"run {run.id}")
    outbox.deliver_all()
    say("clues")


def broken_promises(acknowledged: Sequence[str]) -> list[str]:
    """What does not hold now: a lost acknowledgement, a doubled fact, a file nobody owns, a clue twice, a log that does not add up."""
    from django.conf import settings

    from chengxin.audit import queries as audit
    from chengxin.detection.models import Run
    from chengxin.facts import kinds, lake, queries, recovery
    from chengxin.facts.models import Receipt, Segment
    from chengxin.supervision.models import Clue

    recovery.recover()
    broken = [f"receipt {one} is lost" for one in _ids(acknowledged, "receipt") if not Receipt.objects.filter(id=one).exists()]
    broken += [f"run {one} is lost" for one in _ids(acknowledged, "run") if not Run.objects.filter(id=one).exists()]
    owned = {Path(settings.LAKE_DIR) / one.path for one in Segment.objects.filter(replaced_at=None)}
    found = {path for path in Path(settings.LAKE_DIR).rglob("*.parquet") if "temp" not in path.parts and "quarantine" not in path.parts}
    broken += [f"file {path.name} is missing" for path in owned - found]
    broken += [f"file {path.name} belongs to nobody" for path in found - owned]
    connection = lake.connect(queries.snapshot(list(kinds.kinds())))
    for kind in kinds.kinds():
        rows, facts = connection.execute(f'SELECT count(*), count(DISTINCT fact) FROM "{kind}"').fetchone()
        if rows != facts:
            broken.append(f"{rows - facts} {kind} facts are doubled")
    keys = list(Clue.objects.values_list("key", flat=True))
    broken += [f"{len(keys) - len(set(keys))} clues are doubled"] if len(keys) != len(set(keys)) else []
    return broken + audit.self_check()


def tally() -> dict[str, int]:
    """How much there is of everything that may be neither lost nor doubled."""
    from chengxin.facts import kinds, lake, queries
    from chengxin.facts.models import Receipt
    from chengxin.supervision.models import Clue

    connection = lake.connect(queries.snapshot(list(kinds.kinds())))
    counted = {kind: connection.execute(f'SELECT count(*) FROM "{kind}"').fetchone()[0] for kind in kinds.kinds()}
    return {**counted, "receipts": Receipt.objects.count(), "clues": Clue.objects.count()}


def _ids(acknowledged: Sequence[str], word: str) -> list[str]:
    return [line.split()[1] for line in acknowledged if line.startswith(word + " ")]


def in_child(
    task: Callable[[Callable[[str], None]], None], seconds: float | None = None, from_first_word: bool = False
) -> tuple[list[str], bool]:
    """Run a task in a forked child; kill -9 it after `seconds`, or so long after its first word.

    Returns what it said and whether it was killed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(task, writing)
    os.close(writing)
    end = None if seconds is None or from_first_word else time.monotonic() + seconds
    said, killed = b"", False
    while True:
        left = None if end is None else max(0.0, end - time.monotonic())
        ready, _, _ = select.select([reading], [], [], left)
        if not ready:
            os.kill(child, signal.SIGKILL)
            end, killed = None, True
            continue
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        if from_first_word and seconds is not None and not said:
            end = time.monotonic() + seconds
        said += chunk
        if EARLY and end is not None and b"receipt " in said:  # the twin dies between telling and committing
            end = time.monotonic()
    os.close(reading)
    os.waitpid(child, 0)
    whole = said.decode().rpartition("\n")[0]  # a line cut by the kill was not acknowledged
    return [line for line in whole.split("\n") if line], killed


def _be_child(task: Callable[[Callable[[str], None]], None], writing: int) -> None:
    def say(text: str) -> None:
        os.write(writing, f"{text}\n".encode())

    try:
        task(say)
        os._exit(0)
    except BaseException:
        say("error " + traceback.format_exc().replace("\n", " | "))
        os._exit(1)


def _preload() -> None:
    """Import, without using, what a child needs: a life of a tenth of a second must not be spent on imports."""
    for module in ("facts.actions", "facts.intake", "detection.actions", "detection.tasks", "supervision.tasks", "supervision.actions"):
        import_module(f"chengxin.{module}")


def main(kills: int, seed: int) -> int:
    import django
    from django.conf import settings

    django.setup()
    chance = random.Random(seed)
    folder = Path(settings.DATA_DIR) / "city"
    if not (folder / "city.json").exists():
        in_child(lambda say: prepare(folder))
    if kills < 0:
        return 0
    started = time.monotonic()
    _preload()
    acknowledged: list[str] = []
    broken: list[str] = []
    killed, length = 0, 8.0
    while killed < kills:
        born = time.monotonic()
        moment = 3600.0 if EARLY else chance.uniform(0.02, length)
        said, was_killed = in_child(lambda say: walk(folder, say), seconds=moment)
        acknowledged += said
        broken += [line for line in said if line.startswith("error ")]
        killed += was_killed
        if not was_killed:
            length = min(length, time.monotonic() - born)
        found, _ = in_child(lambda say, until_now=tuple(acknowledged): [say(line) for line in broken_promises(until_now)])
        broken += found
    said, _ = in_child(lambda say: walk(folder, say))
    broken += [line for line in said if line.startswith("error ")]
    found, _ = in_child(lambda say: [say(line) for line in broken_promises(acknowledged + said)])
    counted, _ = in_child(lambda say: say(json.dumps(tally())))
    result = {
        "kills": killed,
        "acknowledged": len(set(acknowledged)),
        "broken": sorted(set(broken + found)),
        "tally": json.loads(counted[0]) if counted else {},
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["broken"] else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
