"""A capture as the child process makes it, without a network."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.evidence import actions, fetching, manifests
from chengxin.evidence.fetching import Exchange
from chengxin.evidence.models import Exhibit
from chengxin.kernel import clock

URL = "https://shop.example/item/1"
PAGE = """<!doctype html><meta charset="utf-8"><title>山核桃</title><link rel="stylesheet" href="/a.css">
<h1>山核桃 原价198元 今日58元</h1><p>仅此一天</p>"""


def capture(actor: Actor, matter: str, department: str, page: str = PAGE, url: str = URL) -> Exhibit:
    """What `actions.capture` keeps of a page with one style sheet."""
    at = clock.now().isoformat(timespec="microseconds")
    html, css = [("Content-Type", "text/html; charset=utf-8")], [("Content-Type", "text/css")]
    found = [
        Exchange(url, "203.0.113.7", 200, "OK", html, page.encode(), at),
        Exchange("https://shop.example/a.css", "203.0.113.7", 200, "OK", css, b"h1{color:#b00020} p{font-size:20px}", at),
        Exchange("https://shop.example/lost.png", "203.0.113.7", at=at, error="time"),
    ]
    made = {"warc": fetching._warc(found), "records": [fetching._record(one) for one in found]}
    about = {"url": url, "began_at": at, "ended_at": at, "how": "网页取证（WARC）"}
    title, manifest = f"网页取证 {url}", manifests.chained(made["records"])
    return actions._keep(actor, matter, department, actions.ELECTRONIC, title, made["warc"], actions.WARC, about, manifest)
