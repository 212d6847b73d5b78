"""What the lake holds of one order: laid before who decides, without the pseudonyms of persons."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from chengxin.facts import kinds, lake
from chengxin.facts import queries as facts
from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Shop

KINDS = ("order", "payment", "refund", "parcel")
COLUMNS = {
    "order": ("order_no", "title", "qty", "paid", "ordered_at", "paid_at", "closed_at"),
    "payment": ("payment_no", "amount", "institution", "paid_at"),
    "refund": ("refund_no", "amount", "reason", "requested_at", "refunded_at"),
    "parcel": ("waybill_no", "courier", "collected_at", "signed_at"),
}
MOST = 50  # rows of one kind; an order has few
WHOSE = 'SELECT "order", shop FROM "order" WHERE platform = $platform AND order_no = $order_no AND ordered_at >= $since LIMIT 1'
Rows = dict[str, list[dict[str, Any]]]


def look(platform: Platform, order_no: str, ordered_on: date) -> tuple[Rows, Shop | None]:
    """({kind: rows with their fact ids, as JSON; money in fen}, the shop) of an order; ({}, None) when the lake does not know it."""
    since = datetime.combine(ordered_on - timedelta(days=1), time(), clock.CITY)
    with lake.connect(facts.snapshot(KINDS, since=since)) as connection:
        known = connection.execute(WHOSE, {"platform": platform.code, "order_no": order_no, "since": since}).fetchone()
        if known is None:
            return {}, None
        found: Rows = {}
        for kind in KINDS:
            names = [*COLUMNS[kind], "fact"]
            listed = ", ".join(f'"{name}"' for name in names)
            sql = f'SELECT {listed} FROM "{kind}" WHERE platform = $platform AND "order" = $order ORDER BY fact LIMIT {MOST}'  # noqa: S608
            rows = connection.execute(sql, {"platform": platform.code, "order": known[0]}).fetchall()
            found[kind] = [dict(zip(names, map(_plain, row), strict=True)) for row in rows]
    return found, Shop.objects.filter(platform=platform, token=known[1]).first()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def shown(rows: Rows) -> list[dict[str, Any]]:
    """For a page: per kind its name and its rows, cell by cell with the column's name."""
    found = []
    for kind, lines in rows.items():
        known = kinds.kind(kind)
        heads = [{"zh": known.by_name[name].zh, "en": known.by_name[name].en} for name in COLUMNS[kind]]
        types = [known.by_name[name].type for name in COLUMNS[kind]]
        names = list(zip(COLUMNS[kind], heads, types, strict=True))
        cells = [[{"head": head, "text": _cell(row.get(name), type)} for name, head, type in names] for row in lines]
        found.append({"kind": {"zh": known.zh, "en": known.en}, "rows": cells})
    return found


def _cell(value: Any, type: str) -> str:
    if value is None or value == "":
        return "—"
    if type == "money":
        return f"{value // 100}.{value % 100:02d}"
    return datetime.fromisoformat(value).astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M") if type == "time" else str(value)
