"""What a named human holds back from the public. The rooms that show facts ask here; the room of publicity, which is above them, answers.

A held fact stays in force: officers, screening and joint measures see it. Only what anybody may see is without it.
"""

from __future__ import annotations

from collections.abc import Callable

_asked: list[Callable[[str], frozenset[str]]] = []


def answered_by(ask: Callable[[str], frozenset[str]]) -> None:
    """Name who knows what is held: called once, when the application starts."""
    _asked[:] = [ask]


def held(dataset: str) -> frozenset[str]:
    """Numbers of a set (records, lists, red_lists) that are not to be shown publicly."""
    return _asked[0](dataset) if _asked else frozenset()
