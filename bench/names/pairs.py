"""Labelled pairs of business names, made from a seed: what people do to a name, and names that only look the same.

Labels: same (one subject), related (a branch), different. Brands of the two halves never meet, so nothing fitted on the training half has
seen a brand of the test half. Slips by sound are drawn from pypinyin's usual readings, slips by shape from data/alike.yaml; a changed
character of a negative neither sounds nor looks alike by those tables. That is the rule being tested, and its limit (see README.md).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import opencc

from chengxin.subjects.matching import characters

SEED = 20261129
BRANDS = 1000
CHARS = (
    "鑫源金鼎兴隆盛达华诚信和泰丰裕祥瑞福顺安康宏伟鸿运永昌恒润德利民惠佳美嘉益通天地龙凤云东方北星海江山绿野田园新世纪光明辉煌博雅文苑阳春秋月雪松柏"
    "林森磊众聚汇融家乐居友谊长城宝银鹏程远大志成功旺财富贵吉庆喜悦锦绣前程清泉青禾谷雨稻香麦浪石桥古塔红旗向荣建业正宏飞翔腾跃凯旋亿佰仟禧晨曦朝晖墨竹兰亭"
)
PLACES = [  # (as registered, short, in Latin letters)
    ("鹤岗市", "鹤岗", "Hegang"),
    ("哈尔滨市", "哈尔滨", "Harbin"),
    ("佳木斯市", "佳木斯", "Jiamusi"),
    ("双鸭山市", "双鸭山", "Shuangyashan"),
    ("伊春市", "伊春", "Yichun"),
    ("齐齐哈尔市", "齐齐哈尔", "Qiqihar"),
    ("牡丹江市", "牡丹江", "Mudanjiang"),
    ("沈阳市", "沈阳", "Shenyang"),
    ("成都市", "成都", "Chengdu"),
    ("杭州市", "杭州", "Hangzhou"),
]
PROVINCE = {
    "鹤岗市": "黑龙江省",
    "哈尔滨市": "黑龙江省",
    "佳木斯市": "黑龙江省",
    "双鸭山市": "黑龙江省",
    "伊春市": "黑龙江省",
    "齐齐哈尔市": "黑龙江省",
}
TRADES = [  # (Chinese, English, a class of its own)
    ("食品", "Food"),
    ("建材", "Building Materials"),
    ("餐饮管理", "Catering"),
    ("农业科技", "Agriculture Technology"),
    ("服装", "Clothing"),
    ("物流", "Logistics"),
    ("广告传媒", "Advertising Media"),
    ("汽车销售", "Automobile Sales"),
    ("装饰工程", "Decoration Engineering"),
    ("教育咨询", "Education Consulting"),
    ("医药", "Pharmaceutical"),
    ("机械设备", "Machinery"),
    ("煤炭经销", "Coal Sales"),
    ("电子商务", "E-commerce"),
    ("家政服务", "Services"),
    ("旅游", "Travel"),
]
BRANCHES = ["工农分公司", "南山分公司", "向阳分公司", "第一分公司", "哈尔滨分公司", "营业部", "工农分店", "第三分店"]
SHOPS = ["旗舰店", "官方旗舰店", "专卖店", "专营店", "官方店", "企业店"]


TRADITIONAL = opencc.OpenCC("s2t")


@dataclass(frozen=True)
class Pair:
    """Two names, their label, what was done, and the half (train, test)."""

    a: str
    b: str
    label: str
    kind: str
    half: str


@dataclass(frozen=True)
class Firm:
    """The parts a name is written from."""

    place: str
    short: str
    latin: str
    brand: str
    trade: str
    english: str
    form: str = "有限公司"

    @property
    def name(self) -> str:
        return self.place + self.brand + self.trade + self.form


def make(seed: int = SEED, brands: int = BRANDS) -> list[Pair]:
    """All pairs, both halves."""
    draw = random.Random(seed)
    known: dict[str, None] = {}
    while len(known) < brands:
        known["".join(draw.sample(CHARS, draw.choice([2, 2, 2, 3, 3, 4])))] = None
    made = []
    for number, brand in enumerate(known):
        half = "test" if number % 2 else "train"
        place, trade = draw.choice(PLACES), draw.choice(TRADES)
        firm = Firm(*place, brand, *trade)
        made += [Pair(a, b, label, kind, half) for a, b, label, kind in (*_same(draw, firm), *_different(draw, firm, list(known)))]
    return made


def _same(draw: random.Random, firm: Firm) -> list[tuple[str, str, str, str]]:
    """A third of what people do to a name, drawn afresh for each firm."""
    rest = firm.trade + firm.form
    sounds, shapes = _by_sound(draw, firm.brand), _by_shape(draw, firm.brand)
    options = [
        (firm.place + firm.brand + firm.trade + "有限责任公司", "same", "form in full"),
        (firm.place + firm.brand + firm.trade + "股份有限公司", "same", "form changed"),
        (TRADITIONAL.convert(firm.name), "same", "traditional"),
        (_wide(firm.name.replace(firm.place, f"({firm.place})")), "same", "full width and brackets"),
        (" ".join(firm.name), "same", "spaces"),
        (firm.brand + rest, "same", "place left out"),
        (firm.short + firm.brand + rest, "same", "place short"),
        (PROVINCE.get(firm.place, "") + firm.place + firm.brand + rest, "same", "province added"),
        (f"{firm.brand}（{firm.short}）{rest}", "same", "order changed"),
        (f"{firm.brand}{firm.trade}（{firm.short}）{firm.form}", "same", "order changed"),
        (firm.place + sounds + rest if sounds else "", "same", "slip by sound in the brand"),
        (firm.place + shapes + rest if shapes else "", "same", "slip by shape in the brand"),
        (firm.place + firm.brand + (_by_sound(draw, firm.trade) or firm.trade) + firm.form, "same", "slip by sound in the trade"),
        (firm.place + firm.brand + firm.trade + draw.choice(["有限工司", "有线公司", "有限公思"]), "same", "slip in the form"),
        (firm.place + firm.brand + firm.trade + draw.choice(["有公司", "有限公", "限公司"]), "same", "character left out of the form"),
        ((_by_sound(draw, firm.short) or firm.short) + "市" + firm.brand + rest, "same", "slip by sound in the place"),
        (_doubled(draw, firm.name), "same", "character twice"),
        (_swapped(draw, firm), "same", "neighbours swapped"),
        (f"{firm.brand}{firm.trade}{draw.choice(SHOPS)}", "same", "shop name"),
        (f"{firm.brand}{draw.choice(SHOPS)}", "same", "shop name, brand only"),
        (firm.place + firm.brand + firm.form, "same", "trade left out"),
        (firm.brand + firm.trade, "same", "short name"),
        (characters.spelled(firm.name), "same", "pinyin"),
        (" ".join(map(characters.spelled, (firm.short, firm.brand, firm.trade, firm.form))).title(), "same", "pinyin"),
        (f"{firm.latin} {characters.spelled(firm.brand).title()} {firm.english} Co., Ltd.", "same", "English name"),
        (firm.name + draw.choice(BRANCHES), "related", "branch"),
        (firm.brand + rest + draw.choice(BRANCHES), "related", "branch, place left out"),
    ]
    fits = [one for one in options if one[0] and one[0] != firm.name]
    return [(firm.name, *one) for one in draw.sample(fits, 8)]


def _different(draw: random.Random, firm: Firm, brands: list[str]) -> list[tuple[str, str, str, str]]:
    """Names of others, from plainly other to one character apart."""
    rest = firm.trade + firm.form
    stranger, place = draw.choice(brands), draw.choice([one for one in PLACES if one[0] != firm.place])
    trade = draw.choice([one for one in TRADES if one[0] != firm.trade])
    changed, grown = _one_changed(draw, firm.brand), firm.brand + draw.choice([one for one in CHARS if one != firm.brand[-1]])
    first, second = draw.sample("一二三四五六七八", 2)
    small, large = draw.sample(range(10, 99), 2)
    sounds = _by_sound(draw, firm.brand)
    options = [
        (firm.name, firm.place + stranger + rest, "other brand") if stranger != firm.brand else None,
        (firm.name, firm.place + changed + rest, "one character of the brand"),
        (firm.name, firm.place + changed + rest, "one character of the brand"),
        (firm.name, place[1] + changed + rest, "one character and the place"),
        (firm.name, firm.place + grown + rest, "one character more in the brand"),
        (firm.brand + rest, changed + rest, "one character, no place"),
        (firm.name, place[0] + firm.brand + rest, "other place"),
        (firm.name, f"{firm.brand}（{place[1]}）{rest}", "other place"),
        (firm.name, firm.place + firm.brand + trade[0] + firm.form, "other trade"),
        (firm.name, firm.brand + trade[0] + firm.form, "other trade, place left out"),
        (firm.name, place[0] + firm.brand + trade[0] + firm.form, "other place and trade"),
        (firm.name, f"{changed}{firm.trade}{draw.choice(SHOPS)}", "shop of another brand"),
        (firm.name, f"{firm.brand}{trade[0]}{draw.choice(SHOPS)}", "shop of another trade"),
        (f"{firm.place}{firm.brand}第{first}{rest}", f"{firm.place}{firm.brand}第{second}{rest}", "other number"),
        (f"{firm.place}{firm.brand}{small}{rest}", f"{firm.place}{firm.brand}{large}{rest}", "other number"),
        (f"{firm.place}第{first}{rest}", f"{firm.place}第{second}{rest}", "other number"),
        (firm.name, firm.place + firm.brand[::-1] + rest, "brand turned round") if len(firm.brand) == 2 else None,
        (firm.name, place[0] + sounds + rest, "sounds alike, other place") if sounds else None,
        (firm.name, firm.place + sounds + trade[0] + firm.form, "sounds alike, other trade") if sounds else None,
        (firm.name, firm.place + changed + rest + draw.choice(BRANCHES), "branch of another"),
        (firm.name, " ".join(map(characters.spelled, (firm.short, changed, firm.trade, firm.form))), "pinyin of another"),
    ]
    fits = [one for one in options if one]
    return [(a, b, "different", kind) for a, b, kind in draw.sample(fits, 8)]


def _by_sound(draw: random.Random, text: str) -> str:
    """One character replaced by another of the same usual reading, from the characters brands and trades are made of."""
    places = list(range(len(text)))
    draw.shuffle(places)
    for at in places:
        options = [one for one in COMMON if one != text[at] and characters.reading(one) == characters.reading(text[at])]
        if options:
            return text[:at] + draw.choice(options) + text[at + 1 :]
    return ""


def _by_shape(draw: random.Random, text: str) -> str:
    places = [at for at, char in enumerate(text) if characters.look_alikes(char)]
    if not places:
        return ""
    at = draw.choice(places)
    return text[:at] + draw.choice(sorted(characters.look_alikes(text[at]))) + text[at + 1 :]


def _one_changed(draw: random.Random, text: str) -> str:
    """One character replaced by one that neither sounds nor looks alike."""
    at = draw.randrange(len(text))
    options = [
        one
        for one in CHARS
        if one not in text and not characters.sound_the_same(one, text[at]) and not characters.look_the_same(one, text[at])
    ]
    return text[:at] + draw.choice(options) + text[at + 1 :]


def _doubled(draw: random.Random, text: str) -> str:
    at = draw.randrange(1, len(text))
    return text[:at] + text[at - 1] + text[at:]


def _swapped(draw: random.Random, firm: Firm) -> str:
    """Two neighbours outside the brand."""
    rest = firm.trade + firm.form
    at = draw.randrange(len(rest) - 1)
    return firm.place + firm.brand + rest[:at] + rest[at + 1] + rest[at] + rest[at + 2 :]


def _wide(text: str) -> str:
    return text.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)})


# The 3,000 commonest characters of GB 2312's first level, in whose order (by sound) they stand in the code.
COMMON = "".join(bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
