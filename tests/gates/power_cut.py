"""Cuts the power at every kind of moment of one recorded pass of the road, and opens what the disk may then hold.

    python -m tests.gates.power_cut CUTS [SEED]

Runs in CHENGXIN_DATA, whose tables are there. The pass is recorded once with all its data (see disk_model.py for what a cut may leave);
each cut is put on the disk, opened, integrity-checked, recovered as at start-up, and everything acknowledged before the cut is looked for.
POWER_UNSAFE=NORMAL or POWER_UNSAFE=lake records a pass without a protection. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from tests.gates import disk_model, fault_road, tracing
from tests.gates.disk_model import Disk, Event

UNSAFE = os.environ.get("POWER_UNSAFE", "")
MODES = ("lost", "torn", "torn", "reordered", "all")
A_CHILD = 100  # cuts one process opens: a fresh one now and then forgets what it may have kept in memory


def walk(say: tracing.Say) -> None:
    if UNSAFE == "NORMAL":
        from django.db import connection

        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")
    if UNSAFE == "lake":
        from chengxin.facts import disk

        disk.sync = lambda path: None
    fault_road.walk(say)


def record(data: Path) -> list[Event]:
    """The calls of one pass."""
    log = data.with_name(data.name + ".power")
    said, status = tracing.child(walk, disk_model.STRACE, log)
    assert status == 0, said
    return disk_model.events(log, data)


def put(state: dict[str, bytes | None], root: Path) -> None:
    """Make the folder hold exactly this."""
    shutil.rmtree(root)
    root.mkdir()
    for name, content in sorted(state.items()):
        if content is None:
            Path(name).mkdir(exist_ok=True)
        else:
            Path(name).write_bytes(content)


def opened(acknowledged: list[str]) -> list[str]:
    """What does not hold when the house starts on what is there now."""
    from django.db import connection

    from chengxin.audit import tree
    from chengxin.facts import known
    from chengxin.kernel import durability

    connection.close()
    known._cache.clear()
    tree._known_good[0] = ""
    try:
        durability.check()
        with connection.cursor() as cursor:
            said = [row[0] for row in cursor.execute("PRAGMA integrity_check").fetchall()]
        return ([] if said == ["ok"] else said) + fault_road.broken_promises(acknowledged)
    except Exception as error:
        return [f"does not open: {type(error).__name__} {str(error)[:200]}".replace("\n", " ")]
    finally:
        connection.close()


class Cuts:
    """A recorded pass, and the cuts that are tried on it."""

    def __init__(self, data: Path) -> None:
        self.data, self.base = data, data.with_name(data.name + ".base")
        self.fresh()
        self.happened = record(data)
        heard = [
            (place, line) for place, event in enumerate(self.happened) if event.what == "said" for line in event.data.decode().split("\n")
        ]
        self.heard = [(place, line) for place, line in heard if line]

    def unlike(self) -> list[str]:
        """Files that the record does not explain: the pass made them otherwise. Called before anything is put."""
        there = {str(path): None if path.is_dir() else path.read_bytes() for path in self.data.rglob("*") if not path.name.endswith("-shm")}
        disk = self.disk()
        for event in self.happened:
            disk.take(event)
        told = disk.whole()
        return sorted(
            f"the record does not explain {name}" for name in told.keys() | there.keys() if told.get(name, 0) != there.get(name, 0)
        )

    def moments(self, many: int, chance: random.Random) -> list[int]:
        """After which event the power goes: each once while there are more than cuts, every acknowledgement among them."""
        after = [place for place, _ in self.heard][:many]
        return sorted(after + [chance.randrange(len(self.happened)) for _ in range(many - len(after))])

    def fresh(self) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(self.base, self.data)

    def disk(self) -> Disk:
        """The disk as prepared, with its paths."""
        self.fresh()
        return Disk(self.data)

    def run(self, many: int, chance: random.Random) -> list[str]:
        """Every broken promise, with its moment."""
        disk, at, broken = self.disk(), 0, []
        moments = self.moments(many, chance)
        for first in range(0, many, A_CHILD):
            states = []
            for moment in moments[first : first + A_CHILD]:
                while at <= moment:
                    disk.take(self.happened[at])
                    at += 1
                mode = chance.choice(MODES)
                states.append((moment, mode, disk.after_cut(chance, mode)))
            said, status = tracing.child(lambda say, states=states: self.look(states, say))  # type: ignore[misc]
            broken += said + ([f"the looking process ended with {status}"] if status and not said else [])
            print(f"{min(first + A_CHILD, many)} cuts, {len(broken)} broken", file=sys.stderr, flush=True)
        return broken

    def look(self, states: list[tuple[int, str, dict[str, bytes | None]]], say: tracing.Say) -> None:
        for moment, mode, state in states:
            put(state, self.data)
            acknowledged = [line for place, line in self.heard if place <= moment]
            for line in opened(acknowledged):
                say(f"cut {moment} {mode}: {line}")


def main(many: int, seed: int) -> int:
    import django
    from django.conf import settings

    django.setup()
    fault_road.preload()
    data = Path(settings.DATA_DIR)
    fault_road.make_base(data)
    started = time.monotonic()
    cuts = Cuts(data)
    broken = cuts.unlike() or cuts.run(many, random.Random(seed))
    kinds: dict[str, int] = {}
    for event in cuts.happened:
        kinds[event.what] = kinds.get(event.what, 0) + 1
    result: dict[str, Any] = {"cuts": many, "broken": len(broken), "first": broken[:20], "events": kinds}
    print(json.dumps({**result, "seconds": round(time.monotonic() - started, 1)}, ensure_ascii=False))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
