"""What other systems sent in the demo city: taken, refused, changed and answered rows, and a list of numbers that does not quite agree."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.access import Actor
from chengxin.consumers import actions as consumers
from chengxin.consumers.exchange import actions, dialects
from chengxin.consumers.exchange.models import SHEET, Arrival, BadRow, Batch
from chengxin.kernel import clock
from chengxin.subjects.models import Shop

STORIES = (
    ("投诉", "家用电器", "电热水壶", "89.00", "使用一周后漏电跳闸，商家拒绝退货。", "退货退款"),
    ("投诉", "食用农产品", "东北木耳", "45.00", "收到的木耳有霉味，客服不回复。", "退款"),
    ("举报", "食品", "坚果礼盒", "", "包装没有标注生产日期。", ""),
    ("投诉举报", "儿童用品", "玩具枪", "59.00", "没有3C认证标志，孩子被划伤。", "退款并赔偿"),
)


def fill(shops: list[Shop], officer: Actor) -> None:
    """Repeating it changes nothing."""
    if not shops or Batch.objects.exists():
        return
    peer, when = dialects.peers()["s12315"], (clock.now() - timedelta(hours=44)).astimezone(clock.CITY)
    rows = [_row(place, shops[place % len(shops)], f"{when:%Y-%m-%d %H:%M}") for place in range(len(STORIES) * 2)]
    bad = [{**rows[0], "登记编号": "DEMO2026110091", "分送时间": "上周五"}, {**rows[1], "登记编号": "DEMO2026110092", "联系电话": ""}]
    actions.take_call(officer, peer, [*rows, *bad])
    actions.take_call(officer, peer, [{**rows[0], "投诉请求": "退货退款，并赔偿五百元"}, rows[1]])
    ours = [one.numbers.split()[0] for one in Arrival.objects.filter(peer=peer.code).order_by("row")]  # the first and fifth: SAMR's
    consumers.refuse(officer, ours[0], "R2", "同一争议已由人民法院受理。")
    consumers.accept(officer, ours[len(STORIES)], "0468-1000000")
    actions.drop_row(officer, BadRow.objects.get(number="DEMO2026110092").pk, "对方确认无法补正，已在其系统作废")
    numbers = [row["登记编号"] for row in rows[:-1]] + ["DEMO2026110077"]
    actions.state_numbers(officer, peer, clock.city_day(when), clock.today(), numbers, SHEET)
    hotline = {"number": "DEMO-H-1", "wants": "消费投诉", "forwarded_at": f"{when:%Y-%m-%d}", "name": "甲示例", "phone": "10040000001"}
    said = {"respondent_name": str(shops[0]), "text": "预付卡余额退不了。", "request": "退还余额"}
    actions.take_call(officer, dialects.peers()["h12345"], [{**hotline, **said}])


def _row(place: int, shop: Shop, when: str) -> dict[str, str]:
    wants, category, product, yuan, text, request = STORIES[place % len(STORIES)]
    who = {"姓名": f"{'甲乙丙丁戊己庚辛'[place]}示例", "联系电话": f"1004{place:07d}"}
    what = {"商品服务类别": category, "商品名称": product, "争议金额": yuan, "事实经过": text, "投诉请求": request}
    about = {
        "登记编号": f"DEMO202611{place:04d}",
        "诉求类型": wants,
        "分送时间": when,
        "被投诉举报人名称": str(shop),
        "网店链接": str(shop.pk),
    }
    return {**about, **who, **what}
