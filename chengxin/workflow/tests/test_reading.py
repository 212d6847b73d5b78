from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from chengxin.workflow.errors import WorkflowBroken
from chengxin.workflow.reading import build, read

GOOD = yaml.load(Path(__file__).with_name("repair.workflow.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def broken(change: dict[str, Any] | None = None, step: dict[str, Any] | None = None, drop: str | None = None) -> str:
    """What is said of the good table after a change at the top, in the first step, or with a key of that step dropped."""
    raw = deepcopy(GOOD)
    raw.update(change or {})
    raw["steps"][0].update(step or {})
    raw["steps"][0].pop(drop, None)
    with pytest.raises(WorkflowBroken) as refusal:
        build("x", raw)
    return str(refusal.value.data["problems"])


def test_the_good_table_is_accepted() -> None:
    assert build("x", deepcopy(GOOD)).states["GRANTED"].final


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"initial": "NOWHERE"}, "unknown initial state NOWHERE"),
        ({"zh": ""}, "workflow has no zh"),
        ({"farbe": "rot"}, "workflow has an unknown key farbe"),
        ({"evidence": {"duty_done": {"zh": "证明"}}}, "evidence duty_done has no en"),
        ({"evidence": {}}, "evidence duty_done has no zh/en"),
        ({"documents": {}}, "document decision has no zh/en"),
        ({"states": {**GOOD["states"], "LOST": {"zh": "孤立", "en": "Lost"}}}, "state LOST cannot be reached"),
        (
            {"states": {**GOOD["states"], "ACCEPTED": {"zh": "已受理", "en": "Accepted", "final": True}}},
            "state ACCEPTED is final but has steps",
        ),
        ({"states": {code: {"zh": state["zh"], "en": state["en"]} for code, state in GOOD["states"].items()}}, "no final state"),
        ({"states": {**GOOD["states"], "REFUSED": {"zh": "不予修复", "en": "Refused"}}}, "state REFUSED is a dead end"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(change: dict[str, Any], said: str) -> None:
    assert said in broken(change)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"to": "NOWHERE"}, "step accept: unknown state NOWHERE"),
        ({"from": ["APPLIED", "NOWHERE"]}, "step accept: unknown state NOWHERE"),
        ({"roles": ["king"]}, "step accept: unknown role king"),
        ({"clock": "NO_CLOCK"}, "step accept: unknown clock NO_CLOCK"),
        ({"stops": ["NO_CLOCK"]}, "step accept: unknown clock NO_CLOCK"),
        ({"extended": True}, "an extended clock needs clock_from"),
        ({"colour": "red"}, "step 1 (accept) has an unknown key colour"),
        ({"asks": [{"name": "a", "kind": "text", "zh": "甲"}]}, "field a has no en"),
        ({"asks": [{"name": "a", "kind": "rune", "zh": "甲", "en": "A"}]}, "field a has an unknown kind rune"),
        ({"asks": [{"name": "a", "kind": "codes", "codes": "none", "zh": "甲", "en": "A"}]}, "field a: unknown code list none"),
        ({"asks": [{"name": "a", "kind": "choice", "zh": "甲", "en": "A"}]}, "field a offers no choices"),
        ({"asks": [{"name": "reason", "kind": "text", "zh": "甲", "en": "A"}]}, "field reason twice"),
        ({"needs": {"photo": {"zh": "照片"}}}, "evidence photo has no en"),
        ({"asks": ["text"]}, "field ? is not a table"),
    ],
)
def test_a_step_that_does_not_hold_together_is_refused(step: dict[str, Any], said: str) -> None:
    assert said in broken(step=step)


@pytest.mark.parametrize("key", ["zh", "en", "to", "roles", "from", "action"])
def test_a_step_without_what_it_needs_is_refused(key: str) -> None:
    assert f"has no {key}" in broken(drop=key)


def test_the_same_step_twice_is_refused() -> None:
    assert "step accept from APPLIED by officer is there twice" in broken({"steps": [*GOOD["steps"], GOOD["steps"][0]]})


def test_everything_wrong_is_said_at_once() -> None:
    said = broken(step={"to": "NOWHERE", "clock": "NO_CLOCK", "roles": ["king"]})
    assert all(word in said for word in ("NOWHERE", "NO_CLOCK", "king"))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1", "steps: 3\nstates: 4\nzh: x\nen: x\ninitial: y"])
def test_a_file_that_is_no_table_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.workflow.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkflowBroken):
        read("x", file)
