"""Licences, channels, risk events, a claim, and the reconciliation for the demo city, through the same acts as everywhere."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.payments import actions, reconciling
from chengxin.payments.models import Claim, PaymentChannel, Reconciliation, RiskEvent
from chengxin.subjects.models import PaymentOrg, Platform

DEPARTMENT = "COM"
LIST = "机构代码,许可证编号,业务类型,业务范围,有效期起,有效期止"
LOST = {"name": "王示例", "phone": "10012345678", "facts": "凌晨收到扣款短信，当时手机在身边，本人未操作。"}
SAID = "同一账户一日内退款四十笔，资金转往同一第三人"


def fill(platform: Platform, staff: Actor, officer: Actor) -> None:
    """Make the pages worth looking at. Repeating it changes nothing."""
    orgs = list(PaymentOrg.objects.filter(status="active").order_by("code")[:4])
    if not orgs:
        return
    today = clock.today()
    first, last = today.replace(year=today.year - 3, day=1), today.replace(year=today.year + 2, day=1)
    rows = [f"{one.code},Z200012300{place:04d},SA1,全国,{first},{last}" for place, one in enumerate(orgs[:-1], 11)]
    actions.import_licences(officer, "\n".join([LIST, *rows]).encode(), today, "人民银行公示（示例）")
    if not PaymentChannel.objects.filter(platform=platform).exists():
        _channels(platform, staff, orgs)
    if not RiskEvent.objects.exists():
        _events(officer, orgs[0])
    if not Claim.objects.exists():
        given = {"payment_no": "P2611280000000017", "amount_fen": 29900, "paid_on": today}
        actions.claim(orgs[0], {**LOST, **given}, of=DEPARTMENT)
    now = clock.now()
    if not Reconciliation.objects.exists():
        since = now - timedelta(days=reconciling.waits(now)["look_back_days"])
        actions.reconcile(since, now, now)
        actions.look_at_channels(since, now)


def _channels(platform: Platform, staff: Actor, orgs: list[PaymentOrg]) -> None:
    """Through every institution; the last is on no list, and one channel collects in the platform's own account."""
    since = clock.today().replace(day=1)
    for place, one in enumerate(orgs, 1):
        given = {
            "channel_no": f"QD-{place:02d}",
            "institution": one.code,
            "contract_no": f"HT-2026-{place:03d}",
            "mode": "CUSTODY",
            "since": since,
        }
        actions.report_channel(staff, platform, given)
    own = {"channel_no": "QD-99", "institution": platform.name, "contract_no": "无", "mode": "OWN", "since": since}
    actions.report_channel(staff, platform, own)


def _events(officer: Actor, org: PaymentOrg) -> None:
    for place, (type_, summary) in enumerate([("CASH_OUT", SAID), ("RENTED", "账户登录设备一周内更换十七台，疑似出租")], 1):
        made = actions.signal(officer, org, {"type": type_, "summary": summary, "source_ref": f"TB-{place}", "department": DEPARTMENT})
        actions.triage(officer, made.number, "经核对支付与退款数据，确有异常")
        if place == 1:
            actions.share(officer, made.number)
