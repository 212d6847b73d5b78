"""Checks of a platform's rules: there, told in time, kept readable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from chengxin.law import law
from chengxin.law.errors import LawUnknown, NotInForce
from chengxin.platforms.checks.found import EXAMPLES, By, Found, link
from chengxin.platforms.models import RuleVersion

BASIC = ("R1", "R2", "R6")  # ecl.32: agreement, trading rules with entry and exit, quality and consumer protection
EVALUATION, COMPETITION = "R3", "R4"


def _versions(platforms: By) -> dict[UUID, list[RuleVersion]]:
    """Every version of every rule, oldest first, without the text."""
    found: dict[UUID, list[RuleVersion]] = {key: [] for key in platforms}
    for one in RuleVersion.objects.filter(platform__in=platforms).order_by("effective_on").defer("text"):
        found[one.platform_id].append(one)
    return found


def _holding(versions: Iterable[RuleVersion], day: date) -> dict[str, RuleVersion]:
    """Kind → the version that holds on a day."""
    return {one.kind: one for one in versions if one.effective_on <= day}


def _link(one: RuleVersion) -> dict[str, str]:
    return link(str(one), str(one), one.page_url, one.page_url)


def _kinds_in_force(platforms: By, day: date, kinds: tuple[str, ...]) -> dict[UUID, Found]:
    found = {}
    for key, versions in _versions(platforms).items():
        holding = _holding(versions, day)
        links = [_link(holding[kind]) for kind in kinds if kind in holding]
        found[key] = Found(len(kinds), 0, sum(kind not in holding for kind in kinds), links)
    return found


def rules_in_force(platforms: By, day: date) -> dict[UUID, Found]:
    """D11: the basic rules are in force and readable here, in full."""
    return _kinds_in_force(platforms, day, BASIC)


def rating_rule(platforms: By, day: date) -> dict[UUID, Found]:
    """D21: a published rule of credit evaluation is in force."""
    return _kinds_in_force(platforms, day, (EVALUATION,))


def competition_rule(platforms: By, day: date) -> dict[UUID, Found]:
    """D38: a fair-competition rule is in force."""
    return _kinds_in_force(platforms, day, (COMPETITION,))


def told_in_time(one: RuleVersion) -> bool:
    """Whether a changed version was put to comment and published so many days ahead as the law of its day of effect asks."""
    return one.first or (one.comments_from is not None and one.published_on <= notice_by(one))


def notice_by(one: RuleVersion) -> date:
    """The last day on which a changed version could be published in time, by the law of its day of effect."""
    book = law.at(one.effective_on)
    try:
        return book.due("RULE_NOTICE_MAJOR" if one.major else "RULE_NOTICE", one.effective_on)
    except (LawUnknown, NotInForce):  # before order 116 a major change had no longer notice
        return book.due("RULE_NOTICE", one.effective_on)


def changes_told(platforms: By, day: date) -> dict[UUID, Found]:
    """D12: changes were put to comment and published ahead, those of the term of keeping."""
    return _of_versions(platforms, day, lambda one: None if one.first else told_in_time(one))


def comments_kept(platforms: By, day: date) -> dict[UUID, Found]:
    """D14: of changes put to comment since the duty began, how many comments came and what was made of them."""
    began = law.at(day).duty("D14").valid_from or date.min
    return _of_versions(platforms, day, lambda one: _answered(one) if one.comments_until and began <= one.comments_until <= day else None)


def _answered(one: RuleVersion) -> bool:
    return one.comments_count is not None and bool(one.comments_answer)


def _of_versions(platforms: By, day: date, good: Callable[[RuleVersion], bool | None]) -> dict[UUID, Found]:
    """Judge each version that must still be kept; None: this one is not asked."""
    found = {}
    for key, versions in _versions(platforms).items():
        judged = [(one, good(one)) for one in versions if keep_until(one, versions, day) >= day]
        wrong = [one for one, well in judged if well is False]
        found[key] = Found(sum(well is not None for _, well in judged), 0, len(wrong), [_link(one) for one in wrong[:EXAMPLES]])
    return found


def keep_until(one: RuleVersion, versions: Iterable[RuleVersion], day: date) -> date:
    """Until when a version must stay readable: for the law's term after the next one replaced it; one that holds has no end."""
    after = [other.effective_on for other in versions if other.kind == one.kind and other.effective_on > one.effective_on]
    return law.at(day).due("RETAIN_TRADE", min(after)) if after and min(after) <= day else date.max


def versions_readable(platforms: By, day: date) -> dict[UUID, Found]:
    """D13: the chain of versions has a beginning: each kind's first version is here, or one older than the term of keeping."""
    found = {}
    for key, versions in _versions(platforms).items():
        one = found[key] = Found()
        for kind in {version.kind for version in versions}:
            oldest = next(version for version in versions if version.kind == kind)
            one.looked += 1
            if not (oldest.first or law.at(day).due("RETAIN_TRADE", oldest.effective_on) <= day):
                one.wrong += 1
                one.links.append(_link(oldest))
    return found
