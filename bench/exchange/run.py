"""Rows through the badly behaved stand-in platform with kill -9, and what it costs.

    python bench/exchange/run.py [--rows 2000 100000] [--kills 10] [--a-file 10000]

Each size runs in a fresh data directory: approved batches, both sides taking turns with kills, every planted difference listed, a replay
of all files. Prints one JSON line a size; processor seconds are those of all children, both sides together.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, nargs="+", default=[2_000, 100_000])
    given.add_argument("--kills", type=int, default=10)
    given.add_argument("--a-file", type=int, default=10_000)
    asked = given.parse_args()
    failed = 0
    for rows in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "CHENGXIN_DATA": folder, "CHENGXIN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
            environment.pop("DATABASE_URL", None)
            for command in (["chengxin.cli", "setup"], ["tests.gates.exchange_road", str(rows), str(asked.kills), "1", str(asked.a_file)]):
                quiet = subprocess.DEVNULL if command[0] == "chengxin.cli" else None
                failed |= subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=quiet, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
