"""Cases of the demo city in many states, each brought there by the steps and the people that the law wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.cases import actions
from chengxin.cases.models import Case, Certificate
from chengxin.kernel import clock
from chengxin.subjects.models import Subject

DEPARTMENT = "SAMR"
PHONE = "0468-0000000"
UNFAIR = "《中华人民共和国反不正当竞争法》第九条"
PLACE = "示例市示例路1号"


@dataclass(frozen=True)
class Cast:
    """Two officers, a reviewer, a head of one department; an officer of another who helps."""

    first: Actor
    second: Actor
    reviewer: Actor
    head: Actor


def certify(cast: Cast, number: int = 1) -> None:
    """Certificates for who acts, valid this year and the next."""
    today = clock.today()
    for place, person in enumerate((cast.first, cast.second, cast.reviewer), start=number):
        if person.user and not Certificate.objects.filter(person=person.user).exists():
            first, last = date(today.year, 1, 1), date(today.year + 1, 12, 31)
            actions.certify(cast.head, person.user.pk, DEPARTMENT, f"DEMO-ZF-{place:04d}", first, last, person is cast.reviewer)


# (days since the source was received, what, conduct, how many chapters are told)
STORIES: list[tuple[int, str, str, int]] = [
    (26, "涉嫌虚假宣传", "B12", 0),
    (20, "涉嫌虚构交易提升销量", "B01", 1),
    (3, "涉嫌价格欺诈", "B13", 0),
    (12, "涉嫌以返现诱导好评", "B03", 3),
    (9, "涉嫌虚构交易虚增销量", "B01", 4),
    (11, "涉嫌组织虚假交易", "B01", 6),
    (13, "涉嫌刷单炒信", "B01", 8),
    (16, "涉嫌编造用户评价", "B01", 10),
]


def open_cases(subjects: Sequence[Subject], cast: Cast) -> None:
    """Each story once, all its steps today (the log knows no other day); repeating it changes nothing."""
    certify(cast)
    for place, (days, what, behaviour, far) in enumerate(STORIES):
        subject, ref = subjects[place % len(subjects)], f"demo.case:{place}"
        if not Case.objects.filter(source_ref=ref).exists():
            _tell(cast, subject, clock.today() - timedelta(days=days), f"{subject.name}{what}", behaviour, ref, far)


def _tell(cast: Cast, subject: Subject, received: date, title: str, behaviour: str, ref: str, far: int) -> None:
    given: dict[str, Any] = {"ref": ref, "behaviour": behaviour, "facts": "监测发现异常订单，见线索。", "received_on": received}
    case = actions.register_source(cast.first, subject.pk, DEPARTMENT, "5", title, **given)
    for chapter in CHAPTERS[:far]:
        chapter(cast, case)


def _step(actor: Actor, case: Case, action: str, **given: Any) -> None:
    actions.take(actor, case.pk, action, given)


def _check(cast: Cast, case: Case) -> None:
    _step(cast.first, case, "finish_check", result="核对订单、收款和物流信息，线索属实。", proposal="file")


def _file(cast: Cast, case: Case) -> None:
    officers = {"officer_a": str(cast.first), "officer_b": str(cast.second)}
    _step(cast.head, case, "file_case", **officers, contact_phone=PHONE, reason="涉嫌违法，准予立案。")
    for one in (cast.first, cast.second):
        _step(one, case, "declare", relation="none")


def _investigate(cast: Cast, case: Case) -> None:
    today, now = clock.today(), clock.now()
    rights = "已出示执法证件，已告知陈述、申辩和申请回避的权利。"
    _step(cast.first, case, "contact", rights_notice=rights, whom="示例店长", told_on=today)
    file = actions.Upload("orders.csv", f"case,order\n{case.number},T0001\n".encode(), "text/csv")
    origin = "由平台导出，两名执法人员在场核对，刻录光盘封存。"
    proof = {"evidence_kind": "4", "title": "异常订单明细", "origin": origin, "shows": "订单与实际交易不符", "file": file}
    _step(cast.first, case, "add_evidence", **proof, place=PLACE, began_at=now)


def _end(cast: Cast, case: Case) -> None:
    said = {"facts": "当事人组织虚假交易312单，以此提升店铺销量排名。", "provisions": UNFAIR, "basis": UNFAIR}
    fine = [{"kind": "21", "amount_fen": 4_000_000}]
    told = {"weighing": "系初次违法，主动停止。", "discretion": "lighter", "outcome": "penalty", "penalties": fine}
    _step(cast.second, case, "end_investigation", **said, **told)


def _review(cast: Cast, case: Case) -> None:
    _step(cast.reviewer, case, "review", opinion="事实清楚，证据确凿，程序合法，裁量适当。")


def _notify(cast: Cast, case: Case) -> None:
    _step(cast.first, case, "notify", told_on=clock.today(), receiver="示例店长")
    now = clock.now()
    said = "部分订单为亲友真实购买\n系首次违法，请求从轻处罚"
    _step(cast.first, case, "hear_statement", arguments=said, whom="示例店长", place=PLACE, began_at=now, ended_at=now)
    _step(cast.first, case, "answer_argument", argument=1, verdict="not", reason="收款后均已返还，无真实交易。")


def _decide(cast: Cast, case: Case) -> None:
    _step(cast.first, case, "waive", waiver="当事人书面表示不再陈述、申辩。")
    _step(cast.second, case, "answer_argument", argument=2, verdict="adopted", reason="情况属实，已从轻裁量。")
    _step(cast.head, case, "decide", penalties=[{"kind": "21", "amount_fen": 3_000_000}], reason="采纳第二条意见，从轻处罚。")


def _serve(cast: Cast, case: Case) -> None:
    text = "当事人组织虚假交易312单，被处罚款30,000.00元。"
    _step(cast.first, case, "draft_publicity", public_text=text)
    _step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="未见个人信息、商业秘密和国家秘密。")
    told = {"served_on": clock.today(), "manner": "direct", "place": PLACE, "receiver": "示例店长", "both": True}
    _step(cast.first, case, "serve", **told)


def _publish(cast: Cast, case: Case) -> None:
    for action in ("publish_double", "publish_file"):
        _step(cast.first, case, action, published_on=clock.today())


def _perform(cast: Cast, case: Case) -> None:
    """The fine is paid; what remains is the head's: to close."""
    _step(cast.first, case, "pay", amount=3_000_000, paid_on=clock.today())
    _step(cast.first, case, "perform", proof="罚没款票据一份，金额30,000.00元。")


CHAPTERS: list[Callable[[Cast, Case], None]] = [
    _check,
    _file,
    _investigate,
    _end,
    _review,
    _notify,
    _decide,
    _serve,
    _publish,
    _perform,
]
