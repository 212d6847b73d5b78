"""The ring: accounts on the left, shops on the right, how often they traded between them. Legible at 200 × 200 by grouping."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log1p, sqrt
from typing import Any

from django.utils.translation import gettext as _

from chengxin.supervision.pictures.svg import ACCENT, INK, USUAL, Canvas, Picture, short

Row = Mapping[str, Any]

MOST = 12  # nodes a side: more and the lines can no longer be followed
SHARING = 6  # groups that share a device or an address, before the rest is grouped by breadth
BREADTH = ((50, "50+"), (20, "20–49"), (10, "10–19"), (5, "5–9"), (2, "2–4"), (1, "1"))


def freeze(rows: Iterable[Row], left: str, accounts: Sequence[int] = ()) -> dict[str, Any]:
    """Group edges (row[left], row["shop"]) into at most about a dozen nodes a side.

    {"left": [{"how", "n", "tail"}], "right": [{"token"} or {"platform", "n"}], "links": [[left, right, times]], "totals": [accounts, shops,
    times]}; empty when there is nothing to join.
    """
    wanted, kept = set(accounts), [row for row in rows if row.get(left) and row.get("shop")]
    if wanted & {int(row[left]) for row in kept}:
        kept = [row for row in kept if int(row[left]) in wanted]
    edges = Counter((int(row[left]), int(row["shop"])) for row in kept)
    if len({account for account, _shop in edges}) * len({shop for _account, shop in edges}) < 2:
        return {}  # one line is not a picture
    lefts, rights = _lefts(edges, kept, left), _rights(edges, kept)
    links: Counter[tuple[int, int]] = Counter()
    for (account, shop), times in edges.items():
        links[lefts[1][account], rights[1][shop]] += times
    return {
        "kind": left,
        "left": lefts[0],
        "right": rights[0],
        "links": [[a, s, times] for (a, s), times in sorted(links.items())],
        "totals": [len(lefts[1]), len(rights[1]), sum(edges.values())],
    }


Grouped = tuple[list[dict[str, Any]], dict[int, int]]


def _lefts(edges: Counter[tuple[int, int]], rows: Sequence[Row], left: str) -> Grouped:
    """Accounts alone when few; else those that share a device or an address together, and the rest by in how many shops they bought."""
    breadth: dict[int, set[int]] = defaultdict(set)
    for account, shop in edges:
        breadth[account].add(shop)
    groups: list[tuple[dict[str, Any], list[int]]] = []
    if len(breadth) <= MOST:
        groups = [({"how": "one", "tail": account, "shops": len(shops)}, [account]) for account, shops in breadth.items()]
    else:
        groups, rest = _sharing(rows, left, set(breadth))
        for least, name in BREADTH:
            some = [account for account in rest if len(breadth[account]) >= least]
            rest -= set(some)
            if some:
                groups.append(({"how": "breadth", "shops": name}, some))
    groups.sort(key=lambda one: (-len(one[1]), min(one[1])))
    return [{**about, "n": len(some)} for about, some in groups], {
        each: place for place, (_about, some) in enumerate(groups) for each in some
    }


def _sharing(rows: Sequence[Row], left: str, accounts: set[int]) -> tuple[list[tuple[dict[str, Any], list[int]]], set[int]]:
    groups: list[tuple[dict[str, Any], list[int]]] = []
    rest = set(accounts)
    for what in ("device", "address"):
        users: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            if row.get(what) and int(row[left]) in rest:
                users[int(row[what])].add(int(row[left]))
        for token, some in sorted(users.items(), key=lambda item: (-len(item[1]), item[0])):
            mine = some & rest
            if len(mine) > 1 and len(groups) < SHARING:
                groups.append(({"how": what, "tail": token}, sorted(mine)))
                rest -= mine
    return groups, rest


def _rights(edges: Counter[tuple[int, int]], rows: Sequence[Row]) -> Grouped:
    """Shops alone when few; else the busiest alone and the rest by platform."""
    busy: Counter[int] = Counter()
    for (_account, shop), times in edges.items():
        busy[shop] += times
    platform = {int(row["shop"]): str(row.get("platform", "")) for row in rows}
    order = sorted(busy, key=lambda shop: (-busy[shop], shop))
    alone = order if len(order) <= MOST else order[: MOST - 4]
    nodes: list[dict[str, Any]] = [{"token": shop, "n": 1} for shop in alone]
    home = {shop: place for place, shop in enumerate(alone)}
    others: dict[str, list[int]] = defaultdict(list)
    for shop in order[len(alone) :]:
        others[platform[shop]].append(shop)
    for name, some in sorted(others.items(), key=lambda item: -len(item[1])):
        home.update(dict.fromkeys(some, len(nodes)))
        nodes.append({"platform": name, "n": len(some)})
    return nodes, home


def draw(frozen: Mapping[str, Any], shops: Mapping[int, str], platforms: Mapping[str, str]) -> Picture | None:
    """The frozen ring with names. None when nothing was frozen."""
    if not frozen:
        return None
    left = [(_left_name(one, frozen["kind"]), int(one["n"])) for one in frozen["left"]]
    right = [(_right_name(one, shops, platforms), int(one["n"])) for one in frozen["right"]]
    accounts, count, times = frozen["totals"]
    words = {"accounts": accounts, "shops": count, "times": times}
    caption = _caption(frozen["kind"]) % words
    rows = [[left[a][0], right[s][0], n] for a, s, n in sorted(frozen["links"], key=lambda link: -link[2])]
    heads = [_("Senders") if frozen["kind"] == "sender" else _("Accounts"), _("Shops"), _("Times")]
    return Picture(_("Who traded with whom"), caption, _svg(left, right, frozen["links"], caption), heads, rows)


def _caption(kind: str) -> str:
    if kind == "sender":
        return _("%(accounts)d sender addresses, %(shops)d shops, %(times)d parcels in evidence.")
    return _("%(accounts)d accounts, %(shops)d shops, %(times)d orders in evidence. Thicker lines: more orders.")


def _left_name(one: Mapping[str, Any], kind: str) -> str:
    n, tail = int(one["n"]), pseudonym(one.get("tail", 0))
    if one["how"] == "one":
        return (_("Sender %s") if kind == "sender" else _("Account %s")) % tail
    if one["how"] == "device":
        return _("%(n)d accounts on device %(tail)s") % {"n": n, "tail": tail}
    if one["how"] == "address":
        return _("%(n)d accounts at address %(tail)s") % {"n": n, "tail": tail}
    return _("%(n)d accounts, each in %(shops)s shops") % {"n": n, "shops": one["shops"]}


def _right_name(one: Mapping[str, Any], shops: Mapping[int, str], platforms: Mapping[str, str]) -> str:
    if "token" in one:
        return shops.get(int(one["token"])) or _("Unregistered shop %s") % pseudonym(one["token"])
    name = platforms.get(str(one["platform"]), str(one["platform"]))
    return _("%(n)d more shops on %(platform)s") % {"n": one["n"], "platform": name}


def pseudonym(token: int) -> str:
    """The four characters by which a reader tells pseudonyms apart; they lead back to nobody."""
    return f"{int(token) & 0xFFFF:04X}"


def _svg(left: Sequence[tuple[str, int]], right: Sequence[tuple[str, int]], links: Sequence[Sequence[int]], label: str) -> Any:
    step, top = 32, 26
    height = top * 2 + step * (max(len(left), len(right)) - 1) + 8
    canvas = Canvas(760, height, label)
    ys = [_column(len(side), step, top, height) for side in (left, right)]
    most = max((n for _a, _s, n in links), default=1)
    for a, s, n in sorted(links, key=lambda link: link[2]):
        y1, y2 = ys[0][a], ys[1][s]
        share = log1p(n) / log1p(most)
        tip = f"{left[a][0]} – {right[s][0]}: {n}"
        path = f"M270 {y1:.1f} C 350 {y1:.1f}, 410 {y2:.1f}, 490 {y2:.1f}"
        canvas.tipped(
            "path", tip, d=path, fill="none", stroke=ACCENT, stroke_width=0.8 + 5 * share**2, stroke_opacity=round(0.14 + 0.5 * share, 2)
        )
    for place, (name, n) in enumerate(left):
        canvas.add("circle", cx=270, cy=ys[0][place], r=_radius(n), fill="#fff", stroke=INK, stroke_width=1.75)
        canvas.text(254, ys[0][place] + 4, short(name, 34), text_anchor="end")
    for place, (name, n) in enumerate(right):
        side = 2 * _radius(n)
        canvas.add("rect", x=490 - side / 2, y=ys[1][place] - side / 2, width=side, height=side, rx=2.5, fill=ACCENT if n == 1 else USUAL)
        canvas.text(506, ys[1][place] + 4, short(name, 36))
    return canvas.done()


def _column(n: int, step: float, top: float, height: float) -> list[float]:
    start = (height - step * (n - 1)) / 2
    return [max(start, top) + step * place for place in range(n)]


def _radius(n: int) -> float:
    return min(5 + sqrt(n - 1), 12)
