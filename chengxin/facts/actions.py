"""What may be done with reports: accept a batch."""

from __future__ import annotations

from chengxin.facts.intake import accept_batch

__all__ = ["accept_batch"]
