"""Small farms enter what they harvest, send and receive, by phone or from a sheet: each line is one event in the shared traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, ids, jail
from chengxin.kernel.errors import ChengxinError
from chengxin.products import gs1
from chengxin.products.actions.goods import add_batch, certify, own
from chengxin.products.actions.steps import check_code, wrong
from chengxin.products.errors import WrongSheet
from chengxin.products.models import Batch, Product
from chengxin.products.queries import SUBJECT, lot_key
from chengxin.subjects.models import Subject
from chengxin.traceability import actions as traces

HARVEST, SEND, TAKE, SELL = ACTS = ("harvest", "send", "take", "sell")
STEPS = {HARVEST: "commissioning", SEND: "shipping", TAKE: "receiving", SELL: "retail_selling"}
HEADINGS = {
    "商品条码": "gtin",
    "gtin": "gtin",
    "批号": "lot",
    "lot": "lot",
    "环节": "act",
    "act": "act",
    "数量": "quantity",
    "quantity": "quantity",
    "单位": "unit",
    "unit": "unit",
    "日期": "day",
    "day": "day",
    "对方": "other",
    "other": "other",
}
WORDS = {"采收": HARVEST, "生产": HARVEST, "发货": SEND, "收货": TAKE, "零售": SELL}
UNIT_WORDS = {"千克": "KGM", "公斤": "KGM", "kg": "KGM", "克": "GRM", "吨": "TNE", "件": "C62", "箱": "C62", "升": "LTR"}
MOST_ROWS = 2_000


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row of a sheet. row: as the sheet counts, the heading is row 1."""

    row: int
    said: str


def enter(actor: Actor, subject_id: Any, given: Mapping[str, Any], photo: tuple[bytes, str] | None = None) -> Batch:
    """One entry of a subject's own. given: gtin, act, quantity, unit, and optionally lot, day, other (credit code or name of the other
    side), origin. A harvest makes its batch; without a lot it is the day's. photo: of the paper that goes with it, kept as an exhibit."""
    subject = own(actor, subject_id)
    with transaction.atomic():
        batch, event = _event(actor, subject, given)
        traces.capture([event], actor, subject=subject.pk)
        if photo:
            certify(actor, batch.pk, {"kind": given.get("paper") or "CONFORMITY", "issuer": subject.name}, photo)
    return batch


def _event(actor: Actor, subject: Subject, given: Mapping[str, Any]) -> tuple[Batch, dict[str, Any]]:
    act = str(given.get("act") or HARVEST)
    if act not in ACTS:
        wrong("环节应为采收、发货、收货或者零售", "the step is harvest, send, take or sell")
    product = _product(actor, gs1.gtin14(str(given.get("gtin", "")).strip()), subject, act)
    quantity, unit = _amount(given.get("quantity")), check_code("trace_unit", str(given.get("unit") or "KGM"))
    at = _moment(given.get("day"))
    lot = str(given.get("lot") or "").strip() or f"{at:%Y%m%d}"
    batch = product.batches.filter(lot=gs1.check_lot(lot)).first()
    if batch is None:
        if act != HARVEST:
            wrong("该批次尚未登记，请先登记采收或者生产", "the batch is not registered yet: enter the harvest first")
        origin = str(given.get("origin") or "")
        entry = {"lot": lot, "made_at": at.date(), "quantity": quantity, "unit": unit, "origin": origin, "division": subject.division}
        batch = add_batch(actor, product.gtin, entry)
    return batch, event(batch, act, quantity, unit, at, SUBJECT + str(subject.pk), other_party(str(given.get("other") or "")))


def _product(actor: Actor, gtin: str, subject: Subject, act: str) -> Product:
    """One's own product; goods of others may be received, sent on and sold, not harvested."""
    if act == HARVEST:
        return access.get(actor, Product, gtin=gtin, subject=subject)
    found = Product.objects.filter(gtin=gtin).first()
    if found is None:
        wrong("该商品未登记", "the product is not registered")
    return found


def _amount(quantity: Any) -> Decimal:
    try:
        amount = Decimal(str(quantity).strip())
    except InvalidOperation:
        wrong("数量应为数字", "the quantity is a number")
    if not amount.is_finite() or not 0 < amount < 10**9:
        wrong("数量应大于零", "a quantity is more than nothing")
    return amount


def _moment(day: Any) -> datetime:
    """Now, or noon of an earlier day in the city."""
    now = clock.now().astimezone(clock.CITY)
    if not day:
        return now
    try:
        given = day if hasattr(day, "year") else datetime.strptime(str(day).strip()[:10], "%Y-%m-%d").date()
    except ValueError:
        wrong("日期应为 2026-11-01 的形式", "the day is written like 2026-11-01")
    if given > now.date():
        wrong("日期不能晚于今天", "the day is not later than today")
    return now if given == now.date() else datetime(given.year, given.month, given.day, 12, tzinfo=clock.CITY)


def other_party(text: str) -> str:
    """The other side as it stands in events: the business of the register by its credit code or full name, else the text itself."""
    text = text.strip()[:80]
    if not text:
        return ""
    known = Subject.objects.filter(uscc=text).first() or Subject.objects.filter(name=text).order_by("pk").first()
    return SUBJECT + str(known.pk) if known else "urn:chengxin:party:" + quote(text, safe="")


def event(batch: Batch, act: str, quantity: Decimal, unit: str, at: datetime, here: str, other: str) -> dict[str, Any]:
    """The EPCIS 2.0 event of an entry. here, other: URIs of the parties; a sale's other side is never named."""
    amount = {"epcClass": lot_key(batch), "quantity": float(quantity)} | ({"uom": unit} if unit not in ("C62", "H87", "EA") else {})
    giver, taker = {SEND: (here, other), TAKE: (other, here)}.get(act, ("", ""))
    made: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:{ids.new_id()}",
        "action": "ADD" if act == HARVEST else "OBSERVE",
        "bizStep": STEPS[act],
        "eventTime": at.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizLocation": {"id": here},
        "quantityList": [amount],
    }
    if giver:
        made["sourceList"] = [{"type": "possessing_party", "source": giver}]
    if taker:
        made["destinationList"] = [{"type": "possessing_party", "destination": taker}]
    return made


def import_sheet(actor: Actor, subject_id: Any, content: bytes) -> tuple[int, list[RowError]]:
    """Many entries from a sheet, read in the jail: all rows or none. Returns how many went in, or what is wrong row by row."""
    subject = own(actor, subject_id)
    table = jail.run("chengxin.subjects.sheets:read_rows", content, titles=HEADINGS)
    lacking = {"gtin", "quantity"} - set(table["columns"])
    if lacking or len(table["rows"]) > MOST_ROWS or not table["rows"]:
        raise WrongSheet(
            why_zh=f"表格须有“商品条码”“数量”两列，且有 1 至 {MOST_ROWS} 行。",
            why_en=f"It needs the columns gtin and quantity and 1 to {MOST_ROWS} rows.",
        )
    errors: list[RowError] = []
    with transaction.atomic():
        events = []
        for row in table["rows"]:
            try:
                events.append(_event(actor, subject, _said(row))[1])
            except ChengxinError as error:
                errors.append(RowError(int(row["_row"]), str(error)))
        if not errors:
            traces.capture(events, actor, subject=subject.pk)
        else:
            transaction.set_rollback(True)
    return (0, errors) if errors else (len(events), [])


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its Chinese words as codes."""
    given = {name: str(value or "").strip() for name, value in row.items()}
    given["act"] = WORDS.get(given.get("act", ""), given.get("act", ""))
    given["unit"] = UNIT_WORDS.get(given.get("unit", ""), given.get("unit", ""))
    return given
