"""A few decided records for the demo city, through the same two people as everywhere; one is disputed, one waits to be confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.records import actions
from chengxin.records.models import WAITING, Objection, Proposal
from chengxin.subjects.models import Subject

DEPARTMENT = "SAMR"
MAKER = "示例市市场监督管理局"
UNFAIR = "《中华人民共和国反不正当竞争法》第九条第一款"
PRICE = "《明码标价和禁止价格欺诈规定》第十九条"

# (whose, days since the decision, number, fields); the last one is left for a colleague to confirm.
RECORDS: list[tuple[int, int, int, dict[str, Any]]] = [
    (0, 120, 31, {"item": "PENALTY", "term": "ORDINARY", "behaviour": "B01", "penalty_kind": "21", "amount_fen": 8_000_000}),
    (0, 20, 52, {"item": "PENALTY", "term": "LOW", "behaviour": "B13", "penalty_kind": "21", "amount_fen": 300_000}),
    (1, 45, 17, {"item": "INSPECTION", "term": "INSPECTION", "behaviour": "B11"}),
    (1, 200, 8, {"item": "HONOUR"}),
    (2, 60, 23, {"item": "PENALTY", "term": "WARNING", "behaviour": "B03", "penalty_kind": "11"}),
    (2, 2, 61, {"item": "PENALTY", "term": "LOW", "behaviour": "B06", "penalty_kind": "21", "amount_fen": 200_000}),
]
SAID = {
    31: ("通过虚构交易提升店铺销量 312 单", UNFAIR),
    52: ("促销划线价高于此前七日最低成交价", PRICE),
    17: ("抽查发现商品实物与页面图片不符，已责令改正", "《企业公示信息抽查办法》第十二条"),
    8: ("评为年度放心消费示范店", "示例市放心消费创建工作方案"),
    23: ("以返现方式诱导作出好评，情节轻微", UNFAIR),
    61: ("购买流量虚增直播间观看人数", UNFAIR),
}


def put_on_file(subjects: Sequence[Subject], officer: Actor, reviewer: Actor, owner: Actor) -> None:
    """Enter, confirm all but the last, and have the first owner object to the first record. Repeating it changes nothing."""
    for place, (whose, days, number, fields) in enumerate(RECORDS):
        if whose < len(subjects):
            made = actions.propose_record(officer, subjects[whose].pk, DEPARTMENT, _content(days, number, fields))
            if made.state == WAITING and place < len(RECORDS) - 1:
                actions.confirm(reviewer, made.pk)
    first = Proposal.objects.filter(subject=subjects[0], made__isnull=False).order_by("proposed_at").first() if subjects else None
    if first and first.made and not Objection.objects.filter(record=first.made).exists():
        actions.raise_objection(owner, first.made.pk, "决定书所列订单中有 40 单不是本店的，请核对订单号。")


def _content(days: int, number: int, fields: dict[str, Any]) -> dict[str, Any]:
    summary, basis = SAID[number]
    decided = clock.today() - timedelta(days=days)
    return {
        "summary": summary,
        "basis": basis,
        "maker": MAKER,
        "document_number": f"示市监罚〔{decided.year}〕{number}号",
        "document_hash": sha256(f"decision {number} of the demo city".encode()).hexdigest(),
        "decided_on": decided,
        **fields,
    }
