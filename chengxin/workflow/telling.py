"""What a step brings about, in words, for who is about to take it."""

from __future__ import annotations

from datetime import date

from chengxin.kernel import language
from chengxin.law import law
from chengxin.workflow.table import Step, Workflow

THEN = {"zh": "办理后状态：{}", "en": "State after it: {}"}
PAPER = {"zh": "制作文书：{}", "en": "Paper made: {}"}
PERIOD = {"zh": "起算期限：{}，{}", "en": "Period that begins: {}, {}"}


def brings_about(table: Workflow, step: Step, state: str, day: date) -> list[str]:
    """The state after the step when it is another one, the paper it makes, the period that begins by the law of the day; in the reader's
    language, and nothing for a step that only notes something."""
    said = [language.pick(THEN).format(language.pick(table.states[step.to]))] if step.to != state else []
    if step.document and step.document in table.documents:
        said.append(language.pick(PAPER).format(language.pick(table.documents[step.document])))
    if step.clock:
        book = law.at(day)
        rule = book.clock(step.clock)
        said.append(language.pick(PERIOD).format(language.pick(rule), language.pick(book.cited(rule.provision))))
    return said
