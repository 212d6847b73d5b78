"""Courier firms for the demo city: subjects and outlets, three kinds of ratings, incidents in every state, a ban; through the doors."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from chengxin.accounts.access import ANONYMOUS, Actor
from chengxin.delivery import actions, timeline
from chengxin.delivery.errors import AlreadyDone, WrongState
from chengxin.delivery.models import Ban, Incident, RegulatorRating
from chengxin.delivery.models.ratings import DIMS
from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.identifiers import uscc_check_character
from chengxin.subjects.models import CourierFirm, Subject

TOLD, DECIDED, APART = 30, 40, 3  # the ban's notice and its penalty, days ago; between one incident and the next
MOST_RATED = 15  # parcels of each firm that consumers rate
STORIES = ("damaged", "late", "lost", "false_sign")  # one state further each: closed, traced, answered, waiting
SAID = {
    "damaged": "外箱被压扁，内件碎了两件，签收时已拍照",
    "late": "承诺三天送达，实际用了八天",
    "lost": "轨迹停在中转场已经九天，没有人联系",
    "false_sign": "显示已签收，家里没有人收到，也没有短信",
}
PENALTY = {
    "item": "PENALTY",
    "term": "ORDINARY",
    "behaviour": "B28",
    "penalty_kind": "21",
    "amount_fen": 5_000_000,
    "summary": "三次以不符合规定的方式处理运单，造成用户信息泄露，拒不改正",
    "maker": "示例市邮政管理局",
    "basis": "《快递暂行条例》第三十五条",
}


@dataclass(frozen=True)
class Cast:
    """Who has a part: two people of the postal desk, the staff of the firms' subjects, a platform's staff."""

    officer: Actor
    reviewer: Actor
    courier: Actor
    platform: Actor
    platform_code: str


def register_firms() -> list[CourierFirm]:
    """Every courier firm of the register gets a subject and the outlets its scans name. Repeating it changes nothing."""
    ordered = CourierFirm.objects.order_by("code")
    made = [firm if firm.subject_id else _with_subject(firm, number) for number, firm in enumerate(ordered)]
    _outlets({firm.code: firm for firm in made})
    return made


def _with_subject(firm: CourierFirm, number: int) -> CourierFirm:
    body, permit = f"91230499MA9{number:06d}", f"示邮〔2026〕{number + 1:03d}号"
    name = firm.name.removesuffix("有限公司") + "有限公司"
    given = {"kind": "1", "name": name, "uscc": body + uscc_check_character(body), "division": "230499"}
    entry = entries.SubjectEntry(**given, address="示例市示例路9号", phone="10012349999")
    subject = subjects.register_subject(entry, "system:demo")
    return subjects.register_courier_firm(firm.code, firm.name, "system:demo", subject=subject, permit_no=permit)


def _outlets(firms: dict[str, CourierFirm]) -> None:
    """The outlets that most parcels of a firm pass, by the lake."""
    sql = """SELECT p.courier, s.outlet, count(*) AS n FROM parcel p JOIN scan s USING (waybill_no) WHERE s.outlet IS NOT NULL
        GROUP BY p.courier, s.outlet QUALIFY row_number() OVER (PARTITION BY p.courier ORDER BY n DESC, s.outlet) <= 8
        ORDER BY p.courier, n DESC, s.outlet"""
    with lake.connect(snapshot(["parcel", "scan"])) as connection:
        for place, (courier, outlet, _n) in enumerate(connection.execute(sql).fetchall()):
            if courier in firms and not firms[courier].outlets.filter(code=outlet).exists():
                subjects.register_courier_outlet(firms[courier], outlet, f"示例{place % 8 + 1}号网点", "system:demo")


def fill(firms: Sequence[CourierFirm], cast: Cast) -> None:
    """Ratings, incidents and bans. `firms`: the first, whose staff may sign in, has one to answer, the last is barred."""
    for place, firm in enumerate(firms):
        found = _parcels(firm.code)
        for n, (waybill, order) in enumerate(found[:MOST_RATED]):
            _rate(waybill, order, place, n)
        if not RegulatorRating.objects.filter(firm=firm).exists():
            marks = {dim: 5 - (place + turn) % 3 for turn, dim in enumerate(DIMS)}
            actions.rate_as_regulator(cast.officer, firm.code, "", marks, f"三季度随机检查记录第{place + 11}号", "POST")
    if firms:
        _incidents(_parcels(firms[0].code), cast)
        _bar(firms[-1], cast)
        _warn(firms[0], cast)


def _parcels(courier: str) -> list[tuple[str, str]]:
    """(waybill, order) of parcels of a firm that were signed for, the latest first."""
    sql = """SELECT waybill_no, min(order_no) FROM parcel WHERE courier = ? AND signed_at IS NOT NULL
        GROUP BY waybill_no ORDER BY max(signed_at) DESC, waybill_no LIMIT 60"""
    with lake.connect(snapshot(["parcel"])) as connection:
        return [(str(waybill), str(order)) for waybill, order in connection.execute(sql, [courier]).fetchall()]


def _rate(waybill: str, order: str, place: int, n: int) -> None:
    """A consumer's marks: steady for a firm, a little different from parcel to parcel."""
    bits = sha256(f"{waybill}".encode()).digest()
    marks = {dim: max(1, min(5, 5 - place % 3 - bits[turn] % 3 + n % 2)) for turn, dim in enumerate(DIMS)}
    with suppress(AlreadyDone, WrongState):
        actions.rate_as_consumer(ANONYMOUS, waybill, order, marks)


def _incidents(parcels: Sequence[tuple[str, str]], cast: Cast) -> None:
    """One incident each in a state of its own, reported some days ago."""
    for place, (kind, (waybill, order)) in enumerate(zip(STORIES, parcels[10:], strict=False)):
        if Incident.objects.filter(waybill_no=waybill).exists():
            continue
        with clock.set_to(clock.now() - timedelta(days=APART * (len(STORIES) - 1 - place))):
            incident = actions.report(ANONYMOUS, "consumer", waybill, order, kind, SAID[kind])
        if kind == "false_sign":
            continue
        actions.reply(cast.courier, incident.number, "已联系收件人，正在核查交接记录", "先行赔付")
        if kind == "lost":
            continue
        actions.verify(cast.officer, incident.number, "照片、扫描记录与反映相符，属实")
        if kind == "damaged":
            _close(incident.number, waybill, cast)


def _close(number: str, waybill: str, cast: Cast) -> None:
    """The last holder answers whole; compensated, recorded, on the worker's file."""
    outlet = timeline.parcel(waybill).last_holder
    node = {"outlet": outlet, "staff_no": "W0771", "event": "末端派送", "fault": "rough_handling", "share": 100}
    actions.make_trace(cast.officer, number, [node], "末端网点卸车时未按规范轻放，造成内件破损")
    actions.settle(cast.courier, number, "已按约定赔付", 6_000)
    actions.record(cast.officer, number)
    actions.enter_fact(cast.officer, number, "W0771")


def _bar(firm: CourierFirm, cast: Cast) -> None:
    """A penalty on the firm's file, a ban that was told a month ago and not answered, in force since, confirmed by one platform."""
    if Ban.objects.filter(firm=firm).exists() or firm.subject is None:
        return
    record = _penalty(firm.subject, cast, 7)
    with clock.set_to(clock.now() - timedelta(days=TOLD)):
        ban = actions.propose(cast.officer, firm.code, "POST", record.number, "一年内三次泄露用户信息，拒不改正，情节严重")
        actions.notice(cast.officer, ban.number)
    actions.hear(cast.officer, ban.number)
    actions.decide(cast.reviewer, ban.number, "事实清楚，屡罚屡犯，决定禁止入驻平台")
    actions.enforce(cast.officer, ban.number)
    actions.confirm_receipt(cast.platform, cast.platform_code, ban.number)


def _warn(firm: CourierFirm, cast: Cast) -> None:
    """A ban of which the firm was told today and that it may answer."""
    if Ban.objects.filter(firm=firm).exists() or firm.subject is None:
        return
    record = _penalty(firm.subject, cast, 9)
    ban = actions.propose(cast.officer, firm.code, "POST", record.number, "处罚后一个月内又两次丢失邮件不处理，情节严重")
    actions.notice(cast.officer, ban.number)


def _penalty(subject: Subject, cast: Cast, count: int) -> Record:
    decided = clock.today() - timedelta(days=DECIDED)
    number = f"示邮罚〔{decided.year}〕{count}号"
    given = {**PENALTY, "document_number": number, "document_hash": sha256(number.encode()).hexdigest(), "decided_on": decided}
    record = records.confirm(cast.reviewer, records.propose_record(cast.officer, subject.pk, "POST", given).pk).made
    assert record
    return record
