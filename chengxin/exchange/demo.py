"""The exchange of the demo city: permits, rows sent through the stand-in upper platform, some refused, some differences, a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.exchange import actions, collecting, fieldmaps, folders, formats, inbound, reconciling, sending
from chengxin.exchange.models import CatalogueEntry, ExchangeBatch, ExchangeRow
from chengxin.exchange.models.outbound import WAITING
from chengxin.exchange.standin import Upper
from chengxin.kernel import clock
from chengxin.records.models import Record
from chengxin.subjects.models import Licence, Subject

FIELDS = ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_SY", "CF_JDRQ", "CF_GSJZQ"]


def fill(officer: Actor, reviewer: Actor, elsewhere: Actor, subjects: Sequence[Subject]) -> None:
    """Repeating it changes nothing."""
    if ExchangeBatch.objects.exists():
        return
    _permits(subjects)
    for record in Record.objects.filter(item="PENALTY", end__isnull=True).select_related("subject").order_by("number"):
        with transaction.atomic():
            collecting.take_record(record)
    collecting.take_licences()
    _send(officer, reviewer)
    _upper_level(subjects)
    _share(officer, reviewer, elsewhere)


def _permits(subjects: Sequence[Subject]) -> None:
    """Two food permits that the market regulator gave."""
    day = clock.today() - timedelta(weeks=1)
    for place, subject in enumerate(subjects[:2]):
        given = {"subject": subject, "name": "食品经营许可证", "scope": "预包装食品销售（网络经营）", "issuer": "示例市市场监督管理局"}
        made = {"issued_on": day, "created_at": clock.now(), "created_by": "system:demo"}
        Licence.objects.get_or_create(kind="FB", number=f"JY123049900{place:05d}", defaults={**given, **made})


def _send(officer: Actor, reviewer: Actor) -> None:
    """All that waits goes out; the upper platform shows one row less and one altered. The permits wait for a colleague's approval."""
    if ExchangeRow.objects.filter(state=WAITING, department="SAMR", kind=fieldmaps.PENALTY).exists():
        batch = actions.collect(officer, "SAMR", fieldmaps.PENALTY)
        actions.approve(reviewer, batch.number)
    upper = Upper(settings.EXCHANGE_DIR)
    sending.tick()
    upper.take()
    sending.tick()
    upper.shows()
    _spoil()
    reconciling.reconcile()
    upper.close()
    if ExchangeRow.objects.filter(state=WAITING, department="SAMR", kind=fieldmaps.LICENCE).exists():
        actions.collect(officer, "SAMR", fieldmaps.LICENCE, "csv")


def _spoil() -> None:
    """Drop the last row of the list of what is shown."""
    for path in folders.waiting(folders.SHOWN):
        lines = path.read_bytes().splitlines(keepends=True)
        folders.drop(path, b"".join(lines[:-1] if len(lines) > 2 else lines))


def _upper_level(subjects: Sequence[Subject]) -> None:
    """A provincial penalty of a shop of ours, and one of a firm that our register does not have."""
    form = fieldmaps.versions(fieldmaps.PENALTY)[-1]
    day = (clock.today() - timedelta(weeks=3)).isoformat()
    shared = {
        "act": "put",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_WFXW": "虚假宣传",
        "CF_SY": "网页宣传与实际不符",
        "CF_YJ": "广告法第二十八条",
    }
    shared |= {
        "CF_CFLB": "罚款",
        "CF_NR": "罚款20000元",
        "CF_NR_FK": "2",
        "CF_JDRQ": day,
        "CF_GSJZQ": "2099-12-31",
        "CF_CFJG": "示例省市场监督管理局",
    }
    code = collecting.authorities()["SAMR"]
    shared |= {"CF_CFJGDM": code, "CF_SJLY": "示例省市场监督管理局", "CF_SJLYDM": code}
    known = [(one.name, one.uscc) for one in subjects if one.uscc][:1]
    parties = [*known, ("示例外地商贸有限公司", collecting.authorities()["COM"])]
    lines = [
        {"number": "", **shared, "CF_XDR_MC": name, "CF_XDR_SHXYM": uscc or "", "CF_WSH": f"示省市监罚〔2026〕{place}号"}
        for place, (name, uscc) in enumerate(parties, start=101)
    ]
    folders.drop(folders.folder(folders.INCOMING) / "省级处罚-001.csv", formats.write("csv", form.columns, lines))
    inbound.take_files()


def _share(officer: Actor, reviewer: Actor, elsewhere: Actor) -> None:
    """An entry of the catalogue, and another department's request for it."""
    if CatalogueEntry.objects.exists():
        return
    given = {"resource": "penalties", "title": "行政处罚信息", "sharing": "conditional", "condition": "用于市场准入、评优等资格审查"}
    entry = actions.draft(officer, "SAMR", {**given, "fields": FIELDS})
    texts = ("依法履行信用监管职责，字段限于公示内容", "均为依法公示信息，对个人权益影响较小", "自然人姓名脱敏，按字段授权，每次使用留痕")
    actions.assess(officer, entry.number, *texts)
    actions.publish(reviewer, entry.number)
    until = clock.today() + timedelta(weeks=26)
    actions.ask(elsewhere, entry.number, "COM", "电子商务示范企业评选资格审查", FIELDS[:4], until)
