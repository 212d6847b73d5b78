"""Few rows out of many, once: what findings cite is then looked for among these, and not in the whole lake once per finding.

A city of ten million orders has a thousand findings, and a look through its scans for each of them took longer than all detection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa


def keep(lake: Any, name: str, source: str, column: str, values: Iterable[int]) -> None:
    """A temporary table `name`: the rows of the view or table `source` whose `column` is one of the values, those of one value together."""
    lake.register("kept_values", pa.table({column: pa.array(sorted(set(values)), pa.int64())}))
    rows = f'SELECT * FROM "{source}" SEMI JOIN kept_values USING ("{column}") ORDER BY "{column}"'  # noqa: S608 - names of detectors' own
    lake.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {rows}')
    lake.unregister("kept_values")
