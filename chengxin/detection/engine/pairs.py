"""Pair joins in SQL: which two subjects share more than chance, with degree caps so that a popular thing cannot square the table.

The relation given is a view or table name with two columns: `subject` (whom we compare: shops, accounts) and `thing` (what they share:
buyers, devices, addresses, payers). Plain joins and group-bys; counts are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import duckdb

    from chengxin.facts.spark import SparkLake

Ints = NDArray[np.int64]
# A thing shared by more subjects than this says nothing of any two of them, and costs its square: office NAT, campus address, heavy buyer.
MOST_SUBJECTS = 50


@dataclass(frozen=True)
class Pairs:
    """Pairs a < b, sorted: `shared` things in common, `expected` by chance, Jaccard likeness, and surprise in nats after the allowance
    for having compared all pairs of subjects (positive: beyond chance)."""

    a: Ints
    b: Ints
    shared: Ints
    expected: NDArray[np.float64]
    jaccard: NDArray[np.float64]
    surprise: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.a)


def pairs(
    lake: duckdb.DuckDBPyConnection | SparkLake,
    relation: str,
    *,
    subject: str = "subject",
    thing: str = "thing",
    least_shared: int = 2,
    most_subjects: int = MOST_SUBJECTS,
    least_surprise: float = float("-inf"),
) -> Pairs:
    """Pairs of subjects that share at least `least_shared` things, each thing held by at most `most_subjects` subjects.

    Expected by chance: both subjects drew their things by the things' popularity (degrees kept): da db sum(dt (dt - 1)) / E^2 over the
    things that count. A subject's degree counts the same things, so a cap never makes a pair look closer than it is.
    """
    query = f"""
        WITH raw AS (SELECT DISTINCT "{subject}" AS s, "{thing}" AS t FROM {relation}
                WHERE "{subject}" IS NOT NULL AND "{thing}" IS NOT NULL),
        held AS (SELECT t, count(*) AS n FROM raw GROUP BY t HAVING count(*) BETWEEN 1 AND {int(most_subjects)}),
        links AS (SELECT s, t, n FROM raw JOIN held USING (t)),
        degrees AS (SELECT s, count(*) AS d FROM links GROUP BY s),
        totals AS (SELECT sum(n) AS e, sum(n * (n - 1)) AS meetings FROM held),
        met AS (SELECT x.s AS a, y.s AS b, count(*) AS shared FROM links x JOIN links y ON x.t = y.t AND x.s < y.s
                WHERE x.n > 1 GROUP BY 1, 2 HAVING count(*) >= {int(least_shared)})
        SELECT a, b, shared, da.d AS da, db.d AS db, (SELECT e FROM totals)::DOUBLE AS e, (SELECT meetings FROM totals)::DOUBLE AS meetings,
               (SELECT count(*) FROM degrees)::DOUBLE AS subjects
        FROM met JOIN degrees da ON da.s = a JOIN degrees db ON db.s = b ORDER BY a, b"""  # noqa: S608 - names come from detectors, not users
    found = lake.execute(query).fetchnumpy()
    return _weigh({name: np.asarray(column) for name, column in found.items()}, least_surprise)


def _weigh(found: dict[str, NDArray[np.float64]], least: float) -> Pairs:
    shared = found["shared"].astype(np.float64)
    expected = np.maximum(found["da"] * found["db"] * found["meetings"] / np.maximum(found["e"], 1.0) ** 2, 1e-9)
    above = shared * np.log(shared / expected) - shared + expected
    allowance = log(max(float(found["subjects"][0]), 2.0)) * 2 - log(2) if len(shared) else 0.0
    surprise = np.where(shared > expected, above, 0.0) - allowance
    jaccard = shared / (found["da"] + found["db"] - shared)
    keep = surprise >= least
    a, b = found["a"].astype(np.int64), found["b"].astype(np.int64)
    return Pairs(a[keep], b[keep], shared[keep].astype(np.int64), expected[keep], jaccard[keep], surprise[keep])
