"""F20 unlawful trade in public posts: forbidden goods, trade without registration, new accounts for old ones; and everybody's posts.

Only a city that asks for F20 has posts: most shops post now and then what they sell. The phrases of the campaigns were written from
published cases. Levels: 0 blunt cartons on three accounts with one payment code; 1 three posts in ten offer such goods, the rest is plain
trade; 2 marks between the characters; 3 look-alike characters on accounts that follow one another; 4 a few careful posts of one registered
account, half in words that no list holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from chengxin.city.false_ads import MARKS
from chengxin.city.quantiles import Ints
from chengxin.city.rows import ABSENT, Ids, Rows, code, pick
from chengxin.city.sizes import DAY
from chengxin.city.words import CATEGORIES
from chengxin.city.world import Cause, World

CHANNELS = ("moment", "group", "video", "live", "forum")
PHRASES = (
    "免税香烟 整条起", "外烟现货 一手货源", "电子烟 换弹 三十口味", "烟弹批发 量大从优", "处方药 不用单子 包邮",
    "减肥药 一周见效 学生也能吃", "山里野味 现杀现发", "收银行卡 日结", "代开发票 税点低", "各类证件代办 先看样", "弓弩配件 走物流",
    "健康证代办 不用体检",
)  # fmt: skip
NEW_WORDS = ("老规矩 懂的来", "口粮到了 老客自取", "小玩具 蓝色小盒", "叶子新到 按条走", "水果味的那个 又来货了")
PLAIN = ("档口直发 接单中", "新款到货 支持代发", "工厂尾单 一件起批", "今日特价 先到先得", "老客户转发有礼")
ALIKE = {"烟": "煙", "药": "葯", "证": "証", "票": "嘌", "枪": "槍", "弩": "怒", "卡": "咔", "发": "發", "肥": "淝", "银": "銀"}
HONEST = ("新到{goods} 欢迎选购", "{goods} 今日特价", "老客户推荐 {goods}", "直播间讲解 {goods}", "{goods} 现货 当天发")


@dataclass(frozen=True)
class Post:
    """One post as reported. price in fen, 0 = none; contact and pay: number of the telephone and of the payment code, -1 = none;
    gone: second of removal, ABSENT while public; registered: 1, 0, -1 unknown; cause: campaign of the row, 0 for an honest one."""

    shop: int
    at: int
    text: str
    price: int
    contact: int
    pay: int
    registered: int
    channel: int
    reports: int = 0
    gone: int = ABSENT
    cause: int = 0


@dataclass(frozen=True)
class Profile:
    """accounts; posts of each; days over which an account posts; goods: share of posts that offer what is forbidden; write: how; new: share
    of those in words of their own; shares: "pay", "contact", "both" or "" ; follows: whether accounts come one after another."""

    accounts: int
    posts: int
    days: int
    goods: float
    write: Callable[[np.random.Generator, str], str]
    new: float
    shares: str
    registered: int = 0
    follows: bool = False
    reports: float = 0.2


def _bluntly(rng: np.random.Generator, phrase: str) -> str:
    return phrase


def _with_marks(rng: np.random.Generator, phrase: str) -> str:
    return str(rng.choice(MARKS)).join(phrase.replace(" ", ""))


def _alike(rng: np.random.Generator, phrase: str) -> str:
    return "".join(ALIKE.get(one, one) for one in phrase)


def _carefully(rng: np.random.Generator, phrase: str) -> str:
    return _with_marks(rng, _alike(rng, phrase))


LEVELS = (
    Profile(3, 14, 60, 0.9, _bluntly, 0.0, "both", reports=0.6),
    Profile(3, 14, 60, 0.3, _bluntly, 0.0, "contact", reports=0.4),
    Profile(2, 16, 60, 0.25, _with_marks, 0.0, "pay"),
    Profile(2, 16, 40, 0.2, _alike, 0.2, "pay", follows=True),
    Profile(1, 6, 50, 0.8, _carefully, 0.5, "", registered=1, reports=0.1),
)
POSTS = 6  # of an ordinary shop, on average
UNREGISTERED = 0.12  # share of ordinary accounts that only sell now and then
MOST_OWN = 18  # posts of those at most
DISLIKED = 0.06  # share of ordinary accounts whose rivals report their posts
OWN = 1_000_000  # numbers of the campaigns' telephones and codes begin here


def sell(world: World, shop: int, level: int) -> Cause:
    """One seller with several accounts."""
    profile = LEVELS[level]
    mates = [shop, *(world.spare_accounts.pop() for _ in range(min(len(world.spare_accounts), profile.accounts - 1)))]
    cause = world.cause("campaign", "F20", mates, level=level, behaviour="B26")
    rng = world.recipe.stream("social trade", cause.number)
    world.posts[:] = [post for post in world.posts if post.shop not in set(mates)]
    since = world.start_day(rng, min(world.recipe.days, profile.days * (profile.accounts if profile.follows else 1))) * DAY
    for turn, mate in enumerate(mates):
        start = since + (turn * profile.days * DAY if profile.follows else 0)
        gone = start + profile.days * DAY if profile.follows and turn < len(mates) - 1 else ABSENT
        contact = OWN + cause.number * 100 + (0 if profile.shares in ("contact", "both") else turn)
        pay = OWN + cause.number * 100 + (0 if profile.shares in ("pay", "both") else turn)
        for at in np.sort(rng.integers(0, profile.days * DAY, profile.posts)).tolist():
            world.posts.append(
                Post(
                    mate, start + at, _words(rng, profile), 1000 * int(rng.integers(2, 40)), contact if profile.shares != "pay" else -1,
                    pay if profile.shares != "contact" else -1, profile.registered, int(rng.integers(len(CHANNELS))),
                    int(rng.poisson(profile.reports)), gone, cause.number,
                )
            )  # fmt: skip
    return cause


def _words(rng: np.random.Generator, profile: Profile) -> str:
    if rng.random() >= profile.goods:
        return str(rng.choice(PLAIN))
    return str(rng.choice(NEW_WORDS)) if rng.random() < profile.new else profile.write(rng, str(rng.choice(PHRASES)))


# -- honest ------------------------------------------------------------------------------------------------------------------------

SHARE = 0.006  # of all shops, per class
AGENCY_SHOPS = 16


def add_honest(world: World, free: Ints) -> None:
    """Everybody's posts, and look-alikes on shops that are nothing else: a removal sale, an organiser who posts for a registered shop, an
    account that warns, the telephone of an agency."""
    rng = world.recipe.stream("posts")
    registered = (rng.random(len(world.shops)) >= UNREGISTERED).astype(int)
    disliked = np.where(rng.random(len(world.shops)) < DISLIKED, 0.8, 0.03)
    for shop, n in enumerate(rng.poisson(rng.gamma(1.0, POSTS, len(world.shops))).tolist()):
        for at in np.sort(rng.integers(0, world.recipe.end, n if registered[shop] else min(n, MOST_OWN))).tolist():
            one = _ordinary(world, rng, shop, at, int(registered[shop]))
            world.posts.append(replace(one, reports=int(rng.poisson(disliked[shop]))))
    queue = [int(shop) for shop in free]
    for kind in ("removal_sale", "organiser", "warning"):
        for turn in range(max(1, round(world.recipe.shops * SHARE))):
            if len(queue) > AGENCY_SHOPS:
                _look_alike(world, kind, queue.pop(), world.recipe.stream("look-alike posts", kind, turn))
    if len(queue) > 2 * AGENCY_SHOPS:
        shops = [queue.pop() for _ in range(AGENCY_SHOPS)]
        world.cause("lookalike", "agency", shops)
        world.posts[:] = [one if one.shop not in set(shops) else replace(one, contact=OWN - 1) for one in world.posts]
    world.spare_accounts = queue


def _ordinary(world: World, rng: np.random.Generator, shop: int, at: int, registered: int) -> Post:
    goods = str(rng.choice(CATEGORIES[int(world.shops.category[shop])].goods))
    text = str(rng.choice(HONEST)).format(goods=goods)
    owner = int(world.shops.subject[shop])  # shops of one owner have one telephone and one code
    pay = owner if rng.random() < 0.4 else -1
    return Post(shop, at, text, 100 * int(rng.integers(5, 400)), owner, pay, registered, int(rng.integers(len(CHANNELS))))


def _look_alike(world: World, kind: str, shop: int, rng: np.random.Generator) -> None:
    world.cause("lookalike", kind, [shop])
    n, days = {"removal_sale": (36, 14), "organiser": (80, 120), "warning": (8, 90)}[kind]
    days = min(days, world.recipe.days - 1)
    since = world.start_day(rng, days) * DAY
    for at in np.sort(rng.integers(0, days * DAY, n)).tolist():
        plain = _ordinary(world, rng, shop, since + at, int(kind == "warning"))
        if kind == "warning":
            text = f"警惕{rng.choice(PHRASES).split(' ')[0]} 请勿购买 举报电话见主页"
            world.posts.append(replace(plain, text=text, pay=-1))
        elif kind == "organiser":  # paid to the shop it posts for
            partner = next(one for one in world.posts if one.registered == 1 and one.pay >= 0 and _near(world, one.shop, shop))
            world.posts.append(replace(plain, text=f"今日团购 {plain.text}", pay=partner.pay))
        else:
            world.posts.append(replace(plain, text=f"搬家转让 {plain.text}", pay=-1))


def _near(world: World, one: int, other: int) -> bool:
    """Two accounts of one platform: a payment code is a pseudonym within it."""
    return one != other and int(world.shops.platform[one]) == int(world.shops.platform[other])


# -- on the way out ----------------------------------------------------------------------------------------------------------------


def post_rows(world: World, ids: Ids, since: int, until: int) -> Rows | None:
    """The posts between two instants; None in a city that has none."""
    if not world.posts:
        return None
    numbered = [(number, one) for number, one in enumerate(world.posts) if since <= one.at < until]
    shop, at, price, contact, pay, registered, channel, reports, gone, cause = (
        np.array([getattr(one, name) for _, one in numbered], np.int64)
        for name in ("shop", "at", "price", "contact", "pay", "registered", "channel", "reports", "gone", "cause")
    )
    gone = np.where(gone < until, gone, ABSENT)
    columns = {
        "post_no": pa.array([f"M{number:09d}" for number, _ in numbered], pa.string()),
        "shop_id": pick(ids.shop, shop),
        "registered": pa.array(registered == 1, mask=registered < 0),
        "channel": code(CHANNELS, channel),
        "text": pa.array([one.text for _, one in numbered], pa.string()),
        "price_fen": pa.array(price, mask=price == 0),
        "contact": _named("T", contact),
        "pay_code": _named("Q", pay),
        "reports": pa.array(reports),
        "posted_at": ids.time(at),
        "removed_at": ids.time(gone),
    }
    return Rows("post", columns, world.shops.platform[shop], at, cause, ("post_no",))


def _named(prefix: str, numbers: Ints) -> pa.Array:
    return pa.array([f"{prefix}{number:08d}" if number >= 0 else None for number in numbers.tolist()], pa.string())
