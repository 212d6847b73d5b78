"""Known keys: processor time to look one batch up among more and more runs of the largest size (`known.INLINE` keys each).

    python bench/intake/keys.py [--runs 1 4 16] [--batch 50000]

Runs above that size are never merged, so their number grows with what the lake holds. Keys are random; half of the batch is known.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, nargs="+", default=[1, 4, 16])
    asked.add_argument("--batch", type=int, default=50_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-keys-") as folder:
        os.environ |= {"CHENGXIN_DATA": folder, "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        import django

        django.setup()
        _measured(given.runs, given.batch)


def _measured(numbers: list[int], batch: int) -> None:
    from chengxin.facts import known

    chance, there = np.random.default_rng(1), []
    print("| runs | keys | processor ms a batch | ns a row and run |\n|--:|--:|--:|--:|")
    for count in numbers:
        while len(there) < count:
            keys = np.sort(chance.integers(1, 1 << 62, known.INLINE))
            there.append(known.write_run("order", keys, keys))
        half = chance.choice(keys, batch // 2)
        asked = np.sort(np.concatenate([half, chance.integers(1, 1 << 62, batch - batch // 2)]))
        known.look_up(there, asked)
        begun = time.process_time()
        for _ in range(5):
            found = known.look_up(there, asked)
        spent = (time.process_time() - begun) / 5
        assert found.known.sum() >= batch // 2
        print(f"| {count} | {count * known.INLINE:,} | {1e3 * spent:.1f} | {1e9 * spent / batch / count:.0f} |", flush=True)


if __name__ == "__main__":
    main()
