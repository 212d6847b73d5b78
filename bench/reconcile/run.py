"""Orders, payments and parcels of a whole city side by side: what is planted, what is found, processor time and memory.

    python bench/reconcile/run.py --size M

Two cities: an honest one with split payments, deposits, orders of several lines, refunds in parts and combined parcels, and one with every
kind of mismatch planted beside the brushing and empty parcels of an ordinary city. Both are taken in through `accept_batch`, then searched
over the lake. Printed: rows, planted, missed, wrongly named, processor seconds of the search, peak memory of the process.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from datetime import time as day_time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=["S", "M", "L"])
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    print("city      orders  planted  found  missed  wrong  search, processor s  peak MB")
    wrong = 0
    for name in ("honest", "planted"):
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()  # a process each: its memory is its own
            if not child:
                os._exit(_look(Path(folder), name == "planted", given.size, given.seed))
            wrong += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return wrong


def _look(folder: Path, planted: bool, size: str, seed: int) -> int:
    os.environ |= {"CHENGXIN_DATA": str(folder / "data"), "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from chengxin import city
    from chengxin.city import unreconciled
    from chengxin.city.sizes import Recipe
    from chengxin.kernel import clock
    from chengxin.payments import reconciling

    call_command("migrate", verbosity=0)
    recipe = Recipe.of(size, seed=seed, prevalence=0.01 if planted else 0.0)
    made = city.write(folder / "city", recipe=recipe)
    truth = unreconciled.plant(folder / "city", seed=seed).to_pylist() if planted else unreconciled.vary(folder / "city", seed=seed) or []
    since = datetime.combine(recipe.start, day_time(), clock.CITY)
    end = since + timedelta(days=recipe.days)
    with clock.set_to(end):
        _report(folder / "city", reconciling.READ)
        begun = time.process_time()
        found = {(one.platform, one.kind, one.key) for one in reconciling.find(reconciling.Window(since, end, end))}
    spent = time.process_time() - begun
    want = {tuple(row.values()) for row in truth}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = "planted" if planted else "honest"
    counts = f"{len(want):7} {len(found):6} {len(want - found):7} {len(found - want):6}"
    print(f"{name:8} {made.rows['order']:7}  {counts}  {spent:19.2f}  {peak:7.0f}", flush=True)
    for kind, many in sorted(Counter(kind for _, kind, _ in want ^ found).items()):
        print(f"  {kind}: {many}", flush=True)
    return int(want != found)


def _report(folder: Path, kinds: tuple[str, ...]) -> None:
    from chengxin import city
    from chengxin.facts import actions as facts
    from chengxin.subjects.models import Platform

    for path in city.batches(folder):
        if path.stem in kinds:
            Platform.objects.get_or_create(code=path.parent.name, defaults={"name": path.parent.name})
            facts.accept_batch(path.parent.name, path.stem, path, "parquet", "system:bench")


if __name__ == "__main__":
    raise SystemExit(main())
