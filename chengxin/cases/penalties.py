"""Penalties compared and weighed: is a list heavier than another, is a hearing due, is the case major, how long is it public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chengxin.cases.errors import PenaltiesWrong
from chengxin.cases.models import Case, CaseStep, Penalty
from chengxin.law import law
from chengxin.law.errors import NotInForce
from chengxin.subjects.models import Subject

FINE, INCOME, GOODS = "21", "22", "23"
OF_MONEY = (FINE, INCOME)
PERSONS = ("5", "6")  # kinds of subject that are natural persons (law/lists/subject_kind.yaml)


def check(given: Sequence[Mapping[str, Any]], day: date) -> None:
    """Known kinds, an amount exactly where the kind is money, no kind twice. Raises PenaltiesWrong."""
    known = law.at(day).codes("penalty_kind")
    kinds = [one["kind"] for one in given]
    if len(set(kinds)) < len(kinds):
        _wrong("同一处罚种类只写一次。", "Each kind of penalty once.")
    for one in given:
        if one["kind"] not in known:
            _wrong("处罚种类不在当日有效的目录中。", "A kind that is not on the list of the day.")
        if one["kind"] in OF_MONEY and not one.get("amount_fen"):
            _wrong("罚款、没收违法所得须写明金额。", "A fine or confiscated income has an amount.")
        if (one.get("amount_fen") or 0) < 0:
            _wrong("金额不能为负数。", "An amount is not negative.")


def _wrong(zh: str, en: str) -> None:
    raise PenaltiesWrong(why_zh=zh, why_en=en)


def put(case: Case, step: CaseStep, stage: str, given: Sequence[Mapping[str, Any]]) -> list[Penalty]:
    """Write a list of penalties down at one stage of the case."""
    return [
        Penalty.objects.create(
            case=case,
            step=step,
            stage=stage,
            kind=one["kind"],
            amount_fen=one.get("amount_fen") or None,
            detail=one.get("detail") or "",
            perform_by=one.get("perform_by") or None,
        )
        for one in given
    ]


def latest(case: Case, stage: str) -> list[Penalty]:
    """The newest list of a stage."""
    last = case.penalties.filter(stage=stage).order_by("-step__place").first()
    return list(case.penalties.filter(step=last.step_id, stage=stage)) if last else []


def from_plain(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A penalty as a step keeps it, as `put` takes it."""
    day = kept.get("perform_by")
    return {**kept, "perform_by": date.fromisoformat(day) if day else None}


def as_given(rows: Iterable[Penalty]) -> list[dict[str, Any]]:
    return [{name: getattr(one, name) for name in ("kind", "amount_fen", "detail", "perform_by")} for one in rows]


def rank(kind: str, day: date) -> int:
    """The place of a kind in the order of severity."""
    order = law.at(day).value("penalty_severity")
    return next((place for place, kinds in enumerate(order) if kind in kinds), len(order))


def is_heavier(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]], day: date) -> bool:
    """Whether a list is heavier than an earlier one in any part: a kind that was not there (unless it stands in for a heavier kind that was
    dropped), or a greater amount of one that was."""
    before = {one["kind"]: one.get("amount_fen") or 0 for one in old}
    dropped = sorted((rank(kind, day) for kind in before.keys() - {one["kind"] for one in new}), reverse=True)
    for one in sorted(new, key=lambda each: -rank(each["kind"], day)):
        kind, amount = one["kind"], one.get("amount_fen") or 0
        if kind in before:
            if amount > before[kind]:
                return True
        elif dropped and rank(kind, day) < dropped[0]:
            dropped.pop(0)
        else:
            return True
    return False


# ---- thresholds


def hearing_is_due(case: Case, rows: Iterable[Penalty], day: date) -> bool:
    """Whether the party may ask for a hearing (apl.63): by kind, or by the authority's amount for fines and confiscation."""
    return _reaches(case, rows, day, "hearing_fine")


def is_major(case: Case, rows: Iterable[Penalty], day: date) -> bool:
    """Whether the case needs a legal review and a collective discussion (apl.57, apl.58)."""
    return _reaches(case, rows, day, "major_case_fine")


def _reaches(case: Case, rows: Iterable[Penalty], day: date, value: str) -> bool:
    book, rows = law.at(day), list(rows)
    if {one.kind for one in rows} & set(book.value("hearing_penalty_kinds")):
        return True
    table = book.value(f"{value}_{'person' if is_person(case.subject) else 'organisation'}_yuan")
    least = 100 * int(table.get(case.department, table["default"]))
    return any(one.kind in (FINE, INCOME, GOODS) and (one.amount_fen or 0) >= least for one in rows)


def is_person(subject: Subject) -> bool:
    return subject.kind in PERSONS


# ---- publicity


def publicity_term(case: Case, rows: Iterable[Penalty], day: date, scale: str, key_area: bool = False) -> str:
    """The publicity category, the longest of all kinds: by the day's law (order 45, order 107). A fine is low only on a lighter or
    mitigated scale and below the amount of the day's law."""
    book, rows = law.at(day), list(rows)
    table, kinds = book.value("penalty_publicity_kinds"), {one.kind for one in rows}
    for term in ("REVOCATION", "RESTRICTION"):
        if kinds & set(table[term]):
            return term
    if kinds <= set(table["WARNING"]):
        return "WARNING"
    rest = kinds - set(table["WARNING"]) - set(table["LOW"])
    if not rest or (rest == {FINE} and _is_low(case, rows, day, scale)):
        return "LOW"
    return "KEY_AREA" if key_area else "ORDINARY"


def _is_low(case: Case, rows: Sequence[Penalty], day: date, scale: str) -> bool:
    if scale not in ("lighter", "mitigated"):
        return False
    name = "low_fine_person_yuan" if is_person(case.subject) else "low_fine_business_yuan"
    try:
        most = 100 * int(law.at(day).value(name))
    except NotInForce:
        return False
    return sum(one.amount_fen or 0 for one in rows if one.kind == FINE) <= most


def heaviest(rows: Iterable[Penalty], day: date) -> Penalty:
    return max(rows, key=lambda one: (rank(one.kind, day), one.amount_fen or 0))
