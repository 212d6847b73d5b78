"""Commitments of the demo city: letters on offer, shops and a platform that signed on paper, and what the facts show of them since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chengxin.accounts.access import Actor
from chengxin.commitments import actions, alleging, measuring
from chengxin.commitments.actions import Signature
from chengxin.commitments.models import ALLEGED, PUBLISHED, Breach, Commitment, Template
from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Subject

Pair = tuple[Actor, Actor]  # who proposes, who publishes
AGO = timedelta(weeks=17)
TRADE: dict[str, int | None] = {"ship_in_time": 48, "refund_in_time": 7, "reply_in_time": 10, "no_counterfeit": None}
RETURNS: dict[str, int | None] = {"no_reason_return": 15, "refund_in_time": 7}
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def fill(market: Pair, commerce: Pair, makers: Sequence[Subject], platform: Platform | None) -> None:
    """Publish letters, sign them, measure, and tell the maker of the first allegation. Repeating it changes nothing."""
    if Commitment.objects.exists():
        return
    trade = _published("honest_trade", "SAMR", market)
    returns = _published("free_return", "COM", commerce)
    care = _published("platform_care", "SAMR", market)
    _published("certificate", "SAMR", market)
    for maker in makers:
        _sign(trade, maker, TRADE)
    if makers:
        _sign(returns, makers[0], RETURNS)
    if platform and platform.subject:
        _sign(care, platform.subject, {"platform_reply": 15})
    measuring.measure()
    alleging.allege_all()
    first = Breach.objects.filter(state=ALLEGED, department="SAMR").order_by("number").first()
    if first:
        actions.notify(market[0], first.number, first.facts, market[0].name, "0468-0000000")


def _published(letter: str, department: str, desk: Pair) -> Template:
    known = Template.objects.filter(letter=letter, department=department, state=PUBLISHED).first()
    return known or actions.publish_template(desk[1], actions.propose_template(desk[0], letter, department).number)


def _sign(template: Template, maker: Subject, chosen: dict[str, int | None]) -> None:
    actor = Actor(id="system:demo", name=maker.name, roles=frozenset({"merchant"}), subjects=frozenset({maker.pk}))
    scan = Signature(scan=SCAN, scan_type="application/pdf", scan_name="承诺书.pdf", on=clock.today() - AGO)
    actions.sign(actor, template.number, maker.pk, chosen, True, scan)
