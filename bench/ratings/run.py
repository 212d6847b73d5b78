"""How far a rating score moves when fakes rate: mean, Bayesian mean, median, REV2 and the house's own score.

python bench/ratings/run.py [RATINGS.csv] [--seeds 1 2 3]

RATINGS.csv has rows rater,subject,rating[,time] (Bitcoin OTC and Alpha: ratings -10 to 10 are spread over one to five stars). Without a
file, the honest reviews of a generated city are used. Fakes rate one in twenty of the subjects with ten ratings or more, at half of the
honest volume and at all of it, with the star that is farther away: `new` are new accounts that rate the ring's subjects; `camouflaged`
also rate as many other subjects, with a star next to that subject's mean; `found` are camouflaged and counted as a detected group.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from chengxin.evaluation.filtering import scores

FOUND = 0.1  # how far a rating of a detected group counts
ATTACKS = ("new", "camouflaged", "found")
VOLUMES = (0.5, 1.0)


@dataclass
class Table:
    """Rows of ratings: rater, subject, stars; and how far each counts beforehand."""

    rater: np.ndarray
    shop: np.ndarray
    stars: np.ndarray
    share: np.ndarray | None = None


def mean(t: Table, shops: int) -> np.ndarray:
    return np.bincount(t.shop, t.stars, shops) / np.maximum(np.bincount(t.shop, minlength=shops), 1)


def bayesian(t: Table, shops: int, prior: float = 5.0) -> np.ndarray:
    return (np.bincount(t.shop, t.stars, shops) + prior * t.stars.mean()) / (np.bincount(t.shop, minlength=shops) + prior)


def median(t: Table, shops: int) -> np.ndarray:
    order = np.lexsort((t.stars, t.shop))
    counts = np.bincount(t.shop, minlength=shops)
    first = np.cumsum(counts) - counts
    ranked = np.append(t.stars[order], np.nan)
    low = np.minimum(first + np.maximum(counts - 1, 0) // 2, len(ranked) - 1)
    high = np.minimum(first + counts // 2, len(ranked) - 1)
    return np.where(counts, (ranked[low] + ranked[high]) / 2, t.stars.mean())


def ours(t: Table, shops: int) -> np.ndarray:
    found = scores(t.rater, t.shop, t.stars, t.share)
    made = np.full(shops, found.mean)
    made[found.shop] = found.score
    return made


def rev2(t: Table, shops: int, rounds: int = 50) -> np.ndarray:
    """REV2 (Kumar et al., WSDM 2018) on ratings alone: goodness of subjects, reliability of ratings, fairness of raters in turns, the
    smoothing and weights of its paper all 1; a goodness of -1 to 1 is spread over one to five stars."""
    given, count, raters = (t.stars - 3) / 2, np.bincount(t.shop, minlength=shops), int(t.rater.max()) + 1
    wrote = np.bincount(t.rater, minlength=raters)
    fair, reliable, usual = np.ones(raters), np.ones(len(given)), float(given.mean())
    good = np.zeros(shops)
    for _ in range(rounds):
        before = good
        good = (np.bincount(t.shop, reliable * given, shops) + usual) / (count + 1)
        reliable = (fair[t.rater] + 1 - np.abs(given - good[t.shop]) / 2) / 2
        fair = (np.bincount(t.rater, reliable, raters) + reliable.mean()) / (wrote + 1)
        if np.abs(good - before).max() < 1e-6:
            break
    return 3 + 2 * good


METHODS = {"mean": mean, "Bayesian mean": bayesian, "median": median, "REV2": rev2, "ours": ours}


def attacked(t: Table, shops: int, volume: float, attack: str, seed: int) -> tuple[Table, np.ndarray]:
    """The ratings with the ring's, and its targets."""
    rng = np.random.default_rng([seed, 7])
    counts, usual = np.bincount(t.shop, minlength=shops), mean(t, shops)
    worth = np.flatnonzero(counts >= 10)
    targets = rng.choice(worth, max(5, len(worth) // 20), replace=False)
    need = np.maximum(1, np.rint(counts[targets] * volume).astype(int))
    crew = int(need.max())
    pairs = [(rng.choice(crew, n, replace=False), np.full(n, shop)) for shop, n in zip(targets, need, strict=True)]
    who, at = (np.concatenate(side) for side in zip(*pairs, strict=True))
    stars = np.where(usual[at] > 3, 1.0, 5.0)
    if attack != "new":
        other = rng.choice(worth, len(who))
        stars = np.append(stars, np.clip(np.rint(usual[other]), 1, 5))
        who, at = np.append(who, who), np.append(at, other)
    share = np.append(np.ones(len(t.rater)), np.full(len(who), FOUND if attack == "found" else 1.0))
    made = Table(np.append(t.rater, t.rater.max() + 1 + who), np.append(t.shop, at), np.append(t.stars, stars), share)
    return made, targets


def held_out(t: Table, shops: int, seed: int) -> dict[str, tuple[float, float]]:
    """On a fifth of the ratings that no method saw: RMSE in stars, and how much too kind scores are to the worst tenth of the subjects
    (ten ratings or more; by their mean in what was seen)."""
    away = np.random.default_rng([seed, 8]).random(len(t.rater)) < 0.2
    seen = Table(t.rater[~away], t.shop[~away], t.stars[~away])
    known = away & (np.bincount(seen.shop, minlength=shops)[t.shop] > 0)
    plain, enough = mean(seen, shops), np.bincount(seen.shop, minlength=shops) >= 10
    worst = known & enough[t.shop] & (plain[t.shop] <= np.quantile(plain[enough], 0.1))
    said = {}
    for name, method in METHODS.items():
        off = method(seen, shops)[t.shop] - t.stars
        said[name] = (float(np.sqrt(np.mean(off[known] ** 2))), float(off[worst].mean()))
    return said


def read(path: Path) -> Table:
    """A file of ratings."""
    rows = np.loadtxt(path, delimiter=",", usecols=(0, 1, 2))
    stars = rows[:, 2]
    if stars.min() < 0:
        stars = 3 + stars / 5
    return Table(np.unique(rows[:, 0], return_inverse=True)[1], np.unique(rows[:, 1], return_inverse=True)[1], stars)


def city(seed: int, size: str = "M") -> Table:
    """The buyers' reviews of a city without fraud."""
    import duckdb

    from chengxin import city as made_up
    from chengxin.city.sizes import Recipe

    with TemporaryDirectory() as folder:
        written = made_up.write(Path(folder), recipe=Recipe.of(size, seed=seed, prevalence=0.0))
        rows = duckdb.sql(
            f"SELECT rater, shop_id AS shop, stars FROM read_parquet('{written.folder}/reports/*/*/review.parquet', filename = true)"
            " WHERE coalesce(rater_role, 'buyer') = 'buyer'"
        ).fetchnumpy()
    codes = [np.unique(np.asarray(rows[name]).astype(str), return_inverse=True)[1] for name in ("rater", "shop")]
    return Table(codes[0], codes[1], np.asarray(rows["stars"], float))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    if given.ratings and not given.ratings.exists():
        print(f"{given.ratings} is absent; leave it out to rate a generated city")
        return 1
    tables = {seed: read(given.ratings) if given.ratings else city(seed) for seed in given.seeds}
    one = tables[given.seeds[0]]
    print(f"{given.ratings.name if given.ratings else 'generated city M'}: {len(one.rater)} ratings, seeds {given.seeds}\n")
    heads = [f"{attack} {volume:.0%}" for attack in ATTACKS for volume in VOLUMES]
    print(f"| mean shift in stars | {' | '.join(heads)} | held-out RMSE | too kind to the worst tenth |\n|---|{'--:|' * (len(heads) + 2)}")
    for name, method in METHODS.items():
        shifts = [np.mean([_shift(t, method, v, a, seed) for seed, t in tables.items()]) for a in ATTACKS for v in VOLUMES]
        rmse, kind = np.mean([held_out(t, int(t.shop.max()) + 1, seed)[name] for seed, t in tables.items()], axis=0)
        print(f"| {name} | {' | '.join(f'{one:.2f}' for one in shifts)} | {rmse:.4f} | {kind:+.2f} |", flush=True)
    return 0


def _shift(t: Table, method, volume: float, attack: str, seed: int) -> float:
    """Mean distance of the targets' scores from what the same method says without the attack."""
    shops = int(t.shop.max()) + 1
    made, targets = attacked(t, shops, volume, attack, seed)
    return float(np.abs(method(made, shops) - method(t, shops))[targets].mean())


if __name__ == "__main__":
    sys.exit(main())
