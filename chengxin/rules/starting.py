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
    loaded: list[dict[str, Any]] = yaml.load((Path(__file__).parent / "starting.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def put_in_force(writer: Actor, signer: Actor, days: int) -> list[RuleVersion]:
    """Every rule of the set, in force from today, tried on the last `days`; nothing when the city has rules already."""
    if Rule.objects.exists():
        return []
    content = [{**given, "effective_from": clock.today(), "handler": writer.user and writer.user.pk} for given in rules()]
    drafts = [actions.draft_rule(writer, given) for given in content]
    since, until = clock.today() - timedelta(days=days), clock.today() + timedelta(days=1)
    trying.run_together([actions.ask_dry_run(writer, draft.pk, since, until).pk for draft in drafts])
    for draft in drafts:
        actions.propose(writer, draft.pk)
    return [actions.sign(signer, draft.pk) for draft in drafts]
