"""The ways a typical case is carried on, all made when asked for: poster as PDF and SVG with a QR code, Atom feed, plain text. Nothing is
posted anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.conf import settings

from chengxin.campaigns.models import Story
from chengxin.campaigns.models.stories import BAD
from chengxin.documents import official
from chengxin.kernel import clock, paper
from chengxin.records.queries import line

POSTER = Path(__file__).with_name("poster.typ")
NAMES = {"GOOD": "诚信典型", "BAD": "失信典型"}
ATOM = "http://www.w3.org/2005/Atom"


def address(story: Story) -> str:
    """Where anybody reads it, as printed in the QR code: an old poster leads to a page that says what holds today."""
    return f"{settings.PUBLIC_ORIGIN}{story.public_url}"


def ground(story: Story) -> dict[str, Any]:
    """What a story rests on: the decision with the last day of its publicity, or the consent."""
    if story.kind != BAD or story.record is None:
        return {"consented": story.consent_at}
    return {"record": story.record, "until": line(story.record).publicity.until}


def _words(story: Story) -> dict[str, Any]:
    until = ground(story).get("until")
    return {
        "kind": NAMES[story.kind],
        "bad": story.kind == BAD,
        "title": story.title,
        "text": story.text,
        "authority": official.authority(story.department, clock.today()),
        "number": story.number,
        "on": clock.city_day(story.published_at).isoformat() if story.published_at else "",
        "until": until.isoformat() if until else "",
    }


def poster_pdf(story: Story) -> bytes:
    """An A4 poster."""
    return paper.set_pdf(POSTER, _words(story), address(story), clock.now())


def poster_svg(story: Story) -> bytes:
    """The same as one SVG picture."""
    return paper.set_svg(POSTER, _words(story), address(story))


def plain_text(story: Story) -> str:
    """Text for an article: title, body, source, address, and until when it may be shown."""
    words = _words(story)
    lines = [f"【{words['kind']}】{words['title']}", "", words["text"], "", f"来源：{words['authority']}", f"原文：{address(story)}"]
    if words["until"]:
        lines.append(f"公示期至 {words['until']}；提前修复或者撤销的，以原文页面为准，请及时撤下。")
    return "\n".join(lines) + "\n"


def atom(stories: Iterable[Story]) -> bytes:
    """The feed; an entry that is gone from it is public no longer."""
    rows = list(stories)
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-Hans"})
    home = f"{settings.PUBLIC_ORIGIN}/stories/"
    newest = max((one.published_at for one in rows if one.published_at), default=None)
    _add(root, "id", home)
    _add(root, "title", "诚信典型与失信典型")
    _add(root, "updated", (newest or clock.now()).isoformat(timespec="seconds"))
    ElementTree.SubElement(root, "link", {"rel": "self", "href": f"{home}feed/"})
    for one in rows:
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, "id", address(one))
        _add(entry, "title", f"{NAMES[one.kind]}：{one.title}")
        _add(entry, "updated", one.published_at.isoformat(timespec="seconds") if one.published_at else "")
        _add(ElementTree.SubElement(entry, "author"), "name", official.authority(one.department, clock.today()))
        ElementTree.SubElement(entry, "link", {"href": address(one)})
        _add(entry, "content", one.text)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text
