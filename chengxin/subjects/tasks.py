"""Jobs of the register."""

from __future__ import annotations

from chengxin.subjects import actions


def lapse_overdue() -> dict[str, int]:
    """Each night just after twelve: reminders, overdue re-verifications, expired licences."""
    return actions.lapse_overdue()
