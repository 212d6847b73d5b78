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
    about = found.picture.get("about", [])
    who = _about(about[0]) if about else _shops(str(first) if first else "", len(found.shops))
    if behaviour.victim == "shop":
        zh, en = f"疑似遭受{behaviour.zh}：{who['zh']}", f"Suspected {_lower(behaviour.en)}, suffered by {who['en']}"
    else:
        zh, en = f"疑似{behaviour.zh}：{who['zh']}", f"Suspected {_lower(behaviour.en)}: {who['en']}"
    return {"zh": zh[:300], "en": en[:300]}


def _shops(name: str, count: int) -> dict[str, str]:
    """One shop by its name, several by the first's."""
    if count < 2:
        return {"zh": name or "未登记店铺", "en": name or "a shop that is not registered"}
    if not name:
        return {"zh": f"{count} 家店铺", "en": f"{count} shops"}
    return {"zh": f"{name}等 {count} 家店铺", "en": f"{name} and {count - 1} more shops"}


def _about(one: Mapping[str, str]) -> dict[str, str]:
    """An outlet of a courier firm by its code, or a platform by its own."""
    if one["kind"] == "outlet":
        return {"zh": f"快递企业 {one['of']} 网点 {one['name']}", "en": f"outlet {one['name']} of courier firm {one['of']}"}
    return {"zh": f"平台 {one['name']}", "en": f"platform {one['name']}"}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
