"""A courier firm with its staff, the postal desk's three people, another desk, a merchant with a shop, a platform; parcels and scans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.delivery import actions
from chengxin.delivery.models import Ban, Incident
from chengxin.facts import intake
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.records.tests.people import penalty
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import CourierFirm, Platform, Shop, Subject
from chengxin.subjects.tests import samples

PASSWORD = "a long enough pass phrase"
FIRM, OTHER = "shilisudi", "yanshikuaiyun"
WAYBILL, ORDER = "SL7300000000017", "T000017"
NAMES = {
    "officer": "孙邮政",
    "reviewer": "钱审核",
    "head": "郑局长",
    "elsewhere": "王市监",
    "courier": "示例速递",
    "rival": "演示快运",
    "merchant": "北山粮油",
    "staff": "周运营",
}
# One parcel that was damaged: two outlets, a day and a half without a scan, and an exception at the second.
WAY = (
    ("PICKED", 0, "230402", "N101", "W101"),
    ("SORTED", 2, "230402", "N101", "W102"),
    ("ARRIVED", 38, "230421", "N205", "W771"),
    ("OUT", 41, "230421", "N205", "W771"),
    ("EXCEPTION", 44, "230421", "N205", "W771"),
    ("SIGNED", 47, "230421", "N205", "W771"),
)
MARKS = {"timeliness": 2, "intact": 1, "attitude": 4, "privacy": 5, "complaint": 3}


@dataclass
class Town:
    """The cast; the officer proposes and enters, the reviewer decides."""

    platform: Platform
    shop: Shop
    firm: CourierFirm
    rival_firm: CourierFirm
    officer: Actor
    reviewer: Actor
    head: Actor
    elsewhere: Actor
    courier: Actor
    rival: Actor
    merchant: Actor
    staff: Actor
    start: datetime
    users: dict[str, User] = field(default_factory=dict)


def _firm(code: str, number: int) -> CourierFirm:
    now = clock.now()
    made = {"created_at": now, "updated_at": now, "created_by": "system:test"}
    subject = Subject.objects.create(
        kind="1", name=f"{NAMES['courier']}{number}有限公司", uscc=samples.uscc(number, "91"), division="230499", **made
    )
    return subjects.register_courier_firm(code, f"{NAMES['courier']}{number}", "system:test", subject=subject)


def town() -> Town:
    """All of them, and one parcel of the merchant's shop on record."""
    load_departments()
    platform = samples.platform()
    shop = subjects.upsert_shop(platform, entries.parse(samples.row(1)), "system:test").shop
    firm, rival = _firm(FIRM, 801), _firm(OTHER, 802)
    for code, name in (("N101", "向阳网点"), ("N205", "萝北网点")):
        subjects.register_courier_outlet(firm, code, name, "system:test")
    desk = {role: (role, Scope(department="POST")) for role in ("officer", "reviewer", "head")}
    scopes = {
        **desk,
        "elsewhere": ("officer", Scope(department="SAMR")),
        "courier": ("courier_staff", Scope(subject=firm.subject_id)),
        "rival": ("courier_staff", Scope(subject=rival.subject_id)),
        "merchant": ("merchant", Scope(subject=shop.subject_id)),
        "staff": ("platform_staff", Scope(platform=platform.code)),
    }
    users = {}
    for name, (role, scope) in scopes.items():
        users[name] = User.objects.create_user(name, PASSWORD, display_name=NAMES[name])
        install_grant(users[name], role, scope)
    people = {name: actors.of_user(user) for name, user in users.items()}
    start = clock.now().replace(microsecond=0) - timedelta(hours=60)
    cast = Town(platform=platform, shop=shop, firm=firm, rival_firm=rival, users=users, start=start, **people)
    carry(cast)
    return cast


def carry(cast: Town, number: str = WAYBILL, order: str = ORDER, way: Any = WAY, courier: str = FIRM) -> None:
    """Report one parcel and its scans."""
    signed = [hours for status, hours, *_ in way if status == "SIGNED"]
    parcel = {
        "waybill_no": number,
        "order_no": order,
        "shop_id": cast.shop.shop_id,
        "courier": courier,
        "origin_division": "230402",
        "dest_division": "230421",
        "collected_at": cast.start.isoformat(),
        **({"signed_at": (cast.start + timedelta(hours=signed[0])).isoformat(), "sign_type": "self"} if signed else {}),
    }
    scans = [
        {
            "waybill_no": number,
            "seq": seq,
            "status": status,
            "at": (cast.start + timedelta(hours=hours)).isoformat(),
            "division": division,
            "outlet": outlet,
            "operator": operator,
        }
        for seq, (status, hours, division, outlet, operator) in enumerate(way, 1)
    ]
    for kind, rows in (("parcel", [parcel]), ("scan", scans)):
        receipt = intake.accept_batch(cast.platform, kind, sheets.ndjson(rows), "ndjson", "system:test")
        assert receipt.accepted == len(rows), receipt.document


def reported(cast: Town, **changes: Any) -> Incident:
    """An incident that the consumer reported without an account."""
    from chengxin.accounts.access import ANONYMOUS

    given = {"reporter": "consumer", "waybill_no": WAYBILL, "order_no": ORDER, "kind": "damaged", "text": "外箱破损，内件碎了两件"}
    return actions.report(ANONYMOUS, **{**given, **changes})


def nodes(*shares: tuple[str, str, int]) -> list[dict[str, Any]]:
    """(outlet, staff number, share) as nodes of a trace."""
    return [
        {"outlet": outlet, "staff_no": staff, "event": "EXCEPTION", "fault": "rough_handling", "share": share}
        for outlet, staff, share in shares
    ]


def traced(cast: Town) -> Incident:
    """Answered, verified, and two outlets found liable; the worker W771 with the larger share."""
    incident = reported(cast)
    actions.reply(cast.courier, incident.number, "经核对，末端网点卸车时跌落", "赔偿60元")
    actions.verify(cast.officer, incident.number, "照片与扫描记录相符，属实")
    actions.make_trace(
        cast.officer, incident.number, nodes(("N205", "W771", 70), ("N101", "", 30)), "卸车跌落为主要原因，包装加固不足为次要原因"
    )
    return Incident.objects.get(pk=incident.pk)


def on_file(cast: Town) -> Record:
    """A penalty of the firm, entered and confirmed by two people of the postal desk."""
    made = records.propose_record(
        cast.officer, cast.firm.subject_id, "POST", penalty(behaviour="B28", summary="多次泄露用户信息，情节严重")
    )
    record = records.confirm(cast.reviewer, made.pk).made
    assert record
    return record


def banned(cast: Town) -> Ban:
    """A ban in force."""
    record = on_file(cast)
    ban = actions.propose(cast.officer, FIRM, "POST", record.number, "一年内三次泄露用户信息，拒不改正")
    actions.notice(cast.officer, ban.number)
    actions.hear(cast.courier, ban.number, "已更换系统供应商，请求从轻")
    actions.decide(cast.reviewer, ban.number, "事实清楚，情节严重", "整改尚未完成，不予采纳")
    return actions.enforce(cast.officer, ban.number)
