"""Officers of two departments and two matters, one of each department, for papers and evidence."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.documents.access import matter
from chengxin.kernel import clock

BLANK = b"%PDF-1.7\nstartxref\n0\n%%EOF\n"  # instead of a paper that nobody looks at

PASSWORD = "a long enough pass phrase"
KIND = "tests.matter"
OWNERS: dict[uuid.UUID, str] = {}  # matter -> department

ON = date(2026, 11, 20)


@matter(KIND)
def readers(actor: Actor, ids: Any) -> list[uuid.UUID]:
    """A test matter is read in its department."""
    return [id for id, department in OWNERS.items() if department in actor.departments]


@dataclass
class Desk:
    officer: Actor
    reviewer: Actor
    elsewhere: Actor
    merchant: Actor
    users: dict[str, User] = field(default_factory=dict)
    matter: str = ""
    other: str = ""


def desk() -> Desk:
    """`matter` is SAMR's, `other` is POST's."""
    load_departments()
    users = {}
    for name, role, scope in (
        ("officer", "officer", Scope(department="SAMR")),
        ("reviewer", "reviewer", Scope(department="SAMR")),
        ("elsewhere", "officer", Scope(department="POST")),
        ("merchant", "merchant", Scope(subject=uuid.uuid4())),
    ):
        users[name] = User.objects.create_user(name, PASSWORD, display_name={"officer": "王立", "reviewer": "李青"}.get(name, name))
        install_grant(users[name], role, scope)
    return Desk(
        **{name: actors.of_user(user) for name, user in users.items()},
        users=users,
        matter=of_department("SAMR"),
        other=of_department("POST"),
    )


def of_department(department: str) -> str:
    id = uuid.uuid4()
    OWNERS[id] = department
    return f"{KIND}:{id}"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(ON.year, ON.month, ON.day, hour, minute, tzinfo=clock.CITY)


def decision(**changes: Any) -> dict[str, Any]:
    """What a penalty decision for brushing is filled with."""
    given = {
        "party": "云岭山货有限公司",
        "party_uscc": "91230499MA00000775",
        "legal_representative": "赵山",
        "party_address": "示例市示例路18号",
        "matter_title": "云岭山货有限公司虚构交易案",
        "filed_on": date(2026, 9, 1),
        "facts": "当事人于2026年3月至6月间，组织人员在其网店虚构交易312单，涉及金额46,800元。\n上述交易均无真实发货。",
        "evidence": ["平台报送的订单与运单数据，证明312单无物流轨迹", "当事人法定代表人的询问笔录", "网页取证EV23040020261120000015"],
        "notice_number": "示市监罚告〔2026〕1号",
        "notice_served_on": date(2026, 11, 5),
        "statement": "当事人认为其中40单为真实交易。",
        "answer": "经复核，该40单运单轨迹与付款记录不能对应，不予采纳。",
        "provisions": "《中华人民共和国反不正当竞争法》第九条第一款",
        "basis": "《中华人民共和国反不正当竞争法》第二十五条",
        "discretion": "当事人主动配合调查，违法所得较小，决定从轻处罚。",
        "penalty": "责令停止违法行为，并处罚款80,000元。",
        "fine": 8_000_000,
        "pay_to": "按照缴款通知书所列方式缴纳",
    }
    return {**given, **changes}
