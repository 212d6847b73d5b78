"""Complaints that are alike are shown, and that is all: they are grouped by their words, and nothing that decides anything learns of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import chengxin
from chengxin.city import review_texts
from chengxin.detection import alike as module
from chengxin.detection.alike import Alike, alike
from chengxin.kernel import clock

pytestmark = pytest.mark.one_database
ROOT = Path(chengxin.__file__).parent
TEMPLATE = (
    "本人于{day}在贵店购买食品{n}件，收到后发现标签未标注生产许可证编号，违反食品安全法第六十七条，现要求退一赔十共计{n}000元，七日内答复。"
)
OTHER_WORDS = "收货买家看到包装查不到厂家执照号觉得不合规希望退款另付赔偿请尽快回复谢谢平台客服处理此事"


def lake_of(texts: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """A lake in which nobody complained: the column is not even there."""
    lake = duckdb.connect()
    lake.execute("""CREATE TABLE complaint (fact BIGINT, platform VARCHAR, complaint_no VARCHAR, shop BIGINT, reason VARCHAR, text VARCHAR,
        filed_at TIMESTAMPTZ)""")
    start = datetime(2026, 6, 1, tzinfo=clock.CITY)
    rows = [[n, f"mall-{n % 2}", f"C{n}", n % 5, "quality", text, start + timedelta(hours=n)] for n, text in enumerate(texts)]
    lake.executemany("INSERT INTO complaint VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    return lake


def filled(n: int) -> list[str]:
    return [TEMPLATE.format(day=f"{1 + i % 12}月{1 + i % 28}日", n=1 + i % 9) for i in range(n)]


def reworded(n: int, share: float) -> list[str]:
    """The template with a run of its characters, this share of them, in somebody's own words."""
    rng, made = np.random.default_rng(5), []
    for text in filled(n):
        length = round(share * len(text))
        begin = int(rng.integers(0, len(text) - length + 1))
        own = "".join(rng.choice(list(OTHER_WORDS), length))
        made.append(text[:begin] + own + text[begin + length :])
    return made


def honest(n: int) -> list[str]:
    """What the fictional city's people say of faulty goods: the same few faults of the same goods, each in own words."""
    rng = np.random.default_rng(6)
    return [str(text) for text in review_texts.write(rng, np.ones(n, np.int64), rng.integers(0, 10, n)).to_pylist()]


def test_a_template_with_other_names_and_sums_is_one_group() -> None:
    groups = alike(lake_of([*filled(40), *honest(400)]))
    assert [(one.n, one.shops, one.platforms, one.reason) for one in groups] == [(40, 5, 2, "quality")]
    assert groups[0].complaints[:2] == ("mall-0 C0", "mall-1 C1") and groups[0].wording in filled(40)


@pytest.mark.parametrize(("share", "least"), [(0.0, 1.0), (0.1, 0.95), (0.2, 0.8)])
def test_reworded_templates_are_still_found(share: float, least: float) -> None:
    found = alike(lake_of([*reworded(60, share), *honest(400)]))
    assert sum(one.n for one in found) >= least * 60
    assert all("许可证" in one.wording or "食品" in one.wording for one in found), "nobody's own words are in a group"


def test_a_template_sent_a_thousand_times_is_no_common_phrase() -> None:
    assert [one.n for one in alike(lake_of([TEMPLATE] * 1000 + honest(50)))] == [1000]


def test_short_words_and_pairs_make_no_group() -> None:
    assert alike(lake_of(["没收到货"] * 30 + [TEMPLATE, TEMPLATE] + honest(30))) == []


def test_the_same_complaints_in_another_order_give_the_same_groups() -> None:
    lake = lake_of([*reworded(30, 0.1), *honest(60)])
    before = alike(lake)
    lake.execute("CREATE OR REPLACE TABLE complaint AS SELECT * FROM complaint ORDER BY hash(complaint_no)")
    assert alike(lake) == before


# -- and nothing else comes of it -----------------------------------------------------------------------------------------------


def importers(sources: Iterable[tuple[str, str]]) -> set[str]:
    """Modules (name, source) that take anything from `chengxin.detection.alike`, by whichever way of writing an import or its name."""
    found = set()
    for name, source in sources:
        for node in ast.walk(ast.parse(source)):
            taken: list[str] = []
            if isinstance(node, ast.Import):
                taken = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                taken = [f"{node.module}.{one.name}" for one in node.names] + [node.module or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                taken = [node.value.replace(":", ".")]
            if any(one.startswith("chengxin.detection.alike") and "\n" not in one for one in taken):
                found.add(name)
    return found


def own_sources() -> list[tuple[str, str]]:
    files = [path for path in ROOT.rglob("*.py") if "tests" not in path.parts]
    return [(".".join(path.relative_to(ROOT.parent).with_suffix("").parts), path.read_text(encoding="utf-8")) for path in files]


def test_only_the_page_reads_which_complaints_are_alike() -> None:
    assert importers(own_sources()) == {"chengxin.detection.views"}


@pytest.mark.parametrize(
    "source",
    [
        "from chengxin.detection.alike import alike",
        "from chengxin.detection import alike",
        "import chengxin.detection.alike as a",
        "def late():\n    from chengxin.detection.alike import Alike",
        "ROAD = {'x': ['chengxin.detection.alike:alike']}",
    ],
)
def test_the_check_sees_whoever_reads_it(source: str) -> None:
    assert importers([("chengxin.supervision.actions.opening", source), ("chengxin.kernel.ids", "import uuid")]) == {
        "chengxin.supervision.actions.opening"
    }


def writes(source: str) -> set[str]:
    """What a module's source can write to or send with: names of models, actions, events, and SQL that changes anything."""
    tree = ast.parse(source)
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    found = {name for name in modules if name.split(".")[-1] in ("models", "actions", "events", "tasks") or name.startswith("django")}
    words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    sql = ("INSERT ", "UPDATE ", "DELETE ", "CREATE ", "COPY ", "complainant", "outcome", "closed_at")
    docstrings = {
        ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    return found | {word for text in words if text not in docstrings for word in sql if word in text}


def test_the_grouping_can_write_nothing_and_reads_no_complainant_and_no_outcome() -> None:
    assert writes(Path(module.__file__).read_text(encoding="utf-8")) == set()
    assert {one.name for one in fields(Alike)}.isdisjoint({"complainant", "complainants", "outcome", "score"})


@pytest.mark.parametrize(
    "source", ["from chengxin.detection.models import Run", 'X = "SELECT complainant FROM complaint"', "import django.db"]
)
def test_the_check_sees_a_grouping_that_could(source: str) -> None:
    assert writes(source)


def test_strangers_do_not_see_the_page_and_no_detector_accuses_who_complains(client: Any, db: None) -> None:
    from chengxin.detection.queries import cards

    assert client.get("/officer/runs/alike/").status_code in (302, 403)
    assert all(card.behaviour != "B27" for card in cards()), "no detector accuses whoever complains"
