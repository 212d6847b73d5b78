"""Asking which subject a name is: every question is logged with its numbers; the names asked are not, for they may be people's."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import jail, language
from chengxin.subjects import sheets
from chengxin.subjects.errors import TooLarge, TooManyNames
from chengxin.subjects.queries.names import MOST_NAMES, Answer, match_names

MOST_BYTES = 5 * 1024 * 1024
Answers = list[tuple[str, list[Answer]]]


def names_of_sheet(content: bytes) -> list[str]:
    """The names in a sheet (xlsx, csv), read in the jail. Raises TooLarge, FileTooHard, NotASheet."""
    if len(content) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES // 1024 // 1024)
    return list(jail.run("chengxin.subjects.sheets:read_names", content))


@transaction.atomic
def ask_names(actor: Actor, names: list[str], limit: int = 5) -> Answers:
    """The subjects each name may be of. Raises TooManyNames above MOST_NAMES."""
    if len(names) > MOST_NAMES:
        raise TooManyNames(most=MOST_NAMES, count=len(names))
    answers = match_names(names, limit)
    told = {"asked": len(names), "found": sum(bool(some) for _name, some in answers)}
    audit.record("subjects.names.matched", actor=str(actor), object="subjects.names:register", data=told)
    return answers


def answer_sheet(answers: Answers) -> bytes:
    """The answers as a workbook, a line for each subject a name may be of."""
    heads = [
        {"zh": "查询名称", "en": "Name asked"},
        {"zh": "结论", "en": "Verdict"},
        {"zh": "分值", "en": "Score"},
        {"zh": "登记名称", "en": "Registered name"},
        {"zh": "统一社会信用代码", "en": "Unified social credit code"},
        {"zh": "依据", "en": "Found by"},
        {"zh": "理由", "en": "Reasons"},
    ]
    none = language.pick({"zh": "未找到", "en": "not found"})
    lines: list[list[object]] = []
    for name, some in answers:
        lines += [
            [name, one.verdict_text, one.match.score, one.subject.name, one.subject.uscc or "", one.way_text, one.why] for one in some
        ]
        lines += [] if some else [[name, none, "", "", "", "", ""]]
    return sheets.write({language.pick({"zh": "名称比对", "en": "Names"}): ([language.pick(one) for one in heads], lines)})
