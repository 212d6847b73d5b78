"""Platforms that fail their duties: only in cities that ask for them, beside the honest disorder of everybody's reports."""

from __future__ import annotations

import json

import pytest

from chengxin import city
from chengxin.city.sizes import ON_PLATFORMS, TYPES
from chengxin.city.tests.conftest import open_lake

pytestmark = pytest.mark.one_database


def test_guilty_platforms_leave_out_more_than_others_and_old_cities_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=60_000, seed=4, prevalence=0.05, levels=(0,), types=ON_PLATFORMS, chunks=1)
    made = city.write(tmp_path_factory.mktemp("duties"), recipe=recipe)
    told = json.loads((made.folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    guilty = [name for one in told for name in one["platforms"]]
    assert len(guilty) == 2 and {one["type"] for one in told} == {"F20"} and not any(one["shops"] for one in told)
    with open_lake(made) as lake:
        rows = lake.execute("""SELECT platform, avg((p.order_no IS NULL OR p.amount_fen <> o.paid_fen)::INT),
            (SELECT avg((closed_at IS NULL)::INT) FROM complaint c WHERE c.platform = o.platform),
            avg((hour(ordered_at AT TIME ZONE 'Asia/Shanghai') < 6)::INT)
            FROM "order" o LEFT JOIN payment p USING (platform, order_no) WHERE o.paid_at IS NOT NULL GROUP BY platform""").fetchall()
    usual = min(night for platform, _, _, night in rows if platform not in guilty)
    for platform, unbooked, still_open, night in rows:
        if platform in guilty:
            assert sum([unbooked > 0.2, (still_open or 0) > 0.4, night < 0.6 * usual]) >= 1, platform


def test_the_gates_city_does_not_ask_for_them() -> None:
    assert set(ON_PLATFORMS).isdisjoint(TYPES)
