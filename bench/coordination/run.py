"""Processor time of the leading group's board on a data directory: python bench/coordination/run.py (CHENGXIN_DATA as for the house)."""

from __future__ import annotations

import os
import time

import django

ROUNDS = 5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    django.setup()
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    from chengxin.coordination import board
    from chengxin.coordination.models import Task

    def whole() -> None:
        board.measures(None, Task.objects.all())
        board.heat()
        board.city_counts()

    whole()
    reset_queries()
    with CaptureQueriesContext(connection) as asked:
        whole()
    begun = time.process_time()
    for _ in range(ROUNDS):
        whole()
    each = (time.process_time() - begun) / ROUNDS
    slow = max(asked.captured_queries, key=lambda one: float(one["time"]))
    print(f"{1000 * each:.0f} ms of processor time, {len(asked)} queries; the slowest {slow['time']} s: {slow['sql'][:160]}")


if __name__ == "__main__":
    main()
