"""A share with its interval: what may be said of few."""

from __future__ import annotations

from dataclasses import dataclass

from chengxin.kernel import intervals


@dataclass(frozen=True)
class Share:
    """`hits` of `n`; low and high are the 95 % interval (Wilson 1927), 0 and 1 for none."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float:
        return self._ends()[0]

    @property
    def high(self) -> float:
        return self._ends()[1]

    def _ends(self) -> tuple[float, float]:
        return intervals.wilson(self.hits / self.n if self.n else 0.0, self.n)

    def __str__(self) -> str:
        """ "97.1 % (95.2–98.3), n 412", or a dash."""
        if not self.n:
            return "—"
        return f"{100 * self.hits / self.n:.1f} % ({100 * self.low:.1f}–{100 * self.high:.1f}), n {self.n}"
