"""`flush` empties a test or demonstration database on purpose: the log's triggers are lifted while it does."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush

from chengxin.audit import protection


class Command(Flush):
    help = "Empty the database, the log too. The heads kept outside the database will show that it happened."

    def handle(self, **options: Any) -> None:
        with protection.lifted():
            super().handle(**options)
