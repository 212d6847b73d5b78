"""Marks for the demo's merchants: one in force, one suspended, a request that waits, imitations reported. Hosts end in .example, so
nobody is asked whether they show a token: the proof is written as seen."""

from __future__ import annotations

from collections.abc import Sequence

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.marks import actions
from chengxin.marks.actions.asking import do_prove
from chengxin.marks.models import ImitationReport, MarkRequest
from chengxin.marks.models.marks import DNS
from chengxin.subjects.models import Licence, Shop
from chengxin.subjects.queries.card import is_current

SUSPENDED = "核查他人投诉期间暂停使用标识"
REGISTER = "https://register.example/licence"


def fill(merchants: Sequence[Actor], officer: Actor) -> None:
    """Everything for up to three merchants; a second call adds nothing."""
    if MarkRequest.objects.exists():
        return
    for place, merchant in enumerate(merchants):
        shop = next((one for one in _shops(merchant) if is_current(one, clock.today())), None)
        if shop is not None:
            _ask(merchant, shop, officer, place)
    first = _shops(merchants[0])[:1] if merchants else []
    for shop in first:
        _reports(shop, officer)
        _link(merchants[0], shop)


def _shops(merchant: Actor) -> list[Shop]:
    return list(Shop.objects.filter(subject__in=merchant.subjects).select_related("subject", "platform").order_by("shop_id"))


def _ask(merchant: Actor, shop: Shop, officer: Actor, place: int) -> None:
    """The first stands, the second is suspended, the third waits for an officer."""
    asked = actions.ask(merchant, shop.pk, f"shop-{place + 1}.example")
    do_prove(asked, merchant, DNS, "")
    if place < 2:
        mark = actions.issue(officer, asked.number)
        if place == 1:
            actions.suspend(officer, mark.serial, SUSPENDED)


def _reports(shop: Shop, officer: Actor) -> None:
    """One open report of an address like the mark's, one confirmed imitation of the name."""
    if not ImitationReport.objects.exists():
        actions.report("https://sh0p-1.example/login", str(shop), "短信里的链接，页面和这家店一样，要求输入银行卡号")
        named = actions.report(f"{shop} 官方补贴", str(shop), "群里有人用这个名称收取“补贴保证金”")
        actions.confirm(
            officer, named.number, shop.subject_id, "对方未留真实联系方式，通过群主转告后未答复", "使用该店名称收取保证金，该店否认"
        )


def _link(merchant: Actor, shop: Shop) -> None:
    licence = Licence.objects.filter(subject=shop.subject).first()
    if licence is not None:
        actions.add_link(merchant, licence.pk, f"{REGISTER}?n={licence.number}")
