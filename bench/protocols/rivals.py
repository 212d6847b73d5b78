"""What a ring finder must beat: trivial scores, and the public FRAUDAR in its own process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from graphs import distinct

from chengxin.detection.engine import Edges, dense_blocks

PEER = Path(__file__).resolve().parents[1] / "block" / "peer.py"


def trivial(injected) -> dict[str, float]:
    """F1 of single rules, cut at the true numbers of accounts and items (which favours them)."""
    rows, cols = distinct(injected.rows, injected.cols)
    row_degree, col_degree = np.bincount(rows).astype(float), np.bincount(cols).astype(float)
    row_mean = np.bincount(rows, weights=1 / col_degree[cols]) / np.maximum(row_degree, 1)
    col_mean = np.bincount(cols, weights=1 / row_degree[rows], minlength=len(col_degree)) / np.maximum(col_degree, 1)
    present = row_degree > 0, col_degree > 0
    scores = {
        "degree": (row_degree, col_degree),
        "1/degree": (np.where(present[0], 1 / np.maximum(row_degree, 1), 0), np.where(present[1], 1 / np.maximum(col_degree, 1), 0)),
        "rare neighbours": (row_mean, col_mean),
    }
    sizes = len(injected.accounts), len(injected.items)
    return {
        name: injected.f1(*(np.argsort(-side, kind="stable")[:size] for side, size in zip(pair, sizes, strict=True)))
        for name, pair in scores.items()
    }


def plain_fraudar(injected) -> float:
    """The exact FRAUDAR answer (1/log, whole time), before growth and without ranking: what the paper's method gives."""
    found = dense_blocks(Edges.from_ids(injected.rows, injected.cols), ("log",), grow=False, least_surprise=float("-inf"))
    return injected.f1(found[0].rows, found[0].cols)


def public_fraudar(injected, python: str | None) -> float | None:
    """The answer of `rgmining-fraudar` on the same graph; None when no interpreter with it is named."""
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder, "edges.npy"), Path(folder, "answer.npz")
        np.save(given, np.stack(distinct(injected.rows, injected.cols)).astype(np.int32))
        subprocess.run([python, str(PEER), str(given), str(told)], check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr)
        answer = np.load(told)
        return injected.f1(answer["rows"], answer["cols"])
