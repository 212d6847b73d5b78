"""A workflow for people: a Markdown table and a static SVG diagram (presentation attributes only, so that a strict CSP shows it)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from chengxin.kernel.language import pick
from chengxin.law.shelf import shelf
from chengxin.workflow.table import ROLES, Step, Workflow

WORDS = {
    "zh": {
        "states": "状态",
        "steps": "步骤",
        "final": "终态",
        "initial": "初始",
        "head": ("步骤", "从", "到", "由谁办理", "需要", "期限", "文书"),
        "code": "代码",
        "reason": "理由",
    },
    "en": {
        "states": "States",
        "steps": "Steps",
        "final": "final",
        "initial": "initial",
        "head": ("Step", "From", "To", "Done by", "Needs", "Clock", "Document"),
        "code": "code",
        "reason": "reason",
    },
}


def as_markdown(workflow: Workflow, lang: str = "zh") -> str:
    """The states and steps as a Markdown page in one language ("zh" or "en")."""
    words = WORDS[lang]
    lines = [f"# {pick(workflow, lang)}", "", f"## {words['states']}", ""]
    for state in workflow.states.values():
        marks = [str(words["initial"])] if state.code == workflow.initial else []
        marks += [str(words["final"])] if state.final else []
        lines.append(f"- `{state.code}` {pick(state, lang)}" + (f" ({', '.join(marks)})" if marks else ""))
    head = words["head"]
    lines += ["", f"## {words['steps']}", "", f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    lines += [f"| {' | '.join(_row(workflow, step, lang))} |" for step in workflow.steps]
    return "\n".join(lines) + "\n"


def _row(workflow: Workflow, step: Step, lang: str) -> list[str]:
    comma = "、" if lang == "zh" else ", "
    needs = [pick(pair, lang) for pair in step.evidence.values()] + [pick(field, lang) for field in step.asks if field.required]
    needs += [str(WORDS[lang]["reason"])] if step.reason_required else []
    return [
        f"{pick(step, lang)} `{step.action}`",
        comma.join(pick(workflow.states[code], lang) for code in step.from_states),
        pick(workflow.states[step.to], lang),
        comma.join(pick(ROLES[role], lang) for role in step.roles),
        comma.join(needs),
        f"{pick(shelf().clocks[step.clock][-1], lang)} `{step.clock}`" if step.clock else "",
        pick(workflow.documents[step.document], lang) if step.document else "",
    ]


# -- the diagram ---------------------------------------------------------------------------------------------------------------

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN, LINE = 132, 40, 56, 74, 28, 13


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a state's box."""

    x: float
    y: float


def as_svg(workflow: Workflow, lang: str = "zh") -> str:
    """The diagram as one SVG element: a row per distance from the initial state, arrows with the steps' names."""
    rows = _rows(workflow)
    width = max(len(row) for row in rows) * (BOX_WIDTH + GAP_X) + 2 * MARGIN + GAP_X
    height = len(rows) * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN
    spots = _spots(rows, width)
    arrows = [_arrow(spots, pair, labels) for pair, labels in _labels(workflow, lang).items()]
    boxes = [_box(workflow, code, spot, lang) for code, spot in spots.items()]
    title = escape(pick(workflow, lang))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" class="workflow" font-family="sans-serif">'
    marker = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#667382"/></marker></defs>'
    )
    return "\n".join(
        [head, f"<title>{title}</title>", marker, *(line for line, _ in arrows), *boxes, *(text for _, text in arrows), "</svg>"]
    )


def _rows(workflow: Workflow) -> list[list[str]]:
    """States by their distance from the initial one, in the order of the table."""
    rows, seen = [[workflow.initial]], {workflow.initial}
    while rows[-1]:
        after = [step.to for code in rows[-1] for step in workflow.steps_from(code)]
        row = [code for code in dict.fromkeys(after) if code not in seen]
        seen.update(row)
        rows.append(row)
    return rows[:-1]


def _spots(rows: Sequence[Sequence[str]], width: float) -> dict[str, Spot]:
    spots = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * BOX_WIDTH - (len(row) - 1) * GAP_X) / 2
        for place, code in enumerate(row):
            x = left + place * (BOX_WIDTH + GAP_X) + BOX_WIDTH / 2
            spots[code] = Spot(x, MARGIN + number * (BOX_HEIGHT + GAP_Y) + BOX_HEIGHT / 2)
    return spots


def _labels(workflow: Workflow, lang: str) -> dict[tuple[str, str], list[str]]:
    """(from, to) → names of the steps between them."""
    found: dict[tuple[str, str], list[str]] = {}
    for step in workflow.steps:
        for code in step.from_states:
            found.setdefault((code, step.to), []).append(pick(step, lang))
    return found


def _arrow(spots: dict[str, Spot], pair: tuple[str, str], labels: list[str]) -> tuple[str, str]:
    since, to = spots[pair[0]], spots[pair[1]]
    if since.y < to.y:
        path, at = _down(since, to)
    elif since == to:
        path, at = _loop(since)
    else:
        path, at = _around(since, to)
    line = f'<path d="{path}" fill="none" stroke="#667382" stroke-width="1.2" marker-end="url(#tip)"/>'
    return line, _text(at, labels, 11, "#3a4859", halo=True)


def _down(since: Spot, to: Spot) -> tuple[str, Spot]:
    x1, y1, x2, y2 = since.x, since.y + BOX_HEIGHT / 2, to.x, to.y - BOX_HEIGHT / 2
    # A third of the way down, so that labels of arrows that meet at one state do not lie on each other.
    return f"M{x1} {y1}C{x1} {y1 + GAP_Y / 2} {x2} {y2 - GAP_Y / 2} {x2} {y2}", Spot(x1 + (x2 - x1) * 0.42, y1 + (y2 - y1) * 0.45)


def _loop(spot: Spot) -> tuple[str, Spot]:
    x, y = spot.x + BOX_WIDTH / 2, spot.y
    return f"M{x} {y - 9}C{x + 34} {y - 24} {x + 34} {y + 24} {x} {y + 9}", Spot(x + 30, y)


def _around(since: Spot, to: Spot) -> tuple[str, Spot]:
    side = 1 if since.x >= to.x else -1
    x1, x2 = since.x + side * BOX_WIDTH / 2, to.x + side * BOX_WIDTH / 2
    bend = max(x1 * side, x2 * side) * side + side * GAP_X * 0.8
    return f"M{x1} {since.y}C{bend} {since.y} {bend} {to.y} {x2} {to.y}", Spot(bend - side * 12, (since.y + to.y) / 2)


def _box(workflow: Workflow, code: str, spot: Spot, lang: str) -> str:
    state = workflow.states[code]
    fill, stroke = ("#e6f4ea", "#2fb344") if state.final else ("#e7f0fb", "#206bc4")
    border = 2.4 if code == workflow.initial else 1.2
    rect = (
        f'<rect x="{spot.x - BOX_WIDTH / 2}" y="{spot.y - BOX_HEIGHT / 2}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="6" fill="{fill}" stroke="{stroke}" stroke-width="{border}"/>'
    )
    return f'<g id="state-{escape(code)}">{rect}{_text(spot, _wrapped(pick(state, lang)), 13, "#182433")}</g>'


def _wrapped(text: str, wide: int = 18) -> list[str]:
    """At most two lines; a Chinese character is as wide as two Latin letters."""
    lines, width = [""], 0.0
    for word in text.split(" ") if text.isascii() else text:
        size = sum(1 if letter.isascii() else 2 for letter in word) + text.isascii()
        if width + size > wide and lines[-1]:
            lines.append("")
            width = 0
        lines[-1] += (" " if lines[-1] and text.isascii() else "") + word
        width += size
    return lines


def _text(at: Spot, lines: Sequence[str], size: int, fill: str, halo: bool = False) -> str:
    edge = ' stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    top = at.y - (len(lines) - 1) * LINE / 2 + size * 0.36
    spans = "".join(f'<tspan x="{at.x}" y="{top + number * LINE:.1f}">{escape(line)}</tspan>' for number, line in enumerate(lines))
    return f'<text text-anchor="middle" font-size="{size}" fill="{fill}"{edge}>{spans}</text>'
