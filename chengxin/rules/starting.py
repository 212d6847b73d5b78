"""The rules to begin with: written by one person, tried on the past, signed by another, like any other rule."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.rules import actions, trying
from chengxin.rules.models import Rule, RuleVersion


def rules() -> list[dict[str, Any]]:
    """The content of each rule in starting.yaml."""
    loaded: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "starting.yaml").read_text(encoding="utf-8"))
    return loaded


def put_in_force(writer: Actor, signer: Actor, days: int) -> list[RuleVersion]:
    """Every rule of the set, in force from today, tried on the last `days`; nothing when the city has rules already."""
    if Rule.objects.exists():
        return []
    signed = []
    for given in rules():
        draft = actions.draft_rule(writer, {**given, "effective_from": clock.today(), "handler": writer.user and writer.user.pk})
        tried = actions.ask_dry_run(writer, draft.pk, clock.today() - timedelta(days=days), clock.today() + timedelta(days=1))
        trying.run(tried.pk)
        actions.propose(writer, draft.pk)
        signed.append(actions.sign(signer, draft.pk))
    return signed
