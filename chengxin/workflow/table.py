"""A workflow as read from its table: states, steps, fields. Nothing here knows what the workflow is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Pair = dict[str, str]

FIELD_KINDS = frozenset(
    {"text", "long_text", "number", "money", "date", "datetime", "choice", "codes", "yes_no", "person", "file", "evidence"}
)
# The roles of accounts, and those who act without an account of their own: a job ("system") and a consumer with a receipt number.
ROLES: Mapping[str, Pair] = {
    "officer": {"zh": "经办人员", "en": "officer"},
    "reviewer": {"zh": "审核人员", "en": "reviewer"},
    "head": {"zh": "部门负责人", "en": "department head"},
    "leader": {"zh": "市领导", "en": "city leader"},
    "platform_staff": {"zh": "平台人员", "en": "platform staff"},
    "merchant": {"zh": "商家", "en": "merchant"},
    "courier_staff": {"zh": "快递企业人员", "en": "courier staff"},
    "payment_staff": {"zh": "支付机构人员", "en": "payment institution staff"},
    "sysadmin": {"zh": "系统管理员", "en": "system administrator"},
    "secadmin": {"zh": "安全管理员", "en": "security administrator"},
    "auditadmin": {"zh": "审计管理员", "en": "audit administrator"},
    "consumer": {"zh": "消费者", "en": "consumer"},
    "system": {"zh": "系统自动", "en": "the system"},
}


@dataclass(frozen=True, slots=True)
class State:
    code: str
    zh: str
    en: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing a step asks for. `codes` names a code list of the law; `choices` are the field's own {code: {"zh", "en"}}."""

    name: str
    kind: str
    zh: str
    en: str
    required: bool = True
    codes: str | None = None
    choices: Mapping[str, Pair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: who may take `action` from which states, what it needs, where it leads.

    `clock` starts (counted from the field `clock_from`, else from the day of the step; `extended` adds the lawful extension);
    `stops` end. `document` is the paper the step produces.
    """

    action: str
    from_states: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    zh: str
    en: str
    needs: tuple[str, ...] = ()
    clock: str | None = None
    clock_from: str | None = None
    extended: bool = False
    stops: tuple[str, ...] = ()
    document: str | None = None
    reason_required: bool = False
    asks: tuple[FormField, ...] = ()
    evidence: Mapping[str, Pair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workflow:
    name: str
    zh: str
    en: str
    initial: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    documents: Mapping[str, Pair]

    def steps_from(self, state: str, roles: Iterable[str] | None = None) -> list[Step]:
        """The steps that may be taken from `state`, by somebody with any of `roles` (None = by anybody)."""
        held = None if roles is None else set(roles)
        return [step for step in self.steps if state in step.from_states and (held is None or held & set(step.roles))]

    def step(self, action: str) -> Step | None:
        """The first step of that action, whatever state it starts from."""
        return next((step for step in self.steps if step.action == action), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a step leads: the new state, the clock that starts and its last day (`due_at` = the exact end, aware UTC), the paper."""

    state: str
    due: date | None = None
    clock: str | None = None
    document: str | None = None
    due_at: datetime | None = None
    stopped: tuple[str, ...] = ()
    step: Step | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
