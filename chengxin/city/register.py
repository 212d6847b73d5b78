"""Who trades: platforms, their shops and the subjects behind them, couriers and payment firms. All of it invented, in the demo division."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city.identifiers import digits, letters, resident_ids, shuffled, texts, usccs
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.sizes import DAY, Recipe
from chengxin.city.words import CATEGORIES, COURIERS, GIVEN, PAYMENT_FIRMS, PLATFORMS, SHOP_KINDS, SHOP_STEMS, SURNAMES

NATURAL_SHARE = 0.57  # natural persons among shops: share published for the province's platforms
SUBJECT_KINDS = ("individual", "household", "enterprise", "cooperative")
INDIVIDUAL = 0  # a natural person without registration: an id number in place of a credit code
HOME_COUNTIES = 8  # the first places are the city's own districts and counties
OUTLETS = 3  # per courier and county
OPERATORS = 4  # per outlet


@dataclass(frozen=True)
class Places:
    """Where parcels go. code: six digits; east and north: kilometres from the city; people: weight; remote: slow counties."""

    code: list[str]
    name: list[str]
    km: Floats
    people: Floats
    remote: Ints


def places() -> Places:
    """The table of places, the city's own districts first."""
    text = files("chengxin.city").joinpath("places.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    latitude = np.array([float(row["lat"]) for row in rows])
    longitude = np.array([float(row["lon"]) for row in rows])
    north = (latitude - latitude[0]) * 111.0
    east = (longitude - longitude[0]) * 111.0 * np.cos(np.radians(latitude))
    return Places(
        code=[row["code"] for row in rows],
        name=[row["name"] for row in rows],
        km=np.maximum(12.0, 1.3 * np.hypot(north, east)),
        people=np.array([float(row["people"]) for row in rows]),
        remote=np.array([int(row["remote"]) for row in rows], dtype=np.int64),
    )


@dataclass
class Shops:
    """One row per shop; columns that a look-alike or campaign may change are plain arrays."""

    platform: Ints
    category: Ints
    county: Ints
    courier: Ints
    second_courier: Ints
    outlet: Ints
    warehouse: Ints
    subject: Ints
    opens: Ints
    reviewed: Floats
    praised_by_default: Floats
    refunds: Floats
    institution: Ints

    def __len__(self) -> int:
        return len(self.platform)


def platform_count(recipe: Recipe) -> int:
    """Twelve platforms; a small city has six so that each keeps enough shops."""
    return len(PLATFORMS) if recipe.shops >= 500 else 6


def open_shops(recipe: Recipe) -> Shops:
    """The shops, in random order of everything: position says nothing about honesty."""
    rng, n = recipe.stream("shops"), recipe.shops
    share = 1.0 / np.arange(1, platform_count(recipe) + 1) ** 0.7
    taste = np.array([1.0, 1.0, 1.2, 0.9, 1.1, 1.0, 0.8, 0.8, 0.5, 0.7])
    category = rng.choice(len(CATEGORIES), n, p=taste / taste.sum())
    counties = rng.choice(HOME_COUNTIES, n, p=np.array([18, 20, 14, 10, 14, 7, 10, 7]) / 100)
    firm = rng.choice(len(COURIERS), n, p=np.array([28, 22, 18, 14, 10, 8]) / 100)
    own = rng.integers(0, 1 << 40, n)
    park = rng.integers(0, max(2, n // 40), n)  # a quarter of the shops send from a shared warehouse
    return Shops(
        platform=rng.choice(len(share), n, p=share / share.sum()),
        category=category,
        county=counties,
        courier=firm,
        second_courier=rng.integers(0, len(COURIERS), n),
        outlet=rng.integers(0, OUTLETS, n),
        warehouse=np.where(rng.random(n) < 0.25, park, own + n),
        subject=rng.integers(0, max(1, int(n * 0.8)), n),
        opens=np.where(rng.random(n) < 0.06, rng.integers(5, max(6, recipe.days - 30), n), 0) * DAY,
        reviewed=np.clip(rng.normal(0.42, 0.08, n), 0.15, 0.75),
        praised_by_default=np.clip(rng.normal(0.30, 0.08, n), 0.05, 0.6),
        refunds=np.array([CATEGORIES[c].refunds for c in range(len(CATEGORIES))])[category] * rng.lognormal(0, 0.3, n),
        institution=rng.integers(0, len(PAYMENT_FIRMS), n),
    )


def shop_ids(numbers: Ints) -> pa.StringArray:
    """The platform's own account ids: S and ten digits in no order."""
    scattered = shuffled(numbers, 33, 11)
    return texts(letters(["S"], np.zeros(len(numbers), np.int64)), digits(scattered, 10))


def registers(recipe: Recipe, shops: Shops) -> dict[str, pa.Table]:
    """What the register holds before the first report: subjects, platforms, shops, couriers and payment firms."""
    subjects, person = _subjects(recipe, shops)
    ours = [PLATFORMS[k] for k in range(platform_count(recipe))]
    firms = _firms([*ours, *COURIERS, *PAYMENT_FIRMS])
    first, second = len(ours), len(ours) + len(COURIERS)
    return {
        "subjects": pa.concat_tables([subjects, firms.drop_columns(["code"])]),
        "platforms": firms.slice(0, first).append_column("domain", pa.array([f"{code}.example" for code, _ in ours])),
        "couriers": firms.slice(first, len(COURIERS)),
        "payment_firms": firms.slice(second),
        "shops": _shop_table(recipe, shops, person),
    }


def _shop_table(recipe: Recipe, shops: Shops, person: Ints) -> pa.Table:
    rng, n = recipe.stream("shop names"), len(shops)
    stems, kinds = rng.integers(0, len(SHOP_STEMS), n), rng.integers(0, len(SHOP_KINDS), n)
    where = places()
    return pa.table(
        {
            "platform": [PLATFORMS[k][0] for k in shops.platform],
            "shop_id": shop_ids(np.arange(n)),
            "name": [f"示例{SHOP_STEMS[a]}{SHOP_KINDS[b]}{i + 1}号" for i, (a, b) in enumerate(zip(stems, kinds, strict=True))],
            "subject_no": shops.subject,
            "natural_person": person[shops.subject].astype(bool),
            "category": [CATEGORIES[c].path for c in shops.category],
            "division": [where.code[c] for c in shops.county],
            "opened_on": pa.array([_opened(recipe, int(day)) for day in shops.opens // DAY], pa.date32()),
        }
    )


def _opened(recipe: Recipe, day: int) -> date:
    return date.fromordinal(recipe.start.toordinal() + day) if day else date(recipe.start.year - 1, recipe.start.month, 1)


def _subjects(recipe: Recipe, shops: Shops) -> tuple[pa.Table, Ints]:
    """Subjects behind the shops and whether each is a natural person: chosen so that 57 % of the shops are."""
    rng, n = recipe.stream("subjects"), max(1, int(len(shops) * 0.8))
    weight = np.bincount(shops.subject, minlength=n)
    order = rng.permutation(n)
    person = np.zeros(n, dtype=np.int64)
    person[order] = np.cumsum(weight[order]) <= NATURAL_SHARE * len(shops)
    kinds = np.where(person == 1, INDIVIDUAL, 1 + rng.choice(3, n, p=np.array([0.45, 0.45, 0.1])))
    drawn = [rng.integers(0, len(words), n).tolist() for words in (SURNAMES, GIVEN, SHOP_STEMS)]
    names = [_subject_name(kind, number, *words) for number, (kind, *words) in enumerate(zip(kinds.tolist(), *drawn, strict=True))]
    natural = pa.array(kinds == INDIVIDUAL)
    classes = [("92", "92", "91", "93")[kind] for kind in kinds]
    uscc = pc.if_else(natural, pa.scalar(None, pa.string()), usccs(classes, 100_000_000 + np.arange(n)))
    id_no = pc.if_else(natural, resident_ids(np.arange(n)), pa.scalar(None, pa.string()))
    table = {"subject_no": np.arange(n), "kind": pa.array(SUBJECT_KINDS).take(pa.array(kinds)), "name": names, "uscc": uscc, "id_no": id_no}
    return pa.table(table), person


def _subject_name(kind: int, number: int, family: int, given: int, stem: int) -> str:
    if kind == 0:
        return f"示例{SURNAMES[family]}{GIVEN[given]}{number}"
    return f"示例{SHOP_STEMS[stem]}{number}{('', '商行', '商贸有限公司', '农民专业合作社')[kind]}"


def _firms(named: list[tuple[str, str]]) -> pa.Table:
    n = len(named)
    return pa.table(
        {
            "subject_no": np.arange(n) + 900_000_000,
            "kind": ["enterprise"] * n,
            "name": [f"{name}有限公司" for _, name in named],
            "uscc": usccs(["91"] * n, 900_000_000 + np.arange(n)),
            "id_no": pa.nulls(n, pa.string()),
            "code": [code for code, _ in named],
        }
    )
