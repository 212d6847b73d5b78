"""The rules in force as arrays: one compiled loop tells which of them apply to each event."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, cast

import msgspec
import numba
import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from chengxin.rules.errors import ConditionWrong
from chengxin.rules.features import KINDS, features
from chengxin.rules.models import OUTCOMES, SIGNED, RuleVersion
from chengxin.rules.rows import Ints
from chengxin.rules.state import Values

COMPARISONS = (">=", ">", "<=", "<", "=")
SCALE = {"money": Decimal(100), "share": Decimal("0.01")}  # from the unit people use (yuan, percent) to the feature's own
MOST_CONDITIONS = 8

Condition = tuple[str, str, str]


def condition(kind: str, feature: str, comparison: str, value: str) -> Condition:
    """A condition whose parts fit together. Raises ConditionWrong."""
    known = features().get(feature)
    if known is None or kind not in known.kinds:
        raise ConditionWrong(what=feature)
    if comparison not in COMPARISONS:
        raise ConditionWrong(what=comparison)
    try:
        number = Decimal(value.strip())
    except InvalidOperation as error:
        raise ConditionWrong(what=value) from error
    if not number.is_finite() or not 0 <= number <= 10**12:
        raise ConditionWrong(what=value)
    return feature, comparison, format(number.normalize(), "f")


def threshold(feature: str, value: str) -> float:
    """The value of a condition in the feature's own unit."""
    return float(Decimal(value) * SCALE.get(features()[feature].unit, Decimal(1)))


def content(version: RuleVersion) -> dict[str, Any]:
    """What a version says: all that a signature covers."""
    names = ("kind", "outcome", "match", "conditions", "name_zh", "name_en", "text_zh", "text_en", "basis")
    fields = {name: getattr(version, name) for name in names}
    days = {"effective_from": version.effective_from.isoformat(), "handler": str(version.handler_id)}
    return {"rule": version.rule.code, "number": version.number, **fields, **days}


def digest(version: RuleVersion) -> str:
    """SHA-256 of the content."""
    return hashlib.sha256(msgspec.json.encode(content(version), order="sorted")).hexdigest()


@dataclass(frozen=True)
class Rulebook:
    """Versions that apply together, in the order of their rules' codes."""

    versions: tuple[RuleVersion, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the ids and contents: the same book has the same digest."""
        said = "\n".join(f"{one.id} {one.digest}" for one in self.versions)
        return hashlib.sha256(said.encode()).hexdigest()

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The features that any of the rules looks at, in the order of features.yaml."""
        used = {name for one in self.versions for name, _, _ in one.conditions}
        return tuple(name for name in features() if name in used)

    def features_of(self, kind: str) -> frozenset[str]:
        """Those that rules about this kind look at."""
        return self._of_kinds[kind]

    @cached_property
    def _of_kinds(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(name for one in self.versions if one.kind == kind for name, _, _ in one.conditions) for kind in KINDS}

    @cached_property
    def unread(self) -> dict[str, Ints]:
        """Per kind the places of the features that no rule about it looks at."""
        return {
            kind: np.array([at for at, name in enumerate(self.features) if name not in read], np.int64)
            for kind, read in self._of_kinds.items()
        }

    @cached_property
    def _arrays(self) -> tuple[Any, ...]:
        place = {name: number for number, name in enumerate(self.features)}
        told = [each for one in self.versions for each in one.conditions]
        ends = np.cumsum([len(one.conditions) for one in self.versions], dtype=np.int64)
        return (
            ends,
            np.array([KINDS.index(one.kind) for one in self.versions], np.int64),
            np.array([one.match == "any" for one in self.versions], np.bool_),
            np.array([place[name] for name, _, _ in told], np.int64),
            np.array([COMPARISONS.index(sign) for _, sign, _ in told], np.int64),
            np.array([threshold(name, value) for name, _, value in told], np.float64),
        )

    @cached_property
    def outcomes(self) -> Ints:
        """Per version its outcome as a number: 1 review, 2 refer."""
        return np.array([OUTCOMES.index(one.outcome) for one in self.versions], np.int64)

    def values(self, values: Values, rows: int) -> NDArray[np.float64]:
        """float64[rows, features]: what the rules look at, and what is kept of a decision; NaN for what nobody looked at."""
        table = np.full((rows, len(self.features)), np.nan)
        for place, name in enumerate(self.features):
            if name in values:
                table[:, place] = values[name]
        return table

    def hits(self, kind: Ints, table: NDArray[np.float64]) -> NDArray[np.bool_]:
        """bool[rows, versions]: which rules apply. A feature without a value fulfils no condition."""
        out = np.zeros((len(kind), len(self.versions)), np.bool_)
        if self.versions:
            _apply(kind, table, *self._arrays, out)  # type: ignore[call-arg]
        return out

    def decided(self, hits: NDArray[np.bool_]) -> Ints:
        """Per row the strictest outcome of the rules that apply: 0 pass, 1 review, 2 refer."""
        if not self.versions:
            return np.zeros(len(hits), np.int64)
        return cast(Ints, (hits * self.outcomes).max(axis=1))


@numba.njit(cache=True, nogil=True)
def _apply(kind, table, ends, kinds, any_of, feature, sign, limit, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for row in range(len(kind)):
        start = 0
        for rule in range(len(ends)):
            end = ends[rule]
            if kinds[rule] == kind[row]:
                held = 0
                for each in range(start, end):
                    value, than = table[row, feature[each]], limit[each]
                    code = sign[each]
                    if code == 0:
                        held += value >= than
                    elif code == 1:
                        held += value > than
                    elif code == 2:
                        held += value <= than
                    elif code == 3:
                        held += value < than
                    else:
                        held += value == than
                out[row, rule] = held > 0 and (any_of[rule] or held == end - start)
            start = end


def in_force(day: date) -> Rulebook:
    """The signed versions of a day. One whose content is not what was signed is left out; `altered` names it."""
    return Rulebook(tuple(one for one in signed(day) if digest(one) == one.digest))


def altered(day: date) -> list[RuleVersion]:
    """Signed versions whose content was changed past the house: they are not applied, and the list of rules says so."""
    return [one for one in signed(day) if digest(one) != one.digest]


def signed(day: date) -> Sequence[RuleVersion]:
    """The signed versions whose days include this one."""
    lasting = Q(effective_until=None) | Q(effective_until__gt=day)
    found = RuleVersion.objects.filter(lasting, state=SIGNED, effective_from__lte=day)
    return list(found.select_related("rule", "handler").order_by("rule__code"))
