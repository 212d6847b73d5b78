"""The book of one day: everything the law data hold, as it is in force on that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from chengxin.kernel import language
from chengxin.law import plan, terms
from chengxin.law.entries import (
    Behaviour,
    ClockRule,
    Dated,
    Department,
    Division,
    Duty,
    Instrument,
    Measure,
    Pause,
    Provision,
    PublicityTerm,
)
from chengxin.law.errors import LawUnknown, NotInForce
from chengxin.law.shelf import Shelf, shelf

D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Book:
    """What is in force on `day` (a day in the city)."""

    day: date

    # -- periods -------------------------------------------------------------------------------------------------------------

    def clock(self, id: str) -> ClockRule:
        """The period `id` as it stands on this day. Raises LawUnknown, or NotInForce when no version holds."""
        return self._one("clocks", _shelf().clocks, id)

    def clocks(self) -> dict[str, ClockRule]:
        """Every period in force, by its main id."""
        return {rule.id: rule for rules in _shelf().clocks.values() for rule in rules if rule.holds(self.day)}

    def due(self, id: str, event_day: date, paused: Sequence[Pause] = (), extended: bool = False) -> date:
        """The last day of the period `id` begun by `event_day`, by the rule of this book's day.

        `paused` leaves out days for reasons the provision names; `extended` adds the lawful extension before the end is moved.
        """
        rule = self.clock(id)
        return terms.due_day(rule, event_day, paused, self._extension(rule) if extended else 0)

    def due_at(self, id: str, event_at: datetime, paused: Sequence[Pause] = (), extended: bool = False) -> datetime:
        """The aware instant (UTC) at which the period is over; the only way to ask a period in hours."""
        rule = self.clock(id)
        return terms.due_at(rule, event_at, paused, self._extension(rule) if extended else 0)

    def _extension(self, rule: ClockRule) -> int:
        longer = [other for other in self.clocks().values() if other.extends == rule.id and other.unit == rule.unit]
        if not longer:
            raise LawUnknown(id=f"{rule.id} extension", kind="clocks")
        return longer[0].n or 0

    # -- texts ---------------------------------------------------------------------------------------------------------------

    def instrument(self, id: str) -> Instrument:
        """A law, regulation, order or notice, whether or not it is in force on this day (an old case still cites it)."""
        return _any(self.day, "instruments", _shelf().instruments, id)

    def provision(self, id: str) -> Provision:
        """An article by its id, e.g. "order2.18", with a paraphrase in both languages; old articles stay readable."""
        return _any(self.day, "provisions", _shelf().provisions, id)

    def cited(self, *provisions: str) -> dict[str, str]:
        """How a paper cites provisions, {"zh": 《…》第16条、…, "en": …, art. 16; …}."""
        found = [(self.instrument(one.instrument), one.article) for one in map(self.provision, provisions)]
        zh = "、".join(f"《{instrument.zh}》{_article_zh(article)}" for instrument, article in found)
        return {"zh": zh, "en": "; ".join(f"{instrument.en}{_article_en(article)}" for instrument, article in found)}

    def article(self, clock: str) -> str:
        """The article a clock comes from, as people cite it, in the reader's language."""
        return language.pick(self.cited(self.clock(clock).provision))

    def current(self, provision: str) -> str:
        """Where a cited article stands on this day after renumbering. Raises NotInForce when the new number has not been checked."""
        for link in _shelf().references:
            if link.cited == provision and link.holds(self.day):
                if link.now is None:
                    raise NotInForce(id=provision, day=self.day.isoformat(), periods=link.note_en or link.period())
                return self.current(link.now)
        return self.provision(provision).id

    # -- catalogues ----------------------------------------------------------------------------------------------------------

    def codes(self, list_name: str) -> dict[str, dict[str, Any]]:
        """A code list: code → {"zh", "en", …} of the items valid on this day."""
        lists = _shelf().codes
        if list_name not in lists:
            raise LawUnknown(id=list_name, kind="code lists")
        return {code: item for code, item in lists[list_name]["items"].items() if _holds(item, self.day)}

    def behaviour(self, code: str) -> Behaviour:
        return self._one("behaviours", _shelf().behaviours, code)

    def behaviours(self) -> list[Behaviour]:
        return self._all(_shelf().behaviours)

    def duty(self, code: str) -> Duty:
        return self._one("duties", _shelf().duties, code)

    def duties(self) -> list[Duty]:
        """The platform duties that exist on this day."""
        return self._all(_shelf().duties)

    def publicity(self, kind: str) -> PublicityTerm:
        """How long this kind of negative record is shown when it is decided on this day."""
        return self._one("publicity terms", _shelf().publicity, kind)

    def publicity_terms(self) -> list[PublicityTerm]:
        return self._all(_shelf().publicity)

    def redactions(self) -> Mapping[str, dict[str, Any]]:
        """Data kind → how it is shown to "public", "department", "handler"."""
        return _shelf().redactions

    def never_public(self) -> tuple[dict[str, str], ...]:
        """What is never shown to the public, in both languages."""
        return _shelf().never_public

    def declarations(self) -> Mapping[str, dict[str, Any]]:
        """Exemption code E1-E4 → the self-declaration that has to be shown word for word."""
        return _shelf().declarations

    def value(self, name: str) -> Any:
        """A dated number or small table, e.g. value("exempt_turnover_yuan"). Raises LawUnknown or NotInForce."""
        return self._one("values", _shelf().values, name).value

    def event(self, code: str) -> dict[str, str]:
        """What starts a period, in both languages."""
        found = _shelf().events.get(code)
        if found is None:
            raise LawUnknown(id=code, kind="events")
        return found

    # -- departments, divisions, the plan ------------------------------------------------------------------------------------

    def department(self, code: str) -> Department:
        """A department by its code, whether or not it still exists on this day."""
        return _any(self.day, "departments", _shelf().departments, code)

    def departments(self) -> list[Department]:
        """The departments that exist on this day."""
        return self._all(_shelf().departments)

    def in_charge(self, code: str) -> Department:
        """Who does this department's work on this day: itself, or its successor."""
        department = self.department(code)
        while not department.holds(self.day) and department.successor and self.day > (department.valid_to or self.day):
            department = self.department(department.successor)
        return department

    def division(self, code: str) -> Division:
        found = _shelf().divisions.get(code)
        if found is None:
            raise LawUnknown(id=code, kind="divisions")
        return found

    def divisions(self, level: str | None = None, parent: str | None = None) -> list[Division]:
        """Divisions of the city, optionally of one level (city, county, township) or below one parent."""
        return [
            one for one in _shelf().divisions.values() if (level is None or one.level == level) and (parent is None or one.parent == parent)
        ]

    def measures(self) -> list[Measure]:
        """The plan's eighteen measures, with the departments of 2017 and those in charge on this day."""
        short = self.codes("measure")
        return [self._measure(one, short[f"M{one.number:02d}"]) for one in plan.measures()]

    def _measure(self, one: plan.PlanMeasure, short: Mapping[str, str]) -> Measure:
        lead, support = map(_codes_of_plan_names, (one.lead, one.support))
        measure = Measure(
            code=f"M{one.number:02d}",
            number=one.number,
            title=one.title,
            text=one.text,
            zh=short["zh"],
            en=short["en"],
            lead=lead,
            support=support,
            others_support=one.others_support,
        )
        return replace(measure, lead_now=self._now(lead), support_now=self._now(support))

    def _now(self, codes: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.in_charge(code).code for code in codes))

    # -- picking -------------------------------------------------------------------------------------------------------------

    def _one(self, kind: str, entries: Mapping[str, list[D]], id: str) -> D:
        versions = _versions(kind, entries, id)
        for version in versions:
            if version.holds(self.day):
                return version
        raise NotInForce(id=id, day=self.day.isoformat(), periods="; ".join(version.period() for version in versions))

    def _all(self, entries: Mapping[str, list[D]]) -> list[D]:
        return [version for versions in entries.values() for version in versions if version.holds(self.day)]


def _shelf() -> Shelf:
    return shelf()


def _versions(kind: str, entries: Mapping[str, list[D]], id: str) -> list[D]:
    if id not in entries:
        raise LawUnknown(id=id, kind=kind)
    return entries[id]


def _any(day: date, kind: str, entries: Mapping[str, list[D]], id: str) -> D:
    versions = _versions(kind, entries, id)
    return next((version for version in versions if version.holds(day)), versions[-1])


def _holds(item: Mapping[str, Any], day: date) -> bool:
    since, until = item.get("valid_from"), item.get("valid_to")
    return (since is None or since <= day) and (until is None or day <= until)


def _codes_of_plan_names(names: Sequence[str]) -> tuple[str, ...]:
    known = {name: code for code, versions in _shelf().departments.items() for name in versions[0].plan_names}
    for name in names:
        if name not in known:
            raise LawUnknown(id=name, kind="departments of the plan")
    return tuple(known[name] for name in names)


WHOLE = "main"  # the instrument as a whole


def _article_zh(article: str) -> str:
    if article == WHOLE:
        return ""
    return article if article.startswith("第") else f"第{article}条"


def _article_en(article: str) -> str:
    return "" if article == WHOLE else f", art. {article}"
