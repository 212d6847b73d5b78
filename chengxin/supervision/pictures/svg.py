"""Drawing without JavaScript and without style attributes: presentation attributes and classes only, so that the strict CSP holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

# One accent for what the clue is about, grey for what is usual, and two more only where a picture needs them. Contrast on white ≥ 3:1.
ACCENT, USUAL, WARN, INK, LINE = "#1c5588", "#9fb0bf", "#b3261e", "#41505e", "#dde3e9"


@dataclass(frozen=True)
class Picture:
    """A drawn picture with what a reader who does not see it gets: a sentence and a table."""

    title: str
    caption: str
    svg: SafeString
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    legend: Sequence[tuple[str, str]] = ()


@dataclass
class Canvas:
    """An SVG being drawn; coordinates in its own units, scaled to the column's width."""

    width: float
    height: float
    label: str
    parts: list[str] = field(default_factory=list)

    def add(self, tag: str, **attributes: Any) -> None:
        self.parts.append(f"<{tag}{_attributes(attributes)}/>")

    def text(self, x: float, y: float, words: str, **attributes: Any) -> None:
        self.parts.append(f"<text{_attributes({'x': x, 'y': y, **attributes})}>{escape(words)}</text>")

    def tipped(self, tag: str, tip: str, **attributes: Any) -> None:
        """A shape that says what it is when pointed at."""
        self.parts.append(f"<{tag}{_attributes(attributes)}><title>{escape(tip)}</title></{tag}>")

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: Any) -> None:
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": LINE, **attributes})

    def done(self) -> SafeString:
        return format_html(
            '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
            _number(self.width),
            _number(self.height),
            self.label,
            mark_safe("".join(self.parts)),  # noqa: S308 - every text and attribute above is escaped
        )


def _attributes(given: dict[str, Any]) -> str:
    return "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(_number(value))}"' for name, value in given.items())


def _number(value: Any) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def scale(low: float, high: float, start: float, end: float) -> Any:
    """A function from values to positions; a range of nothing maps to the start."""
    span = (high - low) or 1
    return lambda value: start + (value - low) / span * (end - start)


def nice_top(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above a value: the top of an axis."""
    if value <= 0:
        return 1
    power: int = 10 ** (len(str(int(value))) - 1)
    return next((step * power for step in (1, 2, 5) if value <= step * power), 10 * power)


def short(words: str, most: int) -> str:
    """Cut to a width in half-width cells (a CJK character counts two), with an ellipsis."""
    width, cut = 0, ""
    for letter in words:
        width += 2 if ord(letter) > 0x2E7F else 1
        if width > most:
            return cut + "…"
        cut += letter
    return cut
