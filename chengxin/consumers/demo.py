"""Complaints and reports in many states for the demo city, through the same acts as everywhere. Nobody in them is real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.consumers import actions
from chengxin.consumers.models import Complaint
from chengxin.kernel import clock
from chengxin.subjects.models import Shop

DESK = "0468-1000000"
NAMES = ("王示例", "欧阳示例", "李示例", "赵示例", "孙示例", "周示例", "吴示例", "郑示例", "冯示例", "陈示例", "褚示例", "卫示例")
STORIES = (
    ("电饭煲", "APPLIANCE", 29900, "收到的电饭煲内胆有裂纹，联系商家换货被拒绝。", "更换新品或者退款"),
    ("东北大米十斤装", "AGRI", 6900, "标注净含量五千克，实际称重四点六千克。", "补足数量"),
    ("儿童滑板车", "CHILD", 15900, "使用两天后刹车失灵，孩子摔倒。", "退货退款"),
    ("羊毛衫", "CLOTHES", 39900, "页面标注羊毛含量九成，送检结果为三成。", "退货退款并赔偿"),
)
OLD = 12  # closed ones of the first shop: enough for a share


def fill(shops: list[Shop], officer: Actor, head: Actor, merchant: Actor) -> None:
    """The first shop is the merchant's own. Repeating it changes nothing."""
    if not shops or Complaint.objects.exists():
        return
    first = clock.now() - timedelta(days=40)
    for place in range(OLD):
        with clock.set_to(first + timedelta(days=place)):
            _closed(place, shops[0], officer, merchant)
    _open(shops, officer, merchant)
    _reports(shops[-1], officer, head)


def _form(place: int, shop: Shop, **changes: Any) -> dict[str, Any]:
    product, category, fen, text, request = STORIES[place % len(STORIES)]
    who = {"name": NAMES[place % len(NAMES)], "phone": f"100{place:08d}"}
    what = {"product": product, "category": category, "amount_fen": fen, "text": text, "request": request}
    return {"wants": "money", "shop": shop, "order_ref": f"T20261000{place:04d}", **who, **what, **changes}


def _closed(place: int, shop: Shop, officer: Actor, merchant: Actor) -> None:
    """Most are solved, a tenth is not; some agree to publication."""
    made = actions.file(_form(place, shop, publicise=place % 3 == 0))
    assert made.complaint
    number = made.complaint.number
    actions.accept(officer, number, DESK)
    row = actions.answer(merchant, number, {"text": "已与您联系，同意处理。", "offer": "REFUND", "offer_fen": 6900})
    actions.rate(made.filing, row.pk, 5 - place % 3)
    if place == OLD - 1:
        actions.end(officer, number, "T3", "双方对责任认识不一致")
        actions.say(made.filing, False)
        return
    actions.say(made.filing, True)


def _open(shops: list[Shop], officer: Actor, merchant: Actor) -> None:
    """One in each state that an officer or merchant meets, one of them overdue."""
    with clock.set_to(clock.now() - timedelta(days=20)):
        actions.file(_form(20, shops[-1]))
        promised = actions.file(_form(21, shops[0])).complaint
        assert promised
        actions.accept(officer, promised.number, DESK)
        said = {"text": "同意换货，请寄回原件。", "offer": "REPLACE", "promise": "收到退件后两日内寄出新品"}
        actions.answer(merchant, promised.number, {**said, "promise_by": clock.today() + timedelta(days=5)})
    made = [actions.file(_form(place, shops[place % len(shops)], phone=f"1000000{place:04d}")).complaint for place in range(22, 28)]
    numbers = [one.number for one in made if one]
    for number in numbers[:3]:
        actions.accept(officer, number, DESK)
    actions.mediate(officer, numbers[1])
    actions.agree(officer, numbers[2], "商家于三日内退还货款，消费者寄回商品，运费由商家承担。")
    contact = {"contact_phone": DESK, "contact_address": "示例市示例路1号"}
    actions.ask_identity(officer, numbers[3], clock.today() + timedelta(days=3), "居民身份证复印件", contact)
    actions.refuse(officer, numbers[4], "R2", "同一争议已由人民法院受理。")
    members = [("甲示例", "10030000001"), ("乙示例", "10030000002"), ("丙示例", "10030000003")]
    actions.file(_form(29, shops[0], members=members))
    actions.file(_form(30, shops[0], category="EXPRESS", product="快递服务", text="快件外包装破损、内件丢失。", request="赔偿损失"))


def _reports(shop: Shop, officer: Actor, head: Actor) -> None:
    said = "包装标注的生产许可证编号查询不到，怀疑为冒用。"
    named = actions.file(_form(31, shop, wants="both", named=True, violation=said)).report
    anonymous = actions.file(_form(32, shop, wants="violation", violation="同一商品今天又以新链接上架销售。")).report
    assert named and anonymous and officer.user
    actions.name_handler(head, named.number, officer.user)
    actions.check(officer, named.number)
