"""Every state of every workflow in which a person may take a step is on somebody's list of what waits, or the table beside says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chengxin import workflow
from chengxin.notices import catalogue
from chengxin.workflow import Workflow

HOUSE = Path(catalogue.__file__).parents[1]
NOT_YET = "NONE"
NOT_PEOPLE = {"system", "consumer"}  # the clock acts by itself; a consumer follows a matter by its code and has no account
RESTING: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "resting.yaml").read_text(encoding="utf-8"))


def flows() -> list[str]:
    return sorted(f"{path.parent.name}/{path.name.split('.')[0]}" for path in HOUSE.glob("*/*.workflow.yaml"))


def in_hand(table: Workflow) -> set[str]:
    """The states out of which a person leads to another one; not the one before the matter is there."""
    return {
        state
        for state in set(table.states) - {NOT_YET}
        if any(step.to != state and set(step.roles) - NOT_PEOPLE for step in table.steps_from(state))
    }


def waited_for(flow: str) -> set[str]:
    """The states that the matters of a workflow speak of, whatever column keeps them."""
    found: set[str] = set()
    for matter in catalogue.matters().values():
        if flow in matter.workflow.split():
            for column, wanted in matter.open.items():
                found.update([wanted] if isinstance(wanted, str) and not column.endswith("__in") else wanted or [])
    return found


@pytest.mark.parametrize("flow", flows())
def test_a_state_in_which_a_person_may_act_waits_for_somebody_or_says_why_not(flow: str) -> None:
    table = workflow.load(flow)
    resting = RESTING.get(flow, {})
    unseen = in_hand(table) - waited_for(flow) - set(resting)
    assert not unseen, f"{flow}: nobody's list of what waits shows {sorted(unseen)}"
    assert not set(resting) - set(table.states), "states that are not"
    assert not set(resting) & waited_for(flow), "waits after all"


def test_the_table_of_what_rests_names_workflows_and_reasons() -> None:
    assert set(RESTING) <= set(flows())
    assert all(len(why) > 15 for states in RESTING.values() for why in states.values())


def test_the_twin_a_state_nobody_is_told_of_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its matter, the day on which a crime goes to the police would be on nobody's list."""
    short = {code: one for code, one in catalogue.matters().items() if code != "case"}
    monkeypatch.setattr(catalogue, "matters", lambda: short)
    assert "CRIME_APPROVED" in in_hand(workflow.load("cases/case")) - waited_for("cases/case") - set(RESTING.get("cases/case", {}))
