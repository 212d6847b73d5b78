"""Copied texts are found with their changes, and phrases that everybody uses are not taken for copies."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from chengxin.detectors import near_texts
from chengxin.detectors.near_texts import near_pairs

COPY = "收到的菜刀做工粗糙缺了配件客服半天不回退货还要自己出运费说明看不懂"


def _own(number: int, length: int = 34) -> str:
    return "".join(map(chr, np.random.default_rng(number).integers(20000, 40000, length)))


def _found(texts: list[str | None], least: float = 0.4) -> set[tuple[int, int]]:
    pairs = near_pairs(pa.array(texts, pa.string()), least, 12)
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def test_copies_with_changes_are_pairs_and_own_texts_are_not() -> None:
    texts = [_own(1), COPY, _own(2), COPY + "不会再买了", COPY[:20] + COPY[21:], _own(3)]
    assert _found(texts) == {(1, 3), (1, 4), (3, 4)}


def test_likeness_is_near_the_true_one() -> None:
    changed = COPY[:28] + _own(5, 6)
    grams = [{text[i : i + 3] for i in range(len(text) - 2)} for text in (COPY, changed)]
    true = len(grams[0] & grams[1]) / len(grams[0] | grams[1])
    pairs = near_pairs(pa.array([COPY, changed]), 0.0, 12)
    assert len(pairs.left) == 1 and abs(float(pairs.likeness[0]) - true) < 4 * np.sqrt(true * (1 - true) / near_texts.HASHES)


def test_short_empty_and_missing_texts_are_left_out() -> None:
    assert _found(["好评", "好评", "", "", None, None]) == set()
    assert _found([]) == set() and _found([COPY]) == set()


def test_phrases_that_everybody_uses_do_not_count() -> None:
    """Twin below: with the rule off the same texts are all pairs of one another."""
    phrase = "包装得很严实客服回答耐心发货挺快家里人都说好价格合适"
    texts = [phrase + _own(number, 14) for number in range(400)]
    assert _found(texts) == set()


def test_with_the_rule_off_they_would(monkeypatch) -> None:
    monkeypatch.setattr(near_texts, "COMMON_FLOOR", 10_000)
    phrase = "包装得很严实客服回答耐心发货挺快家里人都说好价格合适"
    assert len(_found([phrase + _own(number, 14) for number in range(400)])) > 300


def test_the_same_text_a_thousand_times_costs_a_chain_not_a_square() -> None:
    pairs = near_pairs(pa.array([COPY] * 299), 0.4, 12)
    assert set(np.concatenate([pairs.left, pairs.right]).tolist()) == set(range(299))
    assert len(pairs.left) == 298
