"""The January and July identity report of a platform: build, send, receive, answer (order37.25; 国市监网监规〔2025〕2号 art. 7)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import ChengxinError, Invalid
from chengxin.kernel.locks import locked
from chengxin.subjects import identifiers
from chengxin.subjects.errors import ReportNotReady, ReportSent
from chengxin.subjects.models import IdentityReportBatch, IdentityReportRow, Platform, Shop
from chengxin.subjects.models.shops import DRAFT, EXITED, SEEN
from chengxin.subjects.vocabulary import report_channel, report_shapes

Reason = dict[str, str]


def build_report(platform: Platform, year: int, month: int, actor: Actor | str) -> IdentityReportBatch:
    """Build (or build again, until it is sent) a platform's report from its register; every shop ever verified and not gone is in it."""
    if month not in (1, 7):
        raise Invalid(reason_zh="身份信息每年 1 月和 7 月报送。", reason_en="The identity report is due in January and July.")
    with transaction.atomic(), locked(f"subjects.identity_report:{platform.code}:{year}-{month}"):
        batch = _fresh_batch(platform, year, month, actor)
        shops = reportable(platform).select_related("subject").prefetch_related("declarations").order_by("shop_id")
        rows = [(shop, *row_of(shop)) for shop in shops]
        _store_rows(batch, rows)
        data = {"period": f"{year}-{month:02d}", "rows": len(rows), "digest": batch.digest}
        audit.record("subjects.identity_report.built", actor=str(actor), object=_object(platform), data=data)
    return batch


def reportable(platform: Platform) -> Any:
    """The shops a report must hold: in business with an identity; verified ones first of all, but also those overdue or to be fixed."""
    return Shop.objects.filter(platform=platform, subject__isnull=False).exclude(state__in=(SEEN, DRAFT, EXITED))


def row_of(shop: Shop) -> tuple[str, dict[str, Any]]:
    """The shape and exactly its fields for one shop."""
    subject = shop.subject
    assert subject is not None
    way_in = shop.url or shop.path_words
    if shop.registered:
        return "registered", {
            "name": subject.name,
            "uscc": subject.uscc or "",
            "address": shop.operating_address or subject.address,
            "contact": shop.contact or subject.phone or "",
            "shop_name": shop.name,
            "url_or_path": way_in,
        }
    standing = next((one for one in shop.declarations.all() if one.withdrawn_at is None), None)
    return "unregistered", {
        "name": subject.person_name or "",
        "id_no": subject.id_doc_no or "",
        "address": shop.person_address or subject.person_address or "",
        "contact": shop.contact or subject.phone or "",
        "shop_name": shop.name,
        "url_or_path": way_in,
        "declaration": standing.text if standing else "",
        "over_100k": shop.over_100k,
    }


def row_problems(shape: str, fields: Mapping[str, Any]) -> list[Reason]:
    """What is wrong with a row by the schema: missing, unknown and malformed fields."""
    if shape not in report_shapes():
        return [{"field": "shape", "zh": "应为 registered 或 unregistered", "en": "it is registered or unregistered"}]
    known = report_shapes()[shape]["fields"]
    unknown = [{"field": name, "zh": "超出规定报送范围的字段", "en": "a field beyond the list"} for name in fields if name not in known]
    missing = [
        {"field": name, "zh": f"缺少{one['zh']}", "en": f"{one['en']} is missing"}
        for name, one in known.items()
        if one["required"] and fields.get(name) in (None, "")
    ]
    return unknown + missing + _malformed(fields)


def _malformed(fields: Mapping[str, Any]) -> list[Reason]:
    found = []
    if fields.get("uscc"):
        try:
            identifiers.uscc(str(fields["uscc"]))
        except ChengxinError as error:
            found.append({"field": "uscc", "zh": error.said(error.why, "zh"), "en": error.said(error.why, "en")})
    if "over_100k" in fields and not isinstance(fields["over_100k"], bool):
        found.append({"field": "over_100k", "zh": "应为是或否", "en": "it is true or false"})
    return found


def faults_of(batch: IdentityReportBatch) -> list[Reason]:
    """Why a batch cannot be sent: bad rows, a verified shop left out, two rows for one shop front."""
    rows = list(batch.rows.select_related("shop"))
    found = [{"field": f"{row.row}", "zh": one["zh"], "en": one["en"]} for row in rows for one in row.reasons]
    left_out = reportable(batch.platform).exclude(pk__in=[row.shop_id for row in rows])
    found += [{"field": shop.shop_id, "zh": f"漏报店铺 {shop.shop_id}", "en": f"shop {shop.shop_id} is left out"} for shop in left_out]
    fronts = Counter((json.loads(row.fields)["shop_name"], json.loads(row.fields)["url_or_path"]) for row in rows)
    twice = [name for (name, _way), count in fronts.items() if count > 1]
    return found + [{"field": name, "zh": f"重复报送：{name}", "en": f"reported twice: {name}"} for name in twice]


@transaction.atomic
def send_report(batch: IdentityReportBatch, channel_note: str, actor: Actor | str) -> IdentityReportBatch:
    """Hand the report in, naming the protected channel it goes by. Raises ReportNotReady with the first fault, or ReportSent."""
    batch = IdentityReportBatch.objects.select_for_update(of=("self",)).select_related("platform").get(pk=batch.pk)
    if batch.status != "draft":
        raise ReportSent(year=batch.year, month=batch.month)
    if not channel_note.strip():
        channel = report_channel()
        raise ReportNotReady(reason_zh=f"请写明报送通道。{channel['zh']}", reason_en=f"Name the channel. {channel['en']}")
    faults = faults_of(batch)
    if faults:
        raise ReportNotReady(reason_zh=faults[0]["zh"], reason_en=faults[0]["en"], count=len(faults), faults=faults[:100])
    batch.status, batch.sent_at, batch.channel_note = "sent", clock.now(), channel_note.strip()
    batch.save(update_fields=["status", "sent_at", "channel_note"])
    data = {"period": f"{batch.year}-{batch.month:02d}", "digest": batch.digest, "channel": batch.channel_note}
    audit.record("subjects.identity_report.sent", actor=str(actor), object=_object(batch.platform), data=data)
    return batch


def receive_report(platform: Platform, year: int, month: int, rows: Sequence[Mapping[str, Any]], actor: Actor | str) -> IdentityReportBatch:
    """Take a report that a platform made itself: rows {"shop_id", "shape", "fields"}. Each row is accepted or rejected with reasons.

    The same rows again give the first batch. Unknown shops are an error of the call, for a receipt needs a shop to stand on.
    """
    if month not in (1, 7):
        raise Invalid(reason_zh="身份信息每年 1 月和 7 月报送。", reason_en="The identity report is due in January and July.")
    shops = {shop.shop_id: shop for shop in Shop.objects.filter(platform=platform, shop_id__in=[str(row["shop_id"]) for row in rows])}
    strange = sorted({str(row["shop_id"]) for row in rows} - set(shops))
    if strange or len({str(row["shop_id"]) for row in rows}) != len(rows):
        raise _strange(strange)
    with transaction.atomic(), locked(f"subjects.identity_report:{platform.code}:{year}-{month}"):
        given = [(shops[str(row["shop_id"])], str(row["shape"]), dict(row["fields"])) for row in rows]
        standing = IdentityReportBatch.objects.filter(platform=platform, year=year, month=month, digest=_digest(given)).first()
        if standing is not None and standing.status != "draft":
            return standing
        batch = _fresh_batch(platform, year, month, actor)
        _store_rows(batch, given, answered=True)
        batch.status, batch.sent_at, batch.channel_note = "answered", clock.now(), "API"
        batch.save(update_fields=["status", "sent_at", "channel_note"])
        counts = Counter(batch.rows.values_list("receipt", flat=True))
        data = {"period": f"{year}-{month:02d}", "rows": len(rows), "digest": batch.digest, "rejected": counts["rejected"]}
        audit.record("subjects.identity_report.received", actor=str(actor), object=_object(platform), data=data)
    return batch


@transaction.atomic
def answer_rows(batch: IdentityReportBatch, rejected: Mapping[int, str], actor: Actor | str) -> IdentityReportBatch:
    """The receiver's answer: the named rows (number → reason) are rejected, all others accepted."""
    if batch.status == "draft":
        raise ReportNotReady(reason_zh="尚未报送。", reason_en="It has not been sent.")
    for row in batch.rows.select_for_update():
        reason = rejected.get(row.row)
        row.receipt = "rejected" if reason else "accepted"
        row.reasons = [{"field": "", "zh": reason, "en": reason}] if reason else []
        row.save(update_fields=["receipt", "reasons"])
    batch.status = "answered"
    batch.save(update_fields=["status"])
    data = {"period": f"{batch.year}-{batch.month:02d}", "rejected": sorted(rejected)}
    reasons = {str(number): reason for number, reason in rejected.items()}
    audit.record("subjects.identity_report.answered", actor=str(actor), object=_object(batch.platform), data=data, personal=reasons)
    return batch


def _fresh_batch(platform: Platform, year: int, month: int, actor: Actor | str) -> IdentityReportBatch:
    batch = IdentityReportBatch.objects.filter(platform=platform, year=year, month=month).first()
    if batch is not None and batch.status != "draft":
        raise ReportSent(year=year, month=month)
    if batch is None:
        batch = IdentityReportBatch(platform=platform, year=year, month=month, digest="")
    batch.made_at, batch.made_by = clock.now(), str(actor)
    batch.save()
    batch.rows.all().delete()
    return batch


def _store_rows(batch: IdentityReportBatch, rows: Sequence[tuple[Shop, str, dict[str, Any]]], answered: bool = False) -> None:
    made = []
    for number, (shop, shape, fields) in enumerate(rows, start=1):
        reasons = row_problems(shape, fields)
        receipt = ("rejected" if reasons else "accepted") if answered else "pending"
        text = json.dumps(fields, ensure_ascii=False)
        known = shape if shape in report_shapes() else "registered"
        made.append(IdentityReportRow(batch=batch, shop=shop, row=number, shape=known, fields=text, reasons=reasons, receipt=receipt))
    IdentityReportRow.objects.bulk_create(made, batch_size=1_000)
    batch.digest = _digest(rows)
    batch.save(update_fields=["digest"])


def _digest(rows: Sequence[tuple[Shop, str, dict[str, Any]]]) -> str:
    plain = [[shop.shop_id, shape, fields] for shop, shape, fields in rows]
    return blind_index(json.dumps(plain, ensure_ascii=False, sort_keys=True), "subjects.identity_report")


def _object(platform: Platform) -> str:
    return f"subjects.platform:{platform.code}"


def _strange(strange: Sequence[str]) -> Invalid:
    if not strange:
        return Invalid(reason_zh="同一店铺出现两次。", reason_en="A shop appears twice.")
    first = "、".join(strange[:10])
    return Invalid(reason_zh=f"未登记的店铺：{first}", reason_en=f"shops that are not registered: {first}", shops=list(strange[:1000]))
