"""The obligations compiler: a plan's text → measures → proposed tasks with departments, deadlines and the evidence to ask for.

It proposes and lists what it did not understand; a named person edits and confirms (`actions.plans`). The bracket grammar is the plan's of
2017 (`law.plan`), widened by the ways later plans write it. Departments are read as of the day the plan was issued and put as of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from chengxin.coordination import deadlines
from chengxin.law import law, plan
from chengxin.law.entries import Department, Measure
from chengxin.law.shelf import shelf

MOST_TITLE = 300
TITLED = re.compile(r"^(?:[（(](?P<cn>[一二三四五六七八九十]{1,3})[）)]|(?P<ar>[0-9]{1,2})[.．、])\s*(?P<body>.+)$", re.S)
LISTED = re.compile(
    r"^(?:责任单位|牵头单位|牵头部门|责任部门)[：:](?P<lead>[^；;]+)(?:[；;](?:配合单位|配合部门|协同单位|参加单位)[：:](?P<support>.+))?$"
)
ALONE = re.compile(r"^(.+?)(?:牵头|负责|牵头负责)$")
OTHERS = re.compile(r"等?(?:其他|各)?(?:相关|有关|各相关|各有关)(?:部门|单位)?(?:配合)?$")
QUOTED = re.compile("[“「『（(][^”」』）)]*[”」』）)]")
FOUNDED = ("查处", "执法", "检查", "打击", "曝光")
# What shows that something was done, by the words of the sentence; the officer edits it.
EVIDENCE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("制度", "机制", "体系"), "制度文件及印发日期"),
    (("平台要", "督促", "要求"), "督促记录及平台落实情况"),
    (FOUNDED, "检查、办案记录及统计"),
    (("公示", "公开", "公布", "披露"), "公示页面链接"),
    (("共享", "归集", "报送"), "数据归集、报送回执"),
    (("宣传", "教育", "培训"), "活动记录及图文资料"),
    (("支持", "鼓励", "引导", "推动", "推广"), "推动措施及进展情况"),
)
USUAL_EVIDENCE = "工作情况报告及佐证材料"


@dataclass
class Unread:
    """What was not understood, so that a person looks at it."""

    where: str
    what: str
    zh: str
    en: str


@dataclass
class Row:
    """One proposed task. lead, support: codes of today's departments; due_on: ISO day or ""; how: the words the deadline was read from."""

    no: str
    measure: str
    title: str
    lead: str
    also_lead: list[str]
    support: list[str]
    due_on: str
    how: str
    evidence: str
    take: bool = True


@dataclass
class Parsed:
    """One measure of a text. lead, support: today's departments."""

    number: int
    title: str
    text: str
    lead: list[str]
    support: list[str]
    others: bool
    measure: str = ""


@dataclass
class Compiled:
    measures: list[Parsed] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        return {"rows": [asdict(one) for one in self.rows], "unread": [asdict(one) for one in self.unread]}


def compile_plan(text: str, issued_on: date, today: date) -> Compiled:
    """Measures, proposed tasks and what was not understood, in the order of the text."""
    made = Compiled()
    for number, body in _titled(plan.paragraphs(text)):
        found = _bracket(body)
        where = f"（{number}）{body[:20]}"
        if found is None:
            made.unread.append(
                Unread(where, body[:80], "没有写明责任部门，不作为任务", "It names no department and is proposed as no task")
            )
            continue
        one = _parsed(number, found, issued_on, today, made, where)
        made.measures.append(one)
        made.rows.extend(_rows(one, issued_on, made))
    if not made.measures:
        made.unread.append(Unread("", text[:80], "没有读出任何一项措施", "No measure was found in the text"))
    return made


def sentences(text: str) -> list[str]:
    """A measure's sentences: cut at full stops and semicolons that stand outside quotation marks and brackets."""
    kept: list[str] = []
    held = QUOTED.sub(lambda match: kept.append(match[0]) or f"\x00{len(kept) - 1}\x00", text)  # type: ignore[func-returns-value]
    parts = [part.strip() for part in re.split("[。；;]", held) if part.strip()]
    return [re.sub("\x00([0-9]+)\x00", lambda match: kept[int(match[1])], part) for part in parts]


def _titled(paragraphs: Sequence[str]) -> Iterator[tuple[int, str]]:
    for line in paragraphs:
        if match := TITLED.match(line):
            yield (plan.number_of(match["cn"]) if match["cn"] else int(match["ar"])), match["body"]


def _bracket(body: str) -> tuple[str, str, str] | None:
    """(title, text, who) of a measure that ends with its departments in brackets."""
    bracket = plan.BRACKET.search(body)
    if bracket is None:
        return None
    title, _, rest = (body[: bracket.start()] + bracket["stop"]).partition("。")
    return title, rest, bracket["who"]


def _departments(who: str) -> tuple[list[str], list[str], bool]:
    """Names that lead, names that support, whether others concerned support too."""
    if listed := LISTED.match(who.strip()):
        lead, support = listed["lead"], listed["support"] or ""
        others = bool(OTHERS.search(lead) or OTHERS.search(support))
        return _names(lead), _names(support), others
    lead_names, support_names, others = plan.departments(ALONE.sub(r"\1", who.strip()))
    return list(lead_names), list(support_names), others


def _names(listed: str) -> list[str]:
    return [name.strip() for name in re.split("[、，,]", OTHERS.sub("", listed)) if name.strip()]


def _parsed(number: int, found: tuple[str, str, str], issued_on: date, today: date, made: Compiled, where: str) -> Parsed:
    title, text, who = found
    lead, support, others = _departments(who)
    codes = [_codes(names, issued_on, today, made, where) for names in (lead, support)]
    one = Parsed(number, title, text, codes[0], [code for code in codes[1] if code not in codes[0]], others)
    one.measure, sure = _measure_of(one, today)
    if not sure:
        zh = f"标题与十八项措施都不相同，暂列{one.measure}，请核对"
        made.unread.append(Unread(where, title, zh, f"Its title is none of the eighteen; put under {one.measure}, please check"))
    return one


def _codes(names: Sequence[str], issued_on: date, today: date, made: Compiled, where: str) -> list[str]:
    """Today's departments, each once. A name nobody bears is listed as not understood."""
    codes = []
    for name in names:
        code = department(name, issued_on, today)
        if code:
            codes.append(code)
        else:
            made.unread.append(
                Unread(where, name, "部门名称无法识别，请手工选择", "This department's name is not known; choose one by hand")
            )
    return list(dict.fromkeys(codes))


def department(name: str, issued_on: date, today: date) -> str:
    """Who does today the work of the department that bore this name when the plan was issued; "" for a name nobody bore."""
    short = name.removeprefix("市")
    bearers = [one for one in _known() if short in (one.zh, *one.plan_names) or name in one.plan_names]
    bearers.sort(key=lambda one: not one.holds(issued_on))  # who existed then, before who was founded later
    return law.at(today).in_charge(bearers[0].code).code if bearers else ""


def _known() -> list[Department]:
    """Every department of any time, and once each version."""
    return [version for versions in shelf().departments.values() for version in versions]


def _measure_of(one: Parsed, today: date) -> tuple[str, bool]:
    """The measure of the house that a measure of this text is about, and whether it is sure: the same title, else the most words shared."""
    measures = law.at(today).measures()
    same = [known.code for known in measures if known.title == one.title]
    return (same[0], True) if same else (max(measures, key=lambda known: _shared(one, known)).code, False)


def _shared(one: Parsed, known: Measure) -> float:
    pairs = {one.title[at : at + 2] for at in range(len(one.title) - 1)} - COMMON
    words = known.title + known.text
    return sum(pair in words for pair in pairs) / (len(pairs) or 1)


COMMON = frozenset({"电子", "子商", "商务", "信用", "建立", "加强", "制度", "诚信", "健全", "完善"})


def _rows(one: Parsed, issued_on: date, made: Compiled) -> Iterator[Row]:
    for place, sentence in enumerate(sentences(one.text) or [one.title], start=1):
        stated = deadlines.read(sentence, issued_on)
        no = f"{one.number}.{place}"
        if len(stated) > 1:
            days = "、".join(each.words for each in stated)
            made.unread.append(
                Unread(
                    no,
                    days,
                    "一句话里有几个期限，取最早的一个，请核对或者拆分",
                    "Several deadlines in one sentence: the earliest was taken, check or split",
                )
            )
        if len(sentence) > MOST_TITLE:
            made.unread.append(Unread(no, sentence[:80], "句子过长，已截断，请拆分", "The sentence is too long and was cut; split it"))
        yield Row(
            no=no,
            measure=one.measure,
            title=sentence[:MOST_TITLE],
            lead=one.lead[0] if one.lead else "",
            also_lead=one.lead[1:],
            support=one.support,
            due_on=stated[0].on.isoformat() if stated else "",
            how=stated[0].words if stated else "",
            evidence=evidence_for(sentence),
        )


def evidence_for(sentence: str) -> str:
    """What to ask for as evidence, by the words of the sentence."""
    return next((asked for words, asked in EVIDENCE if any(word in sentence for word in words)), USUAL_EVIDENCE)
