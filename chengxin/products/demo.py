"""Products of the demo city: goods with a whole chain, a batch that is called back, a chain that does not close. Through the same acts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.products import actions
from chengxin.products.actions.entry import event
from chengxin.products.affected import ORDER
from chengxin.products.models import Batch, ChainRun, Product, Recall
from chengxin.products.queries import SUBJECT
from chengxin.subjects.models import Shop, Subject
from chengxin.traceability import actions as traces

GOODS = (
    ("9520000009014", "示例黑木耳", "Black fungus", "AGRI", "250 克"),
    ("9520000009021", "示例山野菜罐头", "Canned wild greens", "FOOD", "400 克"),
    ("9520000009038", "示例大米", "Rice", "AGRI", "5 千克"),
)
FARM = "urn:chengxin:party:" + "example-farm"
DAY = timedelta(days=1)
ORDERS = 'SELECT platform, order_no FROM "order" WHERE shop = ? ORDER BY ordered_at DESC LIMIT 6'


def fill(merchant: Actor, shop: Shop, officer: Actor, head: Actor) -> None:
    """Make the pages worth looking at. Repeating it changes nothing."""
    if Product.objects.exists() or shop.subject is None:
        return
    for gtin, name, english, category, spec in GOODS:
        given: dict[str, Any] = {"gtin": gtin, "name": name, "name_en": english, "category": category, "spec": spec, "brand": "示例山货"}
        given |= {"standard_no": "GB 7096-2014", "net_quantity": Decimal("0.25"), "net_unit": "KGM"}
        product = actions.register(merchant, shop.subject.pk, given)
        for lot in ("A01", "A02"):
            _batch(merchant, shop.subject, product, lot)
    good, bad = Batch.objects.filter(lot="A01"), Batch.objects.get(product__gtin="0" + GOODS[1][0], lot="A02")
    actions.make_codes(merchant, good[0].pk, 6)
    with lake.connect(snapshot(["order"]), memory_mb=256, threads=1) as db:
        orders = db.execute(ORDERS, [shop.token]).fetchall()
    _sell(officer, shop.subject, bad, orders[:4])
    _sell(officer, shop.subject, good[0], orders[4:])
    if not Recall.objects.exists():
        drafted = actions.draft_recall(officer, bad.pk, 2, "抽检发现防腐剂超出标准", "停止食用，凭订单到店铺免费退货")
        actions.issue_recall(head, drafted.number)
        third = Batch.objects.get(product__gtin="0" + GOODS[2][0], lot="A02")
        actions.draft_recall(officer, third.pk, 3, "标签上的保质期印刷有误", "可以继续食用，需要的可以退货")
    if not ChainRun.objects.exists():
        actions.look_at_chains()


def _batch(merchant: Actor, subject: Subject, product: Product, lot: str) -> None:
    """Harvested, sent to the shop by a farm, received by it; one in two is short by what a report forgot."""
    made = clock.today() - 60 * DAY
    entry: dict[str, Any] = {"lot": lot, "made_at": made, "expires_at": made + 540 * DAY, "quantity": Decimal(200), "unit": "KGM"}
    batch = actions.add_batch(merchant, product.gtin, {**entry, "origin": "鹤岗市", "division": subject.division})
    papers = [
        {"kind": "CONFORMITY", "issuer": "示例专业合作社"},
        {"kind": "TEST", "issuer": "示例检验检测中心", "result": "农药残留、重金属：合格"},
    ]
    for paper in papers[: 1 if lot == "A02" else 2]:
        actions.certify(merchant, batch.pk, {**paper, "issued_on": made + DAY})
    at = clock.now().astimezone(clock.CITY) - 60 * DAY
    here = SUBJECT + str(subject.pk)
    steps = [event(batch, "harvest", Decimal(200), "KGM", at, here, "")]
    steps.append(event(batch, "send", Decimal(80), "KGM", at + 2 * DAY, here, FARM))
    if lot == "A01":
        steps.append(event(batch, "take", Decimal(80), "KGM", at + 4 * DAY, FARM, here))
    traces.capture(steps, merchant, subject=subject.pk)


def _sell(officer: Actor, subject: Subject, batch: Batch, orders: list[tuple[str, str]]) -> None:
    at = clock.now().astimezone(clock.CITY) - 20 * DAY
    sold = []
    for platform, order in orders:
        one = event(batch, "sell", Decimal(2), "KGM", at, SUBJECT + str(subject.pk), "")
        sold.append({**one, "bizTransactionList": [{"type": "po", "bizTransaction": f"{ORDER}{platform}:{order}"}]})
    if sold:
        traces.capture(sold, officer, subject=subject.pk)
