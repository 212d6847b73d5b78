"""A labelled set of complaints, made by us: templates with fillings, and genuine complaints of the same faults in people's own words.

For measuring the grouping (bench/triage) and for the demo. Nobody real. What it cannot show is how real writers vary; a city measures
again on its own complaints before it trusts the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengxin.consumers.triage.grouping import Columns

GENUINE = -1
DAY = 86_400
TEMPLATES = (
    "本人于{day}在贵店购买{goods}{n}件，订单号{order}，收到后发现标签未标注生产许可证编号，违反食品安全法第六十七条，现要求退一赔十，共计{sum}元，并请依法受理并在法定期限内书面答复。",
    "投诉人{day}通过网络购买{goods}，商品页面宣称“全网最低”“第一品牌”，违反广告法第九条关于绝对化用语的规定，构成欺诈，请求退还货款{sum}元并三倍赔偿，请依法立案查处。",
    "{day}购买的{goods}外包装上没有中文标签和进口商信息，不符合食品安全法第九十七条，属于不符合食品安全标准的食品，请求商家退款{sum}元并支付十倍赔偿金，如不处理将提起行政复议。",
    "我在{day}看直播下单{goods}{n}份，主播承诺假一赔十，到货后与宣传的产地不一致，联系客服无人回复，请求监管部门责令商家按承诺赔偿{sum}元并公开道歉。",
    "{goods}检测报告与页面所示执行标准不一致，涉嫌冒用标准号，订单{order}，付款时间{day}，现依据产品质量法第四十条请求退货退款并赔偿损失{sum}元，请于七个工作日内告知是否受理。",
    "商家以预售名义收取{goods}定金{sum}元，{day}到期未发货，且擅自取消订单{order}，违反电子商务法第四十九条，请求继续履行合同或者双倍返还定金，并对其违法行为予以处罚。",
)  # fmt: skip
GOODS = ("坚果礼盒", "进口奶粉", "蜂蜜", "羊绒衫", "电饭煲", "面膜", "山茶油", "儿童座椅", "黑木耳", "鲜榨豆油", "蓝莓果干", "行车记录仪")
SAID = {
    "when": ("上个月", "{day}", "双十一那天", "过年前", "前几天", "大概两周前"),
    "who": ("我妈", "我", "我家孩子", "单位同事托我", "我爱人", "邻居大姐让我帮忙"),
    "bought": ("买了{goods}", "在他家拍了{goods}", "下单{goods}{n}件", "看直播买的{goods}", "团购了{goods}"),
    "fault": (
        "打开一股哈喇味，根本没法吃", "外壳裂了一道口子，一插电就跳闸", "和图片完全两个颜色，尺码也不对",
        "日期是改过的，能看出底下还有一层",
        "缺了两样东西，客服说是仓库漏发", "用了三天就不亮了", "收到的是拆过封的", "等了二十天也没发货，一催就说快了", "洗一次就缩水了",
        "孩子用了起疹子，医院开了药", "快递说签收了，可我没收到", "份量差得多，自己称过少了一斤多",
    ),
    "then": (
        "找客服，先说给换，后来就不回了", "店家让我自己承担运费才给退", "平台介入了一次，说证据不足", "打电话一直占线", "说过了七天不能退",
        "对方还骂人，把我拉黑了", "答应退一半我不同意", "客服态度还行，就是一直拖着", "到现在没人管",
    ),
    "more": (
        "小票和聊天记录我都留着", "家里老人吃了不舒服", "还是给孩子过生日用的", "他家评价里好几个人都这么说",
        "拍了视频，要的话可以发", "价钱还不便宜呢，花了{sum}块",
        "快递员可以作证", "我住乡下，来回跑一趟不容易", "同一批我姐也买了，她那个没事", "订单是{order}",
        "头一回在网上买这么贵的", "本来想送人的，这下拿不出手",
        "当天就联系了店家", "包装盒子我还没扔", "他说是正常现象", "去年买的就挺好，今年不行了",
    ),
    "wish": ("就想把钱退了", "要求全额退款，运费也该他出", "给换个好的就行", "希望帮忙协调一下", "请查查这家店", "退货退款，再赔点误工费"),
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """The columns and, for each complaint, the number of the template it was filled from, or GENUINE."""

    columns: Columns
    label: NDArray[np.int64]


def labelled(filled: int, genuine: int, seed: int = 7) -> Labelled:
    """So many complaints from all templates together, of quite different numbers each, and so many genuine ones, shuffled."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(TEMPLATES) + 1)
    label = np.concatenate([rng.choice(len(TEMPLATES), filled, p=weights / weights.sum()), np.full(genuine, GENUINE)])
    rng.shuffle(label)
    business = np.where(rng.random(len(label)) < 0.6, label % 4 + 1, rng.integers(1, 40, len(label)))
    business[label == GENUINE] = rng.integers(1, 40, genuine)
    phone = rng.integers(0, max(2, len(label) * 3), len(label))
    repeat = (label != GENUINE) & (rng.random(len(label)) < 0.5)  # half of the templates come from a few telephones
    phone[repeat] = label[repeat] * 3 + rng.integers(0, 3, int(repeat.sum()))
    at = np.where(label == GENUINE, rng.integers(0, 60 * DAY, len(label)), label * 7 * DAY + rng.integers(0, 10 * DAY, len(label)))
    text = [_template(rng, one) if one != GENUINE else own_words(rng) for one in label.tolist()]
    columns = Columns(
        text, [f"S{one}" for one in business.tolist()], [f"P{one}" for one in phone.tolist()], [""] * len(text), at.astype(np.int64)
    )
    return Labelled(columns, label.astype(np.int64))


def _filling(rng: np.random.Generator) -> dict[str, str]:
    return {
        "day": f"2026年{rng.integers(1, 12)}月{rng.integers(1, 29)}日",
        "goods": str(rng.choice(GOODS)),
        "n": str(rng.integers(1, 20)),
        "order": f"E{rng.integers(10**9, 10**10)}",
        "sum": str(rng.integers(50, 9000)),
    }


def _template(rng: np.random.Generator, number: int) -> str:
    """The template filled; one in three writers adds a line of their own, one in four leaves the last part out."""
    filling = _filling(rng)
    text = TEMPLATES[number].format(**filling)
    if rng.random() < 0.25:
        text = text[: text.rindex("，")] + "。"
    if rng.random() < 0.33:
        text += str(rng.choice(SAID["then"])) + "。"
    return text


def own_words(rng: np.random.Generator) -> str:
    """What somebody says: the same faults of the same goods as others, put together anew each time."""
    parts = {name: str(rng.choice(ways)) for name, ways in SAID.items()}
    order = [
        ["when", "who", "bought", "fault", "more", "then", "wish"],
        ["who", "when", "bought", "fault", "wish", "more"],
        ["bought", "more", "fault", "then"],
    ]
    marks = rng.choice(["，", "。", "，", "；", " "], 8)
    chosen = [parts[name] for name in order[int(rng.integers(0, 3))]]
    text = "".join(part + mark for part, mark in zip(chosen, marks, strict=False))
    return text.format(**_filling(rng)).rstrip("，。； ") + "。"
