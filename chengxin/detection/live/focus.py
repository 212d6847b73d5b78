"""A lake narrowed to what alerts are about: the detectors' own definitions over a small part of the city."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

STATEMENTS = (Path(__file__).parent / "focus.sql").read_text(encoding="utf-8").split(";\n")
KINDS = ("order", "payment", "refund", "parcel", "scan", "visit", "review", "listing")
BACKGROUND = 150  # shops whose orders stand for the city's rates and medians; docs/decisions/0051-live-path.md has what that costs


def narrow(connection: duckdb.DuckDBPyConnection, shops: Sequence[int], kinds: Iterable[str], since: datetime) -> None:
    """Put narrowed tables in the place of the lake's views of these kinds. Makes tables named focus_… in the main schema."""
    wanted = set(kinds)
    for statement in STATEMENTS:
        given = {"shops": list(shops), "background": BACKGROUND, "since": since}
        connection.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})
    for kind in KINDS:
        if kind in wanted:
            connection.execute(f'CREATE OR REPLACE VIEW "{kind}" AS SELECT * FROM focus_{kind}')  # noqa: S608 - names of our own kinds
