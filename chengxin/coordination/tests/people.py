"""The leading group's office, two departments and a leader; a task of each, assigned by the office."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.coordination import actions
from chengxin.coordination.models import Task
from chengxin.kernel import clock

PASSWORD = "a long enough pass phrase"
SCOPES = {
    "clerk": ("officer", "CREDITLG"),
    "clerk2": ("officer", "CREDITLG"),
    "chief": ("head", "CREDITLG"),
    "market": ("officer", "SAMR"),
    "commerce": ("officer", "COM"),
    "post": ("head", "POST"),
    "leader": ("leader", ""),
}
TEXT = """（十五）加大信用信息公示力度。完成公示栏目改版；推动平台公示“执照；许可证”信息。（市场监督管理局、商务局牵头，数据局配合）
（五）加强网络支付管理。印发后三个月内建立会商机制。（邮政管理局牵头）"""


@dataclass
class Cast:
    clerk: Actor
    clerk2: Actor
    chief: Actor
    market: Actor
    commerce: Actor
    post: Actor
    leader: Actor
    users: dict[str, User] = field(default_factory=dict)


def cast() -> Cast:
    load_departments()
    users = {}
    for name, (role, department) in SCOPES.items():
        users[name] = User.objects.create_user(name, PASSWORD, display_name=f"演示{name}")
        install_grant(users[name], role, Scope(department=department) if department else Scope())
    return Cast(users=users, **{name: actors.of_user(user) for name, user in users.items()})


def tasks(people: Cast, due_on: date | None = None) -> list[Task]:
    """The tasks of TEXT, confirmed: two of the market regulator, one of the post office."""
    plan = actions.propose(people.clerk, "示例实施方案", clock.today(), TEXT)
    rows = [{**row, "due_on": (due_on or clock.today() + timedelta(weeks=4)).isoformat()} for row in plan.rows]
    actions.edit(people.clerk, plan.number, rows)
    return actions.confirm(people.clerk, plan.number)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.CITY)
