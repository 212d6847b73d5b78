"""Groups of complaints that are alike: right and wrong pairs, genuine ones joined by mistake, an officer's acts, processor time.

    python bench/triage/run.py [--seeds 3] [--thresholds]

The labelled set is ours (chengxin/consumers/triage/labelled.py). An act is a page opened, a decision entered, a form sent, or a tick.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
SETS = ((40, 60), (200, 200), (800, 200), (800, 800), (3_000, 2_000), (10_000, 2_000))  # filled from templates, genuine
CHOICES = ((0.6, 0.5), (0.7, 0.42), (0.7, 0.5), (0.8, 0.5))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--seeds", type=int, default=3)
    reader.add_argument("--thresholds", action="store_true", help="other thresholds too")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CHENGXIN_DATA": folder, "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        _measure(given.seeds, given.thresholds)


def _measure(seeds: int, thresholds: bool) -> None:
    from chengxin.consumers.triage import grouping, measuring
    from chengxin.consumers.triage.labelled import labelled

    print("near  fair  filled  genuine  precision  recall  genuine joined  acts alone  acts grouped  saved  processor s")
    grouping.groups(labelled(40, 60).columns)  # the first call loads what it needs
    for near, fair in CHOICES if thresholds else ((grouping.NEAR, grouping.FAIR),):
        grouping.NEAR, grouping.FAIR = near, fair
        for filled, genuine in SETS:
            for seed in range(1, seeds + 1):
                made = labelled(filled, genuine, seed)
                began = time.process_time()
                found = grouping.groups(made.columns)
                spent = time.process_time() - began
                got = measuring.figures(made, found)
                print(
                    f"{near:4}  {fair:4}  {filled:6}  {genuine:7}  {got.precision:9.4f}  {got.recall:6.4f}  {got.joined:14}"
                    f"  {got.alone:10}  {got.grouped:12}  {got.saved:5.1%}  {spent:11.2f}"
                )


if __name__ == "__main__":
    main()
