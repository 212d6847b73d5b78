"""What an event is: a frozen dataclass in the past tense, in the emitting room's events.py, with plain values only."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol


class Event(Protocol):
    """Any frozen dataclass of plain values (str, int, bool, float, list, dict, None)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
