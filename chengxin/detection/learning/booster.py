"""The tree library, an optional extra: is it there, train, save, predict with contributions. One thread: the same bytes every time."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np

from chengxin.detection.errors import LearningExtraMissing
from chengxin.detection.learning.measures import Array

EXTRA = 'pip install "chengxin[learn]"'


def available() -> bool:
    """Whether the extra `learn` is installed."""
    return find_spec("xgboost") is not None


def release() -> str:
    """name==version of the library, for the record."""
    for name in ("xgboost-cpu", "xgboost"):
        try:
            return f"{name}=={version(name)}"
        except PackageNotFoundError:
            continue
    return "-"


def train(rows: Array, labels: Array, weights: Array, directions: list[int], given: dict[str, Any], seed: int) -> bytes:
    """Boosted trees with monotone directions as JSON text. rows (n, k) with NaN for unknown, labels 0/1, weights > 0."""
    xgb = _library()
    wanted = {**given, "monotone_constraints": "(" + ",".join(map(str, directions)) + ")"}
    rounds = int(wanted.pop("rounds"))
    fixed = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "seed": seed, "verbosity": 0}
    table = xgb.DMatrix(rows, label=labels, weight=weights, nthread=1)
    return bytes(xgb.train({**wanted, **fixed}, table, rounds).save_raw("json"))


def predict(model: bytes, rows: Array) -> tuple[Array, Array]:
    """(probability (n,), contribution of each column to the log-odds (n, k)); contributions and the base add up to the log-odds."""
    xgb = _library()
    booster = xgb.Booster({"nthread": 1})
    booster.load_model(bytearray(model))
    table = xgb.DMatrix(rows, nthread=1)
    said: Array = booster.predict(table)
    told: Array = booster.predict(table, pred_contribs=True)
    return said.astype(np.float64), told[:, :-1]


def _library() -> Any:
    try:
        import xgboost  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise LearningExtraMissing(extra=EXTRA) from error
    return xgboost
