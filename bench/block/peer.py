"""Run by an interpreter that has `rgmining-fraudar` (GPL-3; so never in the product's own process or environment).

    python peer.py EDGES.npy ANSWER.npz

EDGES: int32 [2, n] distinct pairs. The package's own code runs unchanged (logWeightedAveDegree on its own sparse matrix); ANSWER holds
rows, cols, score, wall and processor seconds of the search, seconds of building its matrix.
"""

import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from fraudar.export import greedy  # noqa: E402
from scipy import sparse  # noqa: E402


def main() -> None:
    rows, cols = np.load(sys.argv[1])
    began = time.perf_counter()
    matrix = sparse.coo_matrix((np.ones(len(rows), dtype=int), (rows, cols)), shape=(int(rows.max()) + 1, int(cols.max()) + 1))
    matrix = (matrix > 0).astype("int")
    built, spent = time.perf_counter(), time.process_time()
    (row_set, col_set), score = greedy.logWeightedAveDegree(matrix)
    done, cpu = time.perf_counter(), time.process_time() - spent
    np.savez(sys.argv[2], rows=sorted(row_set), cols=sorted(col_set), score=score, seconds=done - built, build=built - began, cpu=cpu)


if __name__ == "__main__":
    main()
