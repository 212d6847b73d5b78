"""A platform's process that sends a file and says which receipt it got; several run at once against one data directory.

python -m tests.gates.replay_sender FILE FORMAT [TIMES]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(path: str, format: str, times: int) -> None:
    import django

    django.setup()
    from chengxin.facts.actions import accept_batch

    sys.stdin.readline()  # everybody starts at the word of the test
    for _ in range(times):
        receipt = accept_batch("shanhuo", "order", Path(path), format, "system:test")
        print(json.dumps({"id": str(receipt.id), "document": receipt.document}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
