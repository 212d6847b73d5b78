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
    ("用了{}天", 2, 60),
    ("买了{}次了", 2, 9),
    ("一共{}件", 2, 12),
    ("想了{}分钟才下单", 2, 50),
    ("放了{}天", 2, 40),
    ("家里{}个人都试了", 2, 7),
    ("对比了{}家", 2, 20),
    ("等了{}个小时", 3, 72),
    ("满分一百给{}", 60, 100),
    ("第{}回下单", 2, 15),
)  # text, fewest, most
GOOD = (
    "做工比想象的细", "颜色和图片一致", "包装得很严实", "分量足", "客服回答耐心", "发货挺快", "家里人都说好", "价格合适",
    "质量过关", "细节处理到位", "会再来", "性价比不错", "和描述相符", "快递小哥态度好", "用着顺手", "礼盒拿得出手", "老人喜欢",
    "比店里便宜一些", "配件齐全", "说明清楚", "颜值在线", "冬天正用得上", "隔天就到了", "下次还选这家", "没有失望", "超出预期",
    "值得推荐", "老板实在", "送的小样不错", "回购了", "朋友也要链接",
)  # fmt: skip
BAD = (
    "和图片差得有点远", "包装破了", "客服半天不回", "发货太慢", "做工粗糙", "缺了配件", "颜色不对", "分量不够",
    "退货还要自己出运费", "说明看不懂", "不值这个价", "和描述不符", "收到就有裂纹", "打开是潮的", "不会再买", "等了好久",
    "希望商家改进", "有股怪味", "磕掉一个角", "催了三次才发", "不如照片", "有点后悔", "给两颗星都多", "谁买谁知道",
)  # fmt: skip
PLAIN = (
    "先放着慢慢用", "其他的以后再补充", "昨天刚签收", "放在驿站取的", "和上次那批差不多", "晚上拍的照片有点暗", "顺便说一下快递",
    "凑单买的", "自己留一份", "天气冷了正好", "楼下邻居也问在哪买", "暂时没发现问题", "买之前看了很多评论", "按照说明操作就行",
    "对着灯看了看", "称了一下重量", "小区快递柜取的", "中午下的单", "写给后来的人参考", "颜色选的是浅色", "家里猫也来看",
    "旧的那个用了好几年", "比预计晚一天", "拆箱录了视频", "先给孩子试", "厨房里正缺", "上班路上取的", "跟老板砍了价",
    "过阵子再来追评", "随手拍了一张", "快递放门口了", "等打折才买的", "备用一个", "按图下的单", "价格波动有点大",
)  # fmt: skip
POINTS = ("，", "，", "，", "。", "；", "！", " ", "～")


def write(rng: np.random.Generator, stars: Ints, goods: Ints) -> pa.Array:
    """One text per review. goods: index into GOODS; stars choose the phrases. Texts of four or five stars are kind, of one or two not."""
    n = len(stars)
    if not n:
        return pa.array([], pa.string())
    spread = np.log(REVIEW_CHARACTERS[0.90] / REVIEW_CHARACTERS[0.50]) / 1.2816
    wanted = rng.lognormal(np.log(REVIEW_CHARACTERS[0.50]), spread, n)
    phrases = np.clip(np.rint((wanted - 14) / 6.5), 1, MOST_PHRASES).astype(np.int64)
    columns = [*_opening(rng, goods), *_count(rng, n)]
    for place in range(int(phrases.max(initial=0))):
        columns += _phrase(rng, stars, goods // 10, phrases > place)
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
    heads, tails = (pa.array([text.split("{}")[side] for text, _, _ in COUNTS]) for side in (0, 1))
    fewest, most = (np.array([one[place] for one in COUNTS])[which] for place in (1, 2))
    number = fewest + (rng.random(n) * (most - fewest + 1)).astype(np.int64)
    return [heads.take(pa.array(which)), pa.array(number).cast(pa.string()), tails.take(pa.array(which))]


def _pools() -> tuple[pa.Array, Ints, Ints]:
    """All phrases, and where each pool begins and how long it is: good, bad and plain, then each category's praise and blame."""
    pools = [GOOD, BAD, PLAIN, *(one.praise for one in CATEGORIES), *(one.blame for one in CATEGORIES)]
    sizes = np.array([len(pool) for pool in pools])
    return pa.array([phrase for pool in pools for phrase in pool]), np.cumsum(sizes) - sizes, sizes


def _phrase(rng: np.random.Generator, stars: Ints, category: Ints, present: Mask) -> list[pa.Array]:
    """A mark and a phrase for those texts that are still to grow, null for the rest."""
    n, (phrases, first, size) = len(stars), _pools()
    mood = np.where(stars >= 4, 0, np.where(stars <= 2, 1, rng.integers(0, 2, n)))
    draw = rng.random(n)
    pool = np.where(draw < 0.3, 2, np.where(draw < 0.6, 3 + mood * len(CATEGORIES) + category, mood))
    index = first[pool] + (rng.random(n) * size[pool]).astype(np.int64)
    absent = ~present
    marks = rng.integers(0, len(POINTS), n)
    return [pa.array(POINTS).take(pa.array(marks, mask=absent)), phrases.take(pa.array(index, mask=absent))]


def _points(rng: np.random.Generator, n: int) -> pa.Array:
    return pa.array(POINTS).take(pa.array(rng.integers(0, len(POINTS), n)))
