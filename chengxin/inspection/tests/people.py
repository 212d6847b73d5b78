"""A small town for inspections: twelve businesses of three classes, four inspectors of SAMR, three of COM, reviewers and a head."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.inspection import actions, catalogue
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.models import Assessment, Draw, Inspector, Plan
from chengxin.kernel import clock
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
DAY = date(2026, 11, 25)
SECRETS = {"COM": "c0" * 32, "SAMR": "5a" * 32}
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
CLASSES = "AAAABBBBBCCD"
ALL = {"A": 5, "B": 20, "C": 50, "D": 100}


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.CITY)


@dataclass
class Town:
    subjects: list[Subject]
    people: dict[str, Actor] = field(default_factory=dict)
    inspectors: dict[str, Inspector] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]


def town(subjects: int = 12) -> Town:
    """People and registers; the classes of the month are given, not computed."""
    load_departments()
    made = Town([_subject(n) for n in range(subjects)])
    for name, role, department in (
        *((f"samr{n}", "officer", "SAMR") for n in range(1, 5)),
        *((f"com{n}", "officer", "COM") for n in range(1, 4)),
        ("reviewer", "reviewer", "SAMR"),
        ("head", "head", "SAMR"),
        ("com_reviewer", "reviewer", "COM"),
        ("post", "officer", "POST"),
    ):
        made.people[name] = _person(name, role, Scope(department=department))
    made.people["merchant"] = _person("merchant", "merchant", Scope(subject=made.subjects[0].pk))
    for name in ("samr1", "samr2", "samr3", "samr4", "com1", "com2", "com3"):
        department = "SAMR" if name.startswith("samr") else "COM"
        days = (DAY - timedelta(days=300), DAY + timedelta(days=300))
        by = made["samr1"] if department == "SAMR" else made["com1"]
        made.inspectors[name] = actions.add_inspector(by, made[name].user.pk, department, f"黑H{len(made.inspectors):05d}", days)
    for code in ("GOODS_TRUE", "SHOP_IDENTITY"):
        actions.fill_objects(made["samr1"], code, "按登记信息初次建库")
    for subject, code in zip(made.subjects, CLASSES, strict=False):
        said = {"kind": subject.kind, "risk_class": code, "points": 0, "reasons": [], "model": "1", "made_at": clock.now()}
        Assessment.objects.create(subject=subject, month=DAY.replace(day=1), **said)
    return made


def _subject(number: int) -> Subject:
    now = clock.now()
    made = {"created_at": now, "updated_at": now, "created_by": "system:test"}
    return Subject.objects.create(
        kind="1", name=f"示例商贸{number + 1:02d}号有限公司", uscc=samples.uscc(300 + number, "91"), division="230499", **made
    )


def _person(name: str, role: str, scope: Scope) -> Actor:
    user = User.objects.create_user(name, PASSWORD, display_name=f"演示{name}")
    install_grant(user, role, scope)
    return actors.of_user(user)


def given(**changes: Any) -> dict[str, Any]:
    """A plan by lot as the form gives it."""
    said = {"title": "网络商品专项双随机抽查", "kind": "lot", "items": ["GOODS_TRUE"], "witness": "COM", "due_on": DAY + timedelta(days=60)}
    return {**said, "shares": ALL, **changes}


def approved(cast: Town, **changes: Any) -> Plan:
    plan = actions.propose_plan(cast["samr1"], "SAMR", given(**changes))
    return actions.decide_plan(cast["reviewer"], plan.number, True)


def frozen(cast: Town, plan: Plan | None = None) -> Draw:
    plan = plan or approved(cast)
    return actions.freeze(cast["samr1"], plan.number, "中国福利彩票双色球当日开奖号码", DAY + timedelta(days=3))


def committed(cast: Town, draw: Draw | None = None) -> Draw:
    draw = draw or frozen(cast)
    for who, department in (("samr1", "SAMR"), ("com1", "COM")):
        actions.commit(cast[who], draw.pk, department, lot.commitment(draw.name, department, SECRETS[department]))
    return draw


def drawn(cast: Town, plan: Plan | None = None) -> Draw:
    """The whole way; call it with the clock on DAY."""
    draw = committed(cast, frozen(cast, plan))
    for who, department in (("samr1", "SAMR"), ("com1", "COM")):
        actions.reveal(cast[who], draw.pk, department, SECRETS[department])
    with clock.set_to(at(DAY + timedelta(days=3), 22)):
        for who, department in (("samr1", "SAMR"), ("com1", "COM")):
            actions.say_value(cast[who], draw.pk, department, "03 09 14 21 27 30 + 11")
    return Draw.objects.get(pk=draw.pk)


def report(task: Any, answer: str = "yes", **changes: Any) -> dict[str, Any]:
    """A report of a visit as the form gives it."""
    answers = {code: {line["code"]: answer for line in catalogue.item(code, DAY).checklist} for code in task.plan.items}
    outcome = "NONE" if answer == "yes" else "PENDING"
    said = {
        "version": task.version,
        "answers": answers,
        "outcome": outcome,
        "summary": "现场检查情况与公示信息相符",
        "place": "示例市示例路1号",
    }
    return {**said, **changes}
