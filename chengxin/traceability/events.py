"""What happened to subscriptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SubscriptionBroken:
    """Nothing is sent to a subscriber any more, until somebody resumes it. why: receiver, query or right; on: the moment (ISO 8601)."""

    subscription: str
    why: str
    on: str
