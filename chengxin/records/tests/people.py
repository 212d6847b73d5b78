"""A merchant, three people of one department and one of another; and records entered by two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.records import actions
from chengxin.records.models import Record
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

HASH = "5e" * 32
PASSWORD = "a long enough pass phrase"


@dataclass
class Town:
    """The cast; `officer` enters, `reviewer` confirms, `head` has a part in neither."""

    subject: Subject
    officer: Actor
    reviewer: Actor
    head: Actor
    elsewhere: Actor
    merchant: Actor
    users: dict[str, User] = field(default_factory=dict)


def town() -> Town:
    load_departments()
    now = clock.now()
    made = {"created_at": now, "updated_at": now, "created_by": "system:test"}
    subject = Subject.objects.create(kind="1", name="云岭山货有限公司", uscc=samples.uscc(77, "91"), division="230499", **made)
    users = {}
    for name, role, scope in (
        ("officer", "officer", Scope(department="SAMR")),
        ("reviewer", "reviewer", Scope(department="SAMR")),
        ("head", "head", Scope(department="SAMR")),
        ("elsewhere", "officer", Scope(department="POST")),
        ("merchant", "merchant", Scope(subject=subject.pk)),
    ):
        users[name] = User.objects.create_user(name, PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    return Town(subject=subject, users=users, **people)


NAMES = {"officer": "王立", "reviewer": "李青", "head": "赵明", "elsewhere": "孙邮", "merchant": "云岭山货"}


def penalty(**changes: Any) -> dict[str, Any]:
    """A fine for brushing, as the form gives it."""
    given = {
        "item": "PENALTY",
        "term": "ORDINARY",
        "behaviour": "B01",
        "penalty_kind": "21",
        "amount_fen": 8_000_000,
        "summary": "通过虚构交易提升店铺销量 312 单",
        "maker": "示例市市场监督管理局",
        "basis": "《中华人民共和国反不正当竞争法》第九条第一款",
        "document_number": "示市监处罚〔2026〕41号",
        "document_hash": HASH,
        "decided_on": date(2026, 3, 2),
    }
    return {**given, **changes}


def put(cast: Town, **changes: Any) -> Record:
    """A record that the officer entered and the reviewer confirmed."""
    made = actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty(**changes))
    record = actions.confirm(cast.reviewer, made.pk).made
    assert record is not None
    return record
