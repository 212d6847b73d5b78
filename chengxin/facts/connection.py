"""A DuckDB connection with its limits stated: memory, threads, temp folder, the city's time, no network, no extension."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import duckdb

MEMORY_MB = 2048


def limited(temp: Path, memory_mb: int = MEMORY_MB, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An empty database in memory that spills to a folder of its own under `temp` (made by DuckDB when it first does)."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": str(threads or os.cpu_count() or 1),
        "temp_directory": str(temp / f"duckdb-{secrets.token_hex(8)}"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'Asia/Shanghai'")  # days and hours in queries are the city's, wherever the process runs
    return connection
