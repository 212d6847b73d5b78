"""What a clue is called in the queue: behaviour, shop, how many. It says “suspected”, because nothing is proven."""

from __future__ import annotations

from collections.abc import Mapping

from chengxin.detection.models import FoundRow
from chengxin.law.book import Book
from chengxin.subjects.models import Shop


def of(found: FoundRow, shops: Mapping[int, Shop], book: Book) -> dict[str, str]:
    """The title in both languages."""
    behaviour = book.behaviour(found.behaviour)
    first = next((shops[token] for token in found.shops if token in shops), None)
    name = str(first) if first else ""
    more = len(found.shops)
    if more > 1:
        zh = f"疑似{behaviour.zh}：{name}等 {more} 家店铺" if name else f"疑似{behaviour.zh}：{more} 家店铺"
        en = (
            f"Suspected {_lower(behaviour.en)}: {name} and {more - 1} more shops"
            if name
            else f"Suspected {_lower(behaviour.en)}: {more} shops"
        )
    else:
        zh = f"疑似{behaviour.zh}：{name or '未登记店铺'}"
        en = f"Suspected {_lower(behaviour.en)}: {name or 'a shop that is not registered'}"
    return {"zh": zh[:300], "en": en[:300]}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
