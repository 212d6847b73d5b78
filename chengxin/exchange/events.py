"""What happened in the exchange. Nothing above has to follow yet; the sheets of indicators read the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchAnswered:
    """The upper platform answered every row of a file; `state` is ACKED or REJECTED."""

    batch_id: str
    number: str
    state: str
