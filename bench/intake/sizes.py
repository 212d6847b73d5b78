"""What a reported event costs on disk and in processor time: the fictional city through the ordinary intake, kind by kind.

    python bench/intake/sizes.py [--events 1000000]

Prints, for each kind, rows and bytes a row of the lake as it was reported and after compaction; then the bytes of the known keys, what a
batch costs in the register, the rows of a batch, and microseconds of processor time a row (Parquet, with the jailed reader's).
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench/city"), str(ROOT)]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=1_000_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-sizes-") as folder:
        os.environ |= {"CHENGXIN_DATA": f"{folder}/data", "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        Path(folder, "data").mkdir()
        import django

        django.setup()
        _measured(Path(folder), given.events)


def _measured(folder: Path, events: int) -> None:
    import intake
    from django.core.management import call_command

    from chengxin import city
    from chengxin.facts import upkeep
    from chengxin.facts.models import KeyRun, Receipt

    call_command("migrate", verbosity=0)
    made = city.write(folder / "city", recipe=city.Recipe(events=events, seed=1, prevalence=0.02))
    before, spent = _register(), _processor()
    assert not intake._accepted(made), "the city reports nothing that is set aside"
    spent, batches = _processor() - spent, Receipt.objects.count()
    rows, small = _lake()
    grown = _register() - before
    upkeep.compact()
    _, large = _lake()
    print("| kind | rows | bytes a row, as reported | after compaction |\n|---|--:|--:|--:|")
    for kind in [*sorted(rows), ""]:
        count = rows[kind] if kind else rows.total()
        sizes = [one[kind] if kind else one.total() for one in (small, large)]
        print(f"| {kind or 'all'} | {count:,} | {sizes[0] / count:.1f} | {sizes[1] / count:.1f} |")
    keys = sum(path.stat().st_size for path in _paths(KeyRun)) / rows.total()
    print(
        f"\nKnown keys: {keys:.1f} bytes a row. Register: {grown / batches:,.0f} bytes a batch, {rows.total() / batches:,.0f} rows a batch."
    )
    print(f"Intake: {1e6 * spent / rows.total():.1f} µs of processor a row.")


def _lake() -> tuple[Counter[str], Counter[str]]:
    """(rows, bytes) of the live segments by kind."""
    from chengxin.facts.models import Segment

    rows: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for one in Segment.objects.filter(replaced_at=None):
        rows[one.kind] += one.rows
        sizes[one.kind] += one.bytes
    return rows, sizes


def _paths(model: type) -> list[Path]:
    from chengxin.facts import disk

    return [disk.lake() / one.path for one in model.objects.all()]  # type: ignore[attr-defined]


def _register() -> int:
    """Bytes of the database's pages in use."""
    from django.db import connection

    with connection.cursor() as cursor:
        return cursor.execute(
            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        ).fetchone()[0]


def _processor() -> float:
    """User and system seconds of this process; the jailed reader's when it has ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main()
