"""One department's cast for a case, another department that helps, and a case brought to any state by the people who may."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.cases import actions
from chengxin.cases.models import Case, CaseStep
from chengxin.kernel import clock
from chengxin.law import workdays
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
NAMES = {
    "first": "王立",
    "second": "陈岩",
    "third": "周宁",
    "reviewer": "李青",
    "head": "赵明",
    "post": "孙邮",
    "posthead": "钱局",
    "merchant": "云岭山货",
}
START = datetime(2026, 7, 1, 10, 0, tzinfo=clock.CITY)
FINE = [{"kind": "21", "amount_fen": 2_000_000}]
ORDERS = actions.Upload("orders.csv", b"order_no,paid\nT1,58.00\n", "text/csv")
PROOF: dict[str, Any] = {"file": ORDERS, "shows": "订单为虚构", "place": "示例市示例路1号", "began_at": START}
BIG = [{"kind": "21", "amount_fen": 20_000_000}, {"kind": "22", "amount_fen": 3_000_000}]


@dataclass
class Town:
    """first, second work on the case; third is an officer to spare; post helps from another department."""

    subject: Subject
    first: Actor
    second: Actor
    third: Actor
    reviewer: Actor
    head: Actor
    post: Actor
    posthead: Actor
    merchant: Actor
    users: dict[str, User] = field(default_factory=dict)


def town(prefix: str = "", subject_number: int = 78) -> Town:
    """Everybody with a certificate that is valid all year; the reviewer may do legal reviews. prefix: of user names, next to others."""
    load_departments()
    now = clock.now()
    made = {"created_at": now, "updated_at": now, "created_by": "system:test"}
    subject = Subject.objects.create(kind="1", name="云岭山货有限公司", uscc=samples.uscc(subject_number, "91"), division="230499", **made)
    users = {}
    for name, role, scope in (
        ("first", "officer", Scope(department="SAMR")),
        ("second", "officer", Scope(department="SAMR")),
        ("third", "officer", Scope(department="SAMR")),
        ("reviewer", "reviewer", Scope(department="SAMR")),
        ("head", "head", Scope(department="SAMR")),
        ("post", "officer", Scope(department="POST")),
        ("posthead", "head", Scope(department="POST")),
        ("merchant", "merchant", Scope(subject=subject.pk)),
    ):
        users[name] = User.objects.create_user(f"{prefix}{name}", PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    cast = Town(subject=subject, users=users, **people)
    for name in ("first", "second", "third", "reviewer"):
        certify(cast, name, legal=name == "reviewer")
    certify(cast, "post", by=cast.posthead, department="POST")
    return cast


def certify(cast: Town, name: str, *, by: Actor | None = None, department: str = "SAMR", legal: bool = False, **days: date) -> None:
    given = {"valid_from": date(2024, 1, 1), "valid_until": date(2026, 12, 31), **days}
    number = f"2304{department}{name}"
    actions.certify(by or cast.head, cast.users[name].pk, department, number, given["valid_from"], given["valid_until"], legal)


def opened(cast: Town, **more: Any) -> Case:
    given = {"behaviour": "B01", "facts": "平台报送的订单显示互相下单", **more}
    return actions.register_source(cast.first, cast.subject.pk, "SAMR", "1", "云岭山货涉嫌虚构交易", **given)


def step(actor: Actor, case: Case, action: str, **given: Any) -> CaseStep:
    """One step, the case re-read."""
    made = actions.take(actor, case.pk, action, given)
    case.refresh_from_db()
    return made


def to_filed(cast: Town, case: Case) -> Case:
    step(cast.first, case, "finish_check", result="订单与收款账户核对属实", proposal="file")
    step(
        cast.head,
        case,
        "file_case",
        officer_a=str(cast.first),
        officer_b=str(cast.second),
        contact_phone="0468-0000000",
        reason="涉嫌违法，准予立案",
    )
    return case


def to_investigating(cast: Town, case: Case) -> Case:
    to_filed(cast, case)
    for one in (cast.first, cast.second):
        step(one, case, "declare", relation="none")
    step(cast.first, case, "contact", rights_notice="已告知陈述、申辩和申请回避的权利", whom="张经理", told_on=clock.today())
    return case


def to_ended(cast: Town, case: Case, penalties: list[dict[str, Any]] = FINE, **report: Any) -> Case:
    if case.state != "INVESTIGATING":
        to_investigating(cast, case)
    step(cast.first, case, "add_evidence", origin="平台后台导出，两名执法人员在场", evidence_kind="4", title="订单明细", **PROOF)
    given = {
        "facts": "虚构交易312单",
        "provisions": "《中华人民共和国反不正当竞争法》第九条",
        "basis": "《中华人民共和国反不正当竞争法》第二十条",
        "weighing": "数量较大",
        "discretion": "ordinary",
        "outcome": "penalty",
    }
    step(cast.first, case, "end_investigation", **{**given, "penalties": penalties, **report})
    return case


def to_noticed(cast: Town, case: Case, penalties: list[dict[str, Any]] = FINE, **report: Any) -> Case:
    to_ended(cast, case, penalties, **report)
    step(cast.reviewer, case, "review", opinion="事实清楚，证据确凿，程序合法")
    step(cast.first, case, "notify", told_on=clock.today(), receiver="张经理")
    return case


def to_decided(cast: Town, case: Case, penalties: list[dict[str, Any]] = FINE, **report: Any) -> Case:
    """Decided on the first day after the period for a statement; the clock stays where the caller put it otherwise."""
    to_noticed(cast, case, penalties, **report)
    with clock.set_to(after(case, "PENALTY_STATEMENT")):
        if case.major:
            step(cast.head, case, "confer", minutes="集体讨论同意", present="赵明、副局长二人")
        step(cast.head, case, "decide", penalties=penalties, reason="违法事实成立，裁量适当")
    return case


def to_served(cast: Town, case: Case, penalties: list[dict[str, Any]] = FINE, **report: Any) -> Case:
    to_decided(cast, case, penalties, **report)
    with clock.set_to(at(case.decision.decided_on)):
        step(cast.first, case, "draft_publicity", public_text="当事人虚构交易312单，被处罚款")
        step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="未见个人信息和商业秘密")
        step(cast.first, case, "serve", served_on=clock.today(), manner="direct", place="示例市示例路1号", receiver="张经理", both=True)
    return case


def after(case: Case, id: str) -> datetime:
    """Ten in the morning of the first working day after a clock of the case is over."""
    return at(workdays.add(case.clocks.filter(clock=id).latest("id").due_on, 1))


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.CITY)


def asked(**more: Any) -> dict[str, Any]:
    """What an inquiry asks for."""
    now = clock.now()
    given = {"record": "问：是否虚构交易？答：是。", "whom": "张经理", "id_number": "230499190001010011", "role": "店长", "place": "店内"}
    return {**given, "began_at": now, "ended_at": now, **more}


def said(text: str) -> dict[str, Any]:
    """A statement of the party."""
    return {"arguments": text, "whom": "张经理", "place": "局接待室", "began_at": clock.now(), "ended_at": clock.now()}
