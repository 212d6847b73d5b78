"""What people do in that autumn, room by room; each function puts its acts on the calendar."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from month import DAY, DEPARTMENTS, REGISTER, SCENES, Autumn, at, owner_of

from chengxin.cases import actions as cases
from chengxin.cases import demo as case_chapters
from chengxin.cases.actions import from_clue
from chengxin.consumers import actions as consumers
from chengxin.consumers.demo import DESK, STORIES
from chengxin.consumers.models import Complaint, Filing, Report
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.models import Objection, Record
from chengxin.subjects.models import Shop, Subject
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue

OCTOBER, END = date(2026, 10, 1), date(2026, 10, 31)
WHY = "经核对订单、支付和物流，情况如上"


def firm(place: int) -> Subject:
    """A business behind a shop, no natural person; they take turns."""
    every = Subject.objects.filter(kind__in=["1", "2", "3"], shops__isnull=False).distinct().order_by("name")
    return every[place % every.count()]


def some_day(autumn: Autumn, since: date, until: date) -> date:
    return since + autumn.rng.randrange((until - since).days + 1) * DAY


# ---- clues


def clues(autumn: Autumn) -> None:
    """Each morning, each new clue gets its way: dismissed, filed as a case, extended, handed over, in time or not, or left."""
    day = REGISTER + DAY
    while day <= END:
        autumn.later(at(day, 9), plan_clues, autumn)
        day += DAY


def plan_clues(autumn: Autumn) -> None:
    for clue in Clue.objects.filter(opened_at__gt=clock.now() - DAY, department__in=DEPARTMENTS).order_by("number"):
        way = autumn.rng.choice(["dismiss", "dismiss", "case", "extend", "hand", "ask"])
        officer = f"officer.{clue.department.lower()}"
        if way == "extend":
            autumn.later(at(clue.due_on - 4 * DAY), _clue, autumn, supervision.ask_extension, officer, clue.pk, WHY)
            autumn.later(autumn.on(clue.due_on), _clue, autumn, supervision.grant_extension, officer.replace("officer", "head"), clue.pk)
            autumn.later(at(clue.due_on + 9 * DAY, 23), _finish_clue, autumn, clue.pk, False)
        elif way == "hand":
            to = autumn.rng.choice([one for one in DEPARTMENTS if one != clue.department])
            autumn.later(autumn.on(clue.due_on), _clue, autumn, supervision.hand_over, officer, clue.pk, to, WHY)
            autumn.later(at(clue.due_on + 10 * DAY, 22), _finish_clue, autumn, clue.pk, True)
        else:
            autumn.later(autumn.on(clue.due_on), _finish_clue, autumn, clue.pk, way == "case")


def _clue(autumn: Autumn, act: Any, name: str, pk: Any, *given: Any) -> None:
    act(autumn.who(name), pk, *given)


def _finish_clue(autumn: Autumn, pk: Any, as_case: bool) -> None:
    clue = Clue.objects.get(pk=pk)
    officer = autumn.who(f"officer.{clue.department.lower()}")
    subject = from_clue.subjects_of(clue)[:1] if as_case else []
    if not subject:
        supervision.dismiss(officer, pk, "other", WHY)
        return
    supervision.start_check(officer, pk)
    from_clue.file_clue(officer, pk, subject[0].pk, WHY)


# ---- complaints and reports


def matters(autumn: Autumn) -> None:
    """Complaints from July on, because mediation lasts sixty days; reports from September on."""
    for place in range(12 * autumn.few):
        autumn.later(at(some_day(autumn, date(2026, 7, 20), END), 8 + place % 14, place % 60), complain, autumn, place)
    for place in range(6 * autumn.few):
        autumn.later(at(some_day(autumn, date(2026, 8, 31), END), 8 + place % 14, place % 60), denounce, autumn, place)


def _form(autumn: Autumn, place: int, **more: Any) -> dict[str, Any]:
    product, category, fen, text, request = STORIES[place % len(STORIES)]
    shop = autumn.rng.choice(Shop.objects.exclude(subject=None).select_related("platform", "subject").order_by("token")[:400])
    what = {"product": product, "category": category, "amount_fen": fen, "text": f"{text}（{place}）", "request": request}
    return {"wants": "money", "shop": shop, "order_ref": f"K{place:08d}", "name": "王示例", "phone": f"101{place:08d}", **what, **more}


def complain(autumn: Autumn, place: int) -> None:
    filed = consumers.file(_form(autumn, place))
    found = filed.complaint
    assert found and found.due_on
    desk = f"officer.{found.department.lower()}"
    way = autumn.rng.choice(["accept"] * 5 + ["refuse", "withdraw", "transfer", "late transfer"])
    when = autumn.on(found.due_on)
    if way == "refuse":
        autumn.later(when, _matter, autumn, consumers.refuse, found.number, "R2", "同一争议已由法院受理。")
    elif way == "withdraw":
        autumn.later(when, _withdraw, filed.filing.pk)
    elif way == "accept":
        autumn.later(when, accept, autumn, found.number)
    else:
        moved = at(found.due_on + (3 if way == "late transfer" else -3) * DAY, 12)
        to = autumn.rng.choice([one for one in DEPARTMENTS if one != found.department])
        autumn.later(max(moved, clock.now()), _transfer, autumn, Complaint, desk, found.number, to)
        autumn.later(at(found.due_on + autumn.rng.randrange(-1, 6) * DAY, 23, 59), accept, autumn, found.number)


def _withdraw(pk: Any) -> None:
    consumers.withdraw(Filing.objects.get(pk=pk))


def _transfer(autumn: Autumn, model: Any, desk: str, number: str, to: str) -> None:
    consumers.transfer(autumn.who(desk), model, number, to, "属该部门职责，依法分送")


def _matter(autumn: Autumn, act: Any, number: str, *given: Any, role: str = "officer") -> None:
    model = Report if number.startswith("JB") else Complaint
    department = model.objects.values_list("department", flat=True).get(number=number)
    act(autumn.who(f"{role}.{department.lower()}"), number, *given)


def accept(autumn: Autumn, number: str) -> None:
    _matter(autumn, consumers.accept, number, DESK)
    due = Complaint.objects.get(number=number).due_on
    assert due
    today, way = clock.today(), autumn.rng.choice(["agree", "settle", "end", "end", "pause", "reopen"])
    soon = at(today + autumn.rng.randrange(2, 50) * DAY, 16)
    when = autumn.rng.choice([soon, autumn.on(due)])
    if way == "pause":
        begins = autumn.rng.choice([today + 5 * DAY, due - DAY, due + 2 * DAY])
        autumn.later(at(begins, 9), _matter, autumn, consumers.mediate, number)
        autumn.later(at(begins, 10), _matter, autumn, consumers.pause, number, "委托检测机构检测")
        autumn.later(at(begins + autumn.rng.randrange(3, 12) * DAY, 10), resume, autumn, number)
    elif way == "end":
        autumn.later(when, end, autumn, number)
    else:
        act, given = (consumers.settle, ()) if way == "settle" else (consumers.agree, ("商家三日内退还货款。",))
        autumn.later(when, _matter, autumn, act, number, *given)
        if way == "reopen" and when:
            autumn.later(when + 2 * DAY, _unsolved, number)
            autumn.later(when + 6 * DAY, end, autumn, number)


def resume(autumn: Autumn, number: str) -> None:
    _matter(autumn, consumers.resume, number)
    due = Complaint.objects.get(number=number).due_on
    if due:
        autumn.later(autumn.on(due), _matter, autumn, consumers.agree, number, "双方同意换货。")


def end(autumn: Autumn, number: str) -> None:
    _matter(autumn, consumers.end, number, "T3", "双方对责任认识不一致")
    due = Complaint.objects.get(number=number).due_on
    assert due
    autumn.later(autumn.on(due), _matter, autumn, consumers.follow_up, number)


def _unsolved(number: str) -> None:
    consumers.say(Complaint.objects.get(number=number).filing, False, "商家没有履行")


def denounce(autumn: Autumn, place: int) -> None:
    found = consumers.file(_form(autumn, place + 5_000, wants="violation", violation="同一商品以新链接上架销售。")).report
    assert found and found.due_on
    way, due = autumn.rng.choice(["not_file", "not_file", "not_ours", "extend", "late extend", "transfer"]), found.due_on
    if way == "not_ours":
        autumn.later(autumn.on(due), _matter, autumn, consumers.not_ours, found.number, WHY)
        return
    if way == "transfer":
        to = autumn.rng.choice([one for one in DEPARTMENTS if one != found.department])
        autumn.later(at(due - 5 * DAY), _transfer, autumn, Report, f"officer.{found.department.lower()}", found.number, to)
    autumn.later(at(due - 4 * DAY, 14), _matter, autumn, consumers.check, found.number)
    if "extend" in way:
        late = 2 if way == "late extend" else -1
        autumn.later(at(due + late * DAY, 14), lambda: _matter(autumn, consumers.extend, found.number, WHY, role="head"))
        autumn.later(at(due + autumn.rng.randrange(4, 26) * DAY, 23), _matter, autumn, consumers.not_file, found.number, WHY)
    else:
        autumn.later(autumn.on(due), _matter, autumn, consumers.not_file, found.number, WHY)


# ---- records, objections, repairs

TERMS = (("PENALTY", "ORDINARY"), ("PENALTY", "LOW"), ("PENALTY", "WARNING"), ("INSPECTION", "INSPECTION"), ("PENALTY", "ORDINARY"))


def decisions(autumn: Autumn) -> None:
    """Decisions entered and confirmed by two people within their days or not; the older ones can be repaired in October."""
    for place in range(10 * autumn.few):
        decided = some_day(autumn, date(2026, 9, 7), END - 5 * DAY)
        autumn.later(at(decided, 17), decide, autumn, place, decided)
    for place in range(3 * autumn.few):
        day = some_day(autumn, date(2026, 6, 15), date(2026, 7, 8))
        autumn.later(at(day, 17), repaired_later, autumn, 9_000 + place, day)


def _propose(autumn: Autumn, place: int, decided: date, department: str, item: str, term: str) -> Any:
    subject = firm(place)
    more = {} if item == "INSPECTION" else {"penalty_kind": "11" if term == "WARNING" else "21"}
    more |= {"amount_fen": 200_000} if more.get("penalty_kind") == "21" else {}
    number = f"示{department}罚〔2026〕{place}号"
    said = {"summary": "虚构交易提升销量", "maker": "示例市市场监督管理局", "basis": "《反不正当竞争法》第九条", "document_number": number}
    given = {"item": item, "term": term, "behaviour": "B01", "document_hash": sha256(number.encode()).hexdigest(), "decided_on": decided}
    return records.propose_record(autumn.who(f"officer.{department.lower()}"), subject.pk, department, {**said, **given, **more})


def decide(autumn: Autumn, place: int, decided: date) -> None:
    department = DEPARTMENTS[place % 3] if place % 2 else "SAMR"
    item, term = TERMS[place % len(TERMS)]
    made = _propose(autumn, place, decided, department, item, term)
    last = law.at(decided).due("DOUBLE_PUBLICITY", decided)
    autumn.later(autumn.on(last), confirm, autumn, made.pk, department)


def confirm(autumn: Autumn, pk: Any, department: str) -> None:
    made = records.confirm(autumn.who(f"reviewer.{department.lower()}"), pk).made
    if made and autumn.rng.random() < 0.6:
        autumn.later(clock.now() + autumn.rng.randrange(1, 5) * DAY, object_, autumn, made.pk, department)


def object_(autumn: Autumn, pk: Any, department: str) -> None:
    record = Record.objects.select_related("subject").get(pk=pk)
    owner = owner_of(record.subject)
    made = records.raise_objection(owner, pk, "决定书所列订单中有四十单不是本店的。")
    if autumn.rng.random() < 0.25:
        autumn.later(autumn.on(made.due_on), _drop, owner, made.pk)
        return
    autumn.later(autumn.on(made.due_on), _answer, autumn, made.pk, department, autumn.rng.random() < 0.4)


def _drop(owner: Any, pk: Any) -> None:
    records.drop_objection(owner, pk)


def _answer(autumn: Autumn, pk: Any, department: str, uphold: bool) -> None:
    records.decide_objection(autumn.who(f"head.{department.lower()}"), pk, uphold, WHY)
    assert Objection.objects.get(pk=pk).decided_at


def repaired_later(autumn: Autumn, place: int, decided: date) -> None:
    from chengxin.lists.actions import repairing

    made = _propose(autumn, place, decided, "SAMR", "PENALTY", "ORDINARY")
    record = records.confirm(autumn.who("reviewer.samr"), made.pk).made
    assert record

    def apply() -> None:
        one = repairing.apply(owner_of(record.subject), record, "已履行处罚决定，已整改。", True)
        way = autumn.rng.choice(["refuse to take", "decide", "decide", "extend"])
        autumn.later(autumn.on(one.due_on), take, one.pk, way)

    def take(pk: Any, way: str) -> None:
        one = repairing.accept(autumn.who("officer.samr"), pk, way != "refuse to take", "" if way != "refuse to take" else WHY)
        if way == "refuse to take":
            return
        if way == "extend":
            autumn.later(at(one.due_on, 9), extend, pk)
        autumn.later(autumn.on(one.due_on), decided_, pk, autumn.rng.random() < 0.7)

    def extend(pk: Any) -> None:
        repairing.extend(autumn.who("head.samr"), pk, "案情复杂，需要补充核实")

    def decided_(pk: Any, grant: bool) -> None:
        repairing.decide(autumn.who("head.samr"), pk, grant, WHY)

    autumn.later(at(some_day(autumn, date(2026, 10, 9), date(2026, 10, 22)), 9), apply)


# ---- cases


def penalty_cases(autumn: Autumn) -> None:
    """Cases whose chapters are told on days of their own, so that their periods end early and late."""
    for place in range(2 * autumn.few):
        autumn.later(at(some_day(autumn, SCENES + DAY, date(2026, 10, 20)), 15), open_case, autumn, place)


def open_case(autumn: Autumn, place: int) -> None:
    names = ("officer.samr", "officer2.samr", "reviewer.samr", "head.samr")
    cast = case_chapters.Cast(*(autumn.who(name) for name in names))
    subject = firm(2 + 3 * place)
    given = {"ref": f"bench:{place}", "behaviour": "B01", "facts": "监测发现异常订单。", "received_on": clock.today()}
    case = cases.register_source(cast.first, subject.pk, "SAMR", "5", f"{subject.name}涉嫌虚构交易", **given)
    day = clock.today()
    for chapter in case_chapters.CHAPTERS[: autumn.rng.randrange(0, len(case_chapters.CHAPTERS) + 1)]:
        day += autumn.rng.randrange(1, 16) * DAY
        autumn.later(at(day, 11), chapter, cast, case)


ALL = (clues, matters, decisions, penalty_cases)
