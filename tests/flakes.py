"""Gate 23: the same tests again and again, each time in another order; which fail, and by which seed it is seen again.

    python -m tests.flakes [--runs 20] [--first SEED] [paths and arguments for pytest]

Prints one line a failing test with the seeds it failed by (`pytest --shuffle SEED …` repeats one), then a figure; exit code 1 when any did.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent


def failed(seed: int, arguments: list[str]) -> tuple[int, set[str]]:
    """(tests that ran, names of those that failed) of one run in the order of a seed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--shuffle", str(seed), "--junitxml", str(report), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not report.exists():
            print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
            sys.exit(2)
        cases = list(ElementTree.parse(report).iter("testcase"))
    names = {
        f"{one.get('classname')}::{one.get('name')}" for one in cases if one.find("failure") is not None or one.find("error") is not None
    }
    return sum(one.find("skipped") is None for one in cases), names


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.flakes")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    given, arguments = parser.parse_known_args()
    by_test: dict[str, list[int]] = {}
    ran = 0
    for seed in range(given.first, given.first + given.runs):
        many, names = failed(seed, arguments)
        ran += many
        for name in names:
            by_test.setdefault(name, []).append(seed)
    for name, seeds in sorted(by_test.items()):
        print(f"{name}: {len(seeds)} of {given.runs} runs, seeds {seeds}")
    print(f"gate 23 flakes: {given.runs} runs, {ran} tests, {len(by_test)} failed at least once")
    return 1 if by_test else 0


if __name__ == "__main__":
    sys.exit(main())
