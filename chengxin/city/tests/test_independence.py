from __future__ import annotations

import ast
from pathlib import Path

from chengxin import city


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_generator_knows_no_room_and_no_detector() -> None:
    """So that a detector cannot be tuned to it, nor it to a detector."""
    for path in Path(city.__file__).parent.glob("*.py"):
        ours = {name for name in _imported(path) if name.startswith(("chengxin", "django"))}
        assert all(name.startswith(("chengxin.city", "chengxin.kernel")) for name in ours), path.name
