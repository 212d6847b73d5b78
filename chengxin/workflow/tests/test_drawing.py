import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chengxin import workflow
from chengxin.workflow.reading import read

TABLE = read("workflow/repair", Path(__file__).with_name("repair.workflow.yaml"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_markdown_names_every_state_and_step(lang: str) -> None:
    page = workflow.as_markdown(TABLE, lang)
    assert all(f"`{code}`" in page for code in TABLE.states)
    assert all(f"`{step.action}`" in page for step in TABLE.steps)
    assert all(len(line.split("|")) == 9 for line in page.splitlines() if line.startswith("|"))


def test_the_markdown_is_in_one_language() -> None:
    assert not re.search("[\u4e00-\u9fff]", workflow.as_markdown(TABLE, "en"))
    assert "经办人员" in workflow.as_markdown(TABLE, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_diagram_is_well_formed_and_passes_a_strict_policy(lang: str) -> None:
    svg = workflow.as_svg(TABLE, lang)
    root = ElementTree.fromstring(svg)
    ids = {element.get("id") for element in root.iter()}
    assert {f"state-{code}" for code in TABLE.states} <= ids
    assert not any("style" in element.attrib or any(key.startswith("on") for key in element.attrib) for element in root.iter())
    assert "<script" not in svg and "<style" not in svg


def test_the_boxes_lie_inside_the_picture_and_not_on_each_other() -> None:
    root = ElementTree.fromstring(workflow.as_svg(TABLE))
    width, height = map(float, root.get("viewBox", "").split()[2:])
    boxes = [
        tuple(float(box.get(key, "")) for key in ("x", "y", "width", "height")) for box in root.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert len(boxes) == len(TABLE.states)
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for n, (x, y, w, h) in enumerate(boxes):
        assert not any(abs(x - x2) < w and abs(y - y2) < h for x2, y2, _, _ in boxes[n + 1 :])
