"""F15 false advertising: pages that claim what they may not, written ever more carefully, and the honest pages that use the same words.

The phrases were written from published cases; no detector's word list was looked at. Levels: 0 blunt titles on half of the goods, 1 a few
pages with the claim among the attributes, 2 marks between the characters, 3 look-alike characters, 4 one or two pages for ten days, partly
in words that no list holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.words import CATEGORIES
from chengxin.city.world import Cause, World

FOOD = (
    "降血糖降血压", "专治失眠多梦", "吃一个月告别高血压", "治疗便秘不反弹", "防癌抗癌", "老胃病疗效好", "糖尿病人的福音", "根治痛风",
    "祖传秘方 补肾壮阳", "减肥不反弹 排毒养颜",
)  # fmt: skip
SKIN = ("祛痘不复发", "消炎杀菌治疗湿疹", "医学级修护", "修复疤痕", "七天见效 无效退款", "药妆品质", "激活细胞再生", "治脱发")
OTHER = (
    "全网销量第一", "国家级品质", "全国第一品牌", "顶级工艺", "行业领先 绝无仅有", "史上最低价", "最佳选择", "世界级设计", "最好用的一款",
    "人民大会堂专供", "独一无二的品质", "航天级技术",
)  # fmt: skip
NEW_WORDS = ("懂的都懂 老毛病不再来", "喝出年轻态", "业界天花板", "同行看了都沉默", "血管清道夫", "比医院还灵")
MARKS = (".", "·", "*", "_", " ", "/", "-")
ALIKE = {
    "最": "蕞", "治": "冶", "疗": "療", "第": "苐", "级": "級", "国": "國", "效": "効", "压": "壓", "药": "葯", "愈": "癒", "顶": "頂",
    "绝": "絕", "糖": "溏", "癌": "喦", "血": "皿", "独": "獨",
}  # fmt: skip


@dataclass(frozen=True)
class Ad:
    """A page as it stands between two instants. cause: campaign of the row, 0 for an honest page; category: None where it stays."""

    item: int
    since: int
    until: int
    title: str
    attributes: str | None
    category: str | None
    cause: int


@dataclass(frozen=True)
class Profile:
    """items: how many pages (0 = half of the goods); days; beside: share told in the attributes; write: how; new: share of new words."""

    items: int
    days: int
    beside: float
    write: Callable[[np.random.Generator, str], str]
    new: float = 0.0


def _bluntly(rng: np.random.Generator, phrase: str) -> str:
    return phrase


def _with_marks(rng: np.random.Generator, phrase: str) -> str:
    return str(rng.choice(MARKS)).join(phrase.replace(" ", ""))


def _alike(rng: np.random.Generator, phrase: str) -> str:
    return "".join(ALIKE.get(one, one) for one in phrase)


def _carefully(rng: np.random.Generator, phrase: str) -> str:
    return _with_marks(rng, _alike(rng, phrase))


LEVELS = (
    Profile(0, 90, 0.0, _bluntly),
    Profile(4, 60, 0.5, _bluntly),
    Profile(3, 45, 0.5, _with_marks),
    Profile(3, 30, 0.5, _alike),
    Profile(2, 10, 0.8, _carefully, 0.5),
)


def advertise(world: World, shop: int, level: int) -> Cause:
    """One shop's pages say what they may not for some weeks."""
    profile = LEVELS[level]
    cause = world.cause("campaign", "F15", [shop], level=level, behaviour="B12")
    rng = world.recipe.stream("advertise", cause.number)
    goods = world.popular(shop, profile.items or max(2, len(world.items_of(shop)) // 2))
    path = CATEGORIES[int(world.shops.category[shop])].path
    phrases = FOOD if path.startswith("食品") else SKIN if path.startswith("美妆") else OTHER
    since = world.start_day(rng, profile.days) * DAY
    for item in goods:
        phrase = str(rng.choice(NEW_WORDS if rng.random() < profile.new else phrases))
        said, start = profile.write(rng, phrase), since + int(rng.integers(0, DAY))
        beside = rng.random() < profile.beside
        world.ads.append(
            Ad(
                int(item),
                start,
                min(world.recipe.end, start + profile.days * DAY),
                "" if beside else said,
                f"卖点={said}" if beside else None,
                None,
                cause.number,
            )
        )
    return cause


# -- honest pages that use such words --------------------------------------------------------------------------------------------


HonestPage = tuple[str, int, str, str | None, str | None, int]


def _page(kind: str, pages: int, title: str, attributes: str | None = None, category: str | None = None, days: int = 0) -> HonestPage:
    return kind, pages, title, attributes, category, days


HONEST = (
    _page("device", 4, "家用理疗仪 缓解颈椎病 辅助治疗", "注册证=示械注准00002260001", "医疗器械/理疗"),
    _page("health_food", 4, "有助于增强免疫力", "批准文号=国食健注G00000001;提示=本品不能代替药物", "保健食品/营养"),
    _page("last_day", 5, "最新款 活动最后一天"),
    _page("own_best", 3, "本店最畅销 店内销量第一"),
    _page("modest", 4, "我们不说最好 只做实在", "说明=本品为普通商品，不能代替药物治疗疾病"),
    _page("heritage", 2, "国家级非物质文化遗产技艺", "提示=最佳使用期十二个月"),
    _page("ad_slip", 1, "最佳选择", None, None, 2),
)
SHARE = 0.008  # of all shops, per class


def add_honest(world: World, free: Ints) -> None:
    """The look-alikes on shops that are nothing else."""
    queue = [int(shop) for shop in free]
    for kind, pages, title, attributes, category, days in HONEST:
        for turn in range(max(1, round(world.recipe.shops * SHARE))):
            if not queue:
                return
            shop, rng = queue.pop(), world.recipe.stream("honest words", kind, turn)
            world.cause("lookalike", kind, [shop])
            since = world.start_day(rng, 60) * DAY
            for item in world.popular(shop, pages):
                start = since + int(rng.integers(0, DAY))
                until = start + days * DAY if days else world.recipe.end
                world.ads.append(Ad(int(item), start, until, title, attributes, category, 0))


# -- on the way out --------------------------------------------------------------------------------------------------------------


def changes(world: World, since: int, until: int) -> tuple[Ints, Ints]:
    """(item, instant) of the pages put up and taken back between two instants."""
    both = [(ad.item, at) for ad in world.ads for at in (ad.since, ad.until) if since <= at < until]
    return np.array([item for item, _ in both], np.int64), np.array([at for _, at in both], np.int64)


def worded(world: World, columns: dict[str, pa.Array], item: Ints, at: Ints) -> Ints:
    """Write the pages as they stand at their instants into the columns of listings; returns the cause of each row."""
    cause = np.zeros(len(item), np.int64)
    if not world.ads:
        return cause
    texts = {name: columns[name].to_pylist() for name in ("title", "attributes", "category")}
    for ad in world.ads:
        for row in np.flatnonzero((item == ad.item) & (at >= ad.since) & (at < ad.until)).tolist():
            texts["title"][row] = f"{texts['title'][row]} {ad.title}".strip()
            texts["attributes"][row] = ";".join(one for one in (texts["attributes"][row], ad.attributes) if one) or None
            texts["category"][row] = ad.category or texts["category"][row]
            cause[row] = ad.cause
    for name, made in texts.items():
        columns[name] = pa.array(made, pa.string())
    return cause
