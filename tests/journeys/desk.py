"""What lies on the desk in the clue journey: one clue of each first detector, made from reported facts."""

from __future__ import annotations

from datetime import timedelta

from chengxin.detectors import Finding
from chengxin.kernel.encryption import keyed_token
from chengxin.subjects import names
from chengxin.supervision import actions
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town


def open_all() -> list[Clue]:
    """A ring of 30 shops, empty parcels, a price trick; all of them as detectors would name them."""
    shops, ring = town.ring_town(shops=30, accounts=60, density=0.5)
    names.index_all()
    findings = [ring, town_parcels(shops[1]), town_prices(shops[2])]
    return actions.open_from_findings(*town.run_with(findings, {"price_fraud": {"days": 7, "reading": "gross"}}))


def town_parcels(one: town.Shop) -> Finding:
    rows, scans = [], []
    for n in range(12):
        at = town.START + timedelta(days=n % 4, hours=3, minutes=7 * n)
        number = f"YT95200{n:06d}"
        rows.append(
            {
                "waybill_no": number,
                "order_no": f"T{one.shop_id}X{n}",
                "shop_id": one.shop_id,
                "courier": "yuanda",
                "sender": "测试市甲区丙路 7 号",
                "origin_division": "230404",
                "dest_division": "230421" if n % 2 else "230402",
                "weight_g": 20 + n,
                "declared_item": "黑木耳",
                "collected_at": at.isoformat(),
                "signed_at": (at + timedelta(hours=2 if n % 3 else 31)).isoformat(),
                "sign_type": "station",
            }
        )
        steps = (
            [("PICKED", 0, "230404"), ("SIGNED", 2, "230403")]
            if n % 3
            else [("PICKED", 0, "230404"), ("TRANSIT", 9, "230404"), ("ARRIVED", 22, "230421"), ("SIGNED", 31, "230421")]
        )
        scans += [
            {"waybill_no": number, "seq": seq, "status": status, "at": (at + timedelta(hours=hours)).isoformat(), "division": division}
            for seq, (status, hours, division) in enumerate(steps, 1)
        ]
    town.report(one.platform, "parcel", rows)
    town.report(one.platform, "scan", scans)
    parcels, seen = town.facts_of(one.platform, "parcel"), town.facts_of(one.platform, "scan")
    reasons = (
        town.reason(
            "light",
            "12 件快件的重量不足商品标称重量的 25%（中位数：实重 26 克，标称 250 克）。",
            "12 parcels weigh less than 25 % of what the listing says (median: 26 g weighed, 250 g declared).",
            0.9,
        ),
        town.reason(
            "too_fast",
            "8 件跨县快件从揽收到签收最短仅 2 小时。",
            "8 parcels between counties were signed for only 2 hours after pick-up.",
            0.8,
        ),
    )
    return Finding(
        detector="empty_parcel",
        behaviour="B07",
        shops=(one.token,),
        accounts=(),
        evidence={"parcel": parcels, "scan": seen},
        reasons=reasons,
        score=0.72,
        since=town.START,
        until=town.START + timedelta(days=5),
        benign=("light_goods", "batch_scan"),
        picture={"parcels": list(parcels[:5])},
    )


def town_prices(one: town.Shop) -> Finding:
    start = town.START + timedelta(days=14)
    prices, orders = [], []
    for day in range(-14, 12):
        at = start + timedelta(days=day)
        shown, struck = ("39.00", None) if day < -3 else ("69.00", None) if day < 0 else ("45.00", "99.00")
        prices.append(
            {"shop_id": one.shop_id, "sku": "K77", "observed_at": at.isoformat(), "shown": shown, **({"struck": struck} if struck else {})}
        )
        if day % 2 == 0 and day < 6:
            orders.append(
                {
                    "order_no": f"P{one.shop_id}{day}",
                    "shop_id": one.shop_id,
                    "buyer": f"B{day}",
                    "sku": "K77",
                    "title": "野生榛子 500 克",
                    "qty": 1,
                    "paid": shown,
                    "ordered_at": (at + timedelta(hours=5)).isoformat(),
                }
            )
    town.report(one.platform, "price", prices)
    town.report(one.platform, "order", orders)
    item = keyed_token("item", f"{one.platform.code}/{one.shop_id}/K77")
    wrong, deals = town.facts_of(one.platform, "price", "item", [item])[-12:], town.facts_of(one.platform, "order", "item", [item])
    reasons = (
        town.reason(
            "above_lowest_deal",
            "商品 K77：2026-11-16 起划线价 99.00 元，而此前七日内本店最低成交价为 39.00 元，高出 154%。",
            "Item K77: from 2026-11-16 the struck-out price was 99.00 yuan; the lowest deal before was 39.00 yuan; it is 154 % too high.",
            1.0,
        ),
        town.reason(
            "raised_then_cut",
            "商品 K77：先由 39.00 元提价至 69.00 元，再“降”至 45.00 元。",
            "Item K77: raised from 39.00 to 69.00 yuan, then “cut” to 45.00 yuan.",
            0.85,
        ),
    )
    return Finding(
        detector="price_fraud",
        behaviour="B13",
        shops=(one.token,),
        accounts=(),
        evidence={"price": wrong, "order": deals},
        reasons=reasons,
        score=0.64,
        since=start,
        until=start + timedelta(days=8),
        benign=("msrp", "entry_error"),
        picture={
            "comparisons": [{"item": item, "sku": "K77", "start": start.isoformat(), "struck": 9900, "shown": 4500, "reference": 3900}]
        },
    )
