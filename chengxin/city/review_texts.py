"""Review texts from phrases, column-wise: as varied and as long as real ones, with the published share of exact duplicates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city.quantiles import REVIEW_CHARACTERS, REVIEW_DUPLICATES, Ints, Mask
from chengxin.city.words import CATEGORIES

MOST_PHRASES = 32
GOODS = tuple(name for category in CATEGORIES for name in category.goods)

OPENINGS = (
    "收到的{}", "这款{}", "给家里买的{}", "朋友推荐的{}", "第二次买{}", "帮同事带的{}", "换季囤的{}", "送长辈的{}", "办公室用的{}",
    "刚拆开的{}", "等了几天的{}", "搞活动买的{}", "孩子要的{}", "老家寄来的{}", "试着买的{}", "周末到的{}", "比价后买的{}",
    "直播里看到的{}", "店里的{}", "补货买的{}",
)  # fmt: skip
COUNTS = (
    "用了{}天",
    "买了{}次了",
    "一共{}件",
    "花了{}分钟装好",
    "放了{}天",
    "家里{}个人都试了",
    "对比了{}家",
    "等了{}个小时",
    "给{}分",
    "第{}回下单",
)
GOOD = (
    "做工比想象的细", "颜色和图片一致", "包装得很严实", "味道很正", "分量足", "客服回答耐心", "发货挺快", "家里人都说好",
    "价格合适", "质量过关", "手感舒服", "没有异味", "尺码刚好", "细节处理到位", "会再来", "性价比不错", "和描述相符",
    "快递小哥态度好", "保质期新鲜", "用着顺手", "安装不费劲", "边角没有毛刺", "大小正合适", "洗过没掉色", "声音很小", "充电快",
    "口感软糯", "礼盒拿得出手", "老人喜欢", "孩子爱不释手", "比店里便宜一些", "配件齐全", "说明书清楚", "密封做得好", "颜值在线",
    "冬天正用得上", "很有家乡味", "材质摸着厚实", "隔天就到了", "下次还选这家",
)  # fmt: skip
BAD = (
    "和图片差得有点远", "包装破了", "味道不新鲜", "用两次就坏了", "尺码偏小", "客服半天不回", "发货太慢", "有股怪味", "做工粗糙",
    "线头很多", "缺了配件", "颜色不对", "漏液了", "分量不够", "按键失灵", "退货还要自己出运费", "说明书看不懂", "充不进电",
    "边缘割手", "掉色厉害", "不值这个价", "和描述不符", "收到就有裂纹", "声音很大", "打开是潮的", "不会再买", "等了好久",
    "希望商家改进",
)  # fmt: skip
PLAIN = (
    "先放着慢慢用", "其他的以后再补充", "昨天刚签收", "放在驿站取的", "和上次那批差不多", "晚上拍的照片有点暗", "顺便说一下快递",
    "凑单买的", "自己留一份", "天气冷了正好", "楼下邻居也问在哪买", "暂时没发现问题", "买之前看了很多评论", "按照说明操作就行",
    "对着灯看了看", "称了一下重量", "小区快递柜取的", "中午下的单", "写给后来的人参考", "颜色选的是浅色", "家里猫也来看",
    "旧的那个用了好几年", "比预计晚一天", "拆箱录了视频", "先给孩子试", "厨房里正缺", "上班路上取的", "跟老板砍了价",
    "过阵子再来追评", "一分钱一分货",
)  # fmt: skip
POINTS = ("，", "，", "，", "。", "；", "！", " ", "～")


def write(rng: np.random.Generator, stars: Ints, goods: Ints) -> pa.Array:
    """One text per review. goods: index into GOODS; stars choose the phrases. Texts of four or five stars are kind, of one or two not."""
    n = len(stars)
    if not n:
        return pa.array([], pa.string())
    spread = np.log(REVIEW_CHARACTERS[0.90] / REVIEW_CHARACTERS[0.50]) / 1.2816
    wanted = rng.lognormal(np.log(REVIEW_CHARACTERS[0.50]), spread, n)
    phrases = np.clip(np.rint((wanted - 14) / 6.9), 0, MOST_PHRASES).astype(np.int64)
    columns = [*_opening(rng, goods), *_count(rng, n)]
    for place in range(int(phrases.max(initial=0))):
        columns += _phrase(rng, stars, phrases > place)
    text = pc.binary_join_element_wise(*columns, "", null_handling="skip")
    same = np.arange(n)
    copied = rng.random(n) < REVIEW_DUPLICATES / 2  # a copy makes two equal texts
    same[copied] = rng.integers(0, n, int(copied.sum()))
    return text.take(pa.array(same))


def _opening(rng: np.random.Generator, goods: Ints) -> list[pa.Array]:
    heads = pa.array([text.split("{}")[0] for text in OPENINGS])
    return [
        heads.take(pa.array(rng.integers(0, len(OPENINGS), len(goods)))),
        pa.array(GOODS).take(pa.array(goods)),
        _points(rng, len(goods)),
    ]


def _count(rng: np.random.Generator, n: int) -> list[pa.Array]:
    which = rng.integers(0, len(COUNTS), n)
    head = pa.array([text.split("{}")[0] for text in COUNTS]).take(pa.array(which))
    tail = pa.array([text.split("{}")[1] for text in COUNTS]).take(pa.array(which))
    return [head, pa.array(rng.integers(2, 99, n)).cast(pa.string()), tail]


def _phrase(rng: np.random.Generator, stars: Ints, present: Mask) -> list[pa.Array]:
    """A mark and a phrase for those texts that are still to grow, null for the rest."""
    n = len(stars)
    kind = np.where(rng.random(n) < 0.35, 2, np.where(stars >= 4, 0, np.where(stars <= 2, 1, rng.integers(0, 2, n))))
    pool = pa.array([*GOOD, *BAD, *PLAIN])
    first, size = np.array([0, len(GOOD), len(GOOD) + len(BAD)]), np.array([len(GOOD), len(BAD), len(PLAIN)])
    index = first[kind] + (rng.random(n) * size[kind]).astype(np.int64)
    absent = ~present
    marks = rng.integers(0, len(POINTS), n)
    return [pa.array(POINTS).take(pa.array(marks, mask=absent)), pool.take(pa.array(index, mask=absent))]


def _points(rng: np.random.Generator, n: int) -> pa.Array:
    return pa.array(POINTS).take(pa.array(rng.integers(0, len(POINTS), n)))
