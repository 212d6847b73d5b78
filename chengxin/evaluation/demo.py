"""The demo city's evaluation, through the doors people use: a published rule, scores, a reply, a masking, an objection."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.evaluation import actions, nightly, queries
from chengxin.evaluation.models import Objection, RatingRule, Reply, RuleProposal, Snapshot, Treatment
from chengxin.evaluation.rule import DEFAULT
from chengxin.kernel import clock

DEPARTMENT = "SAMR"
BASIS = "《中华人民共和国电子商务法》第三十九条、《网络交易监督管理办法》第十四条"


def evaluate(officer: Actor, reviewer: Actor, staff: Actor | None, owner: Actor | None) -> None:
    """Publish the shipped rule, compute, and let people act on the owner's first shop. Repeating it changes nothing."""
    if not RatingRule.objects.exists():
        text = DEFAULT.read_text(encoding="utf-8")
        made = actions.propose_rule(officer, DEPARTMENT, text, "首个规则版本：采用各大平台的通行做法", clock.today())
        actions.publish_rule(reviewer, made.pk)
    nightly.take()
    if not RuleProposal.objects.filter(state="WAITING").exists():
        text = DEFAULT.read_text(encoding="utf-8").replace("pair_cap: 6", "pair_cap: 4")
        actions.propose_rule(officer, DEPARTMENT, text, "同一买卖双方每月计分次数由六次减为四次，抑制刷单", clock.today())
    own = queries.latest_of_owner(owner) if owner else []
    for one in own[:1]:
        _act(one, staff, owner)


def _act(one: Snapshot, staff: Actor | None, owner: Any) -> None:
    """A reply to the newest bad review, an objection to the next, a masking of another."""
    rows = queries.reviews(queries.shown(one.shop_id))
    rows.sort(key=lambda row: row["stars"])
    if len(rows) < 3:
        return
    bad, disputed, masked = (row["review_no"] for row in rows[:3])
    if not Reply.objects.filter(shop=one.shop).exists():
        actions.reply(owner, one.shop_id, bad, "非常抱歉，已为您补发并退还运费，欢迎监督。")
    if not Objection.objects.filter(shop=one.shop).exists():
        actions.object_to(owner, one.shop_id, disputed, "该评价所述商品不是本店所售，附发货照片和面单。")
    if staff and not Treatment.objects.filter(shop=one.shop).exists() and one.shop.platform.code in staff.platforms:
        said = {
            "part": "第二句中的手机号码",
            "reason": "personal",
            "basis": BASIS,
            "statement": "评价中含他人手机号码，仅遮蔽号码，其余内容照常显示。",
        }
        original = sha256(f"original of {masked}".encode()).hexdigest()
        actions.treat(staff, one.shop_id, {"act": Treatment.Act.MASK, "review_no": masked, "original_sha256": original, **said})
