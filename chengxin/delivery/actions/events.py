"""Carriers push events; they end in the intake of facts like any other report: checked row by row, idempotent, with a signed receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.delivery import carriers
from chengxin.delivery.errors import ContentWrong
from chengxin.facts import intake
from chengxin.facts.models import Receipt
from chengxin.subjects.models import Platform

MOST = 5000  # events in one push; larger stretches go as files through the report of facts


def push_events(
    actor: Actor, reporter: Platform, format: str, events: Sequence[Mapping[str, Any]], waybill_no: str | None = None
) -> Receipt:
    """Take a carrier's events and return the receipt of the intake; the same events again get the first receipt.

    reporter: under whose code they are kept; waybill_no: the one of the address, which every event then has to be of. Events are never
    changed afterwards: the kind is corrected by nobody, only added to. Raises FormatUnknown, ContentWrong, and what the intake raises.
    """
    form = carriers.of(format)
    if not 0 < len(events) <= MOST:
        raise ContentWrong(why_zh=f"每次推送须有1至{MOST}个事件。", why_en=f"A push has from 1 to {MOST} events.")
    table = carriers.table(form, events, form.code)
    if waybill_no is not None and set(table["waybill_no"].to_pylist()) != {waybill_no}:
        raise ContentWrong(why_zh="事件的运单号与地址中的不符。", why_en="An event is of another waybill than the address.")
    return intake.accept_batch(reporter, "scan", table, "table", actor.id)
