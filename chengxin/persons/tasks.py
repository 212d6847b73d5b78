"""The room's jobs."""

from __future__ import annotations

from typing import Any

from chengxin.persons import actions, retention


def remove_over() -> str:
    """Each night: what is over goes. See retention.run."""
    made = retention.run()
    return f"{made['rows']} rows, {made['files']} files, {made['freed'] + made['database']} bytes"


def erase(number: str) -> dict[str, Any]:
    """One accepted request. See actions.erase."""
    return actions.erase(number)["gone"]  # type: ignore[no-any-return]
