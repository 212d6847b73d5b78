"""One search in a process of its own, so that its peak memory is its own.

    python ours.py memory|stream|sql FOLDER MEMORY_MB

Prints a JSON line: seconds (from arrays in memory, or from the closed file, to the block), score, members, resident memory with libraries
loaded and kernels warm (`base_mb`) and at the peak (`peak_mb`). Weighting 1/log(d + 5), as the peer.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from chengxin.detection.engine import WHOLE, ParquetEdges
from chengxin.detection.engine.memory import MemoryGraph
from chengxin.detection.engine.prune import densest
from chengxin.detection.engine.weights import ONE


def from_memory(edges: np.ndarray):
    def graph() -> MemoryGraph:
        return MemoryGraph.weighted(edges[0], edges[1], int(edges[0].max()) + 1, int(edges[1].max()) + 1, "log")

    return densest(graph(), graph)


def from_file(path: Path, form: str, memory_mb: int):
    with tempfile.TemporaryDirectory() as temp:
        source = ParquetEdges(path, Path(temp), distinct=True, memory_mb=memory_mb, form=form)
        cut = source.open(WHOLE)
        return densest(cut.graph("log"), lambda: cut.graph("log"))


def warm(form: str, memory_mb: int) -> None:
    """Compile or load every kernel and library on a graph of 20,000 edges, so that neither time nor memory of that is counted."""
    import graph

    with tempfile.TemporaryDirectory() as folder:
        graph.write(20_000, Path(folder))
        if form == "memory":
            from_memory(np.load(Path(folder, "edges.npy")))
        else:
            from_file(Path(folder, "edges.parquet"), form, memory_mb)


def resident(field: str) -> float:
    """VmRSS or VmHWM of this process in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def main() -> None:
    form, folder, memory_mb = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    warm(form, memory_mb)
    base = resident("VmRSS")
    edges = np.load(folder / "edges.npy") if form == "memory" else None
    began, spent = time.perf_counter(), time.process_time()
    answer, trace = from_memory(edges) if edges is not None else from_file(folder / "edges.parquet", form, memory_mb)
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    told = {"seconds": seconds, "cpu": cpu, "score": answer.weight / ONE / answer.nodes, "rows": len(answer.rows), "cols": len(answer.cols)}
    told |= {
        "passes": trace.passes,
        "core_edges": trace.core_edges,
        "base_mb": base,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
