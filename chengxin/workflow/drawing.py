"""A workflow for people: a Markdown table and a static SVG diagram (presentation attributes only, so that a strict CSP shows it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
# A column per state, a row per step. Real workflows have many arrows back and across; drawn as a net their names lie on each other,
# drawn as rows they never do.

LABEL_WIDTH, COLUMN, ROW, HEAD, MARGIN, LINE = 190, 96, 36, 58, 12, 14
BOX_WIDTH, BOX_HEIGHT = 86, 44
INK, PALE, FAINT, BLUE, GREEN = "#182433", "#667382", "#dce1e7", "#206bc4", "#2fb344"


def as_svg(workflow: Workflow, lang: str = "zh") -> str:
    """The diagram as one SVG element: from each state a step can start at (dots) an arrow to the state it leads to."""
    columns = {code: LABEL_WIDTH + MARGIN + COLUMN * (number + 0.5) for number, code in enumerate(workflow.states)}
    width = LABEL_WIDTH + 2 * MARGIN + COLUMN * len(columns)
    height = 2 * MARGIN + HEAD + ROW * len(workflow.steps)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" class="workflow" font-family="sans-serif">'
    marker = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{PALE}"/></marker></defs>'
    )
    lines = [f'<path d="M{x} {MARGIN + HEAD - 6}V{height - MARGIN}" stroke="{FAINT}" stroke-dasharray="3 3"/>' for x in columns.values()]
    boxes = [_box(workflow, code, x, lang) for code, x in columns.items()]
    rows = [_row_of(step, MARGIN + HEAD + ROW * (number + 0.5), columns, lang) for number, step in enumerate(workflow.steps)]
    return "\n".join([head, f"<title>{escape(pick(workflow, lang))}</title>", marker, *lines, *boxes, *rows, "</svg>"])


def _box(workflow: Workflow, code: str, x: float, lang: str) -> str:
    state = workflow.states[code]
    fill, stroke = ("#e6f4ea", GREEN) if state.final else ("#e7f0fb", BLUE)
    border = 2.6 if code == workflow.initial else 1.2
    rect = (
        f'<rect x="{x - BOX_WIDTH / 2}" y="{MARGIN}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="6" fill="{fill}" stroke="{stroke}" stroke-width="{border}"/>'
    )
    return f'<g id="state-{escape(code)}">{rect}{_text(x, MARGIN + BOX_HEIGHT / 2, _wrapped(pick(state, lang)), 12, INK)}</g>'


def _row_of(step: Step, y: float, columns: Mapping[str, float], lang: str) -> str:
    comma = "、" if lang == "zh" else ", "
    name = _text(MARGIN, y - 7, [pick(step, lang)], 12, INK, anchor="start")
    who = _text(MARGIN, y + 8, [comma.join(pick(ROLES[role], lang) for role in step.roles)], 10, PALE, anchor="start")
    to = columns[step.to]
    sources = [columns[code] for code in step.from_states]
    arrows = [_arrow(far, to, y) for far in _farthest(sources, to)]
    dots = [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{PALE}"/>' for x in sources if x != to]
    again = [f'<circle cx="{to}" cy="{y}" r="6" fill="none" stroke="{PALE}" stroke-width="1.4"/>'] if to in sources else []
    return f'<g class="step">{"".join([name, who, *arrows, *dots, *again])}</g>'


def _farthest(sources: Sequence[float], to: float) -> list[float]:
    """The outermost source on either side of the target: one line passes through the dots between."""
    left, right = [x for x in sources if x < to], [x for x in sources if x > to]
    return ([min(left)] if left else []) + ([max(right)] if right else [])


def _arrow(since: float, to: float, y: float) -> str:
    tip = to - 7 if since < to else to + 7
    return f'<path d="M{since} {y}H{tip}" fill="none" stroke="{PALE}" stroke-width="1.4" marker-end="url(#tip)"/>'


def _wrapped(text: str, wide: int = 12) -> list[str]:
    """Lines of at most `wide` half-width letters; a Chinese character counts two; only the last line may be cut short."""
    lines, width = [""], 0
    for word in [f"{part} " for part in text.split(" ")] if text.isascii() else text:
        size = sum(1 if letter.isascii() else 2 for letter in word)
        if width + size > wide + text.isascii() and lines[-1]:
            lines.append("")
            width = 0
        lines[-1] += word
        width += size
    return [line.strip() for line in lines]


def _text(x: float, y: float, lines: Sequence[str], size: int, fill: str, *, anchor: str = "middle") -> str:
    top = y - (len(lines) - 1) * LINE / 2 + size * 0.36
    spans = "".join(f'<tspan x="{x}" y="{top + number * LINE:.1f}">{escape(line)}</tspan>' for number, line in enumerate(lines))
    return f'<text text-anchor="{anchor}" font-size="{size}" fill="{fill}">{spans}</text>'
