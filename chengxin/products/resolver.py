"""The resolver of GS1 Digital Link addresses: which links a code has, which one an asker gets (GS1-Conformant Resolver Standard 1.1).

Kinds of link are those of the GS1 web vocabulary. Every product has links of the house's own (its life line); its owner may add or
replace them. Compressed addresses are not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from chengxin.products.gs1 import Code
from chengxin.products.models import Product, ProductLink

VOCABULARY = "https://gs1.org/voc/"
PIP, TRACEABILITY, RECALL, CERTIFICATION, RETAILERS = ("pip", "traceability", "recallStatus", "certificationInfo", "hasRetailers")
RELATIONS = {
    PIP: {"zh": "产品信息", "en": "Product information"},
    TRACEABILITY: {"zh": "追溯信息", "en": "Traceability"},
    RECALL: {"zh": "召回情况", "en": "Recall status"},
    CERTIFICATION: {"zh": "检验与证明", "en": "Certificates"},
    RETAILERS: {"zh": "经营者", "en": "Who sells it"},
}
PARTS = {TRACEABILITY: "#route", RECALL: "#recalls", CERTIFICATION: "#certificates", RETAILERS: "#shop"}
LINKSETS = ("all", "linkset")
LINKSET = "application/linkset+json"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Link:
    """One link. relation: without its prefix; language: zh or en."""

    relation: str
    language: str
    target: str
    title: str


def life_line(code: Code) -> str:
    """The page that the codes open, on this server."""
    return settings.PUBLIC_ORIGIN.rstrip("/") + reverse("publicity:life_line", args=[code.path.strip("/")])


def address(code: Code) -> str:
    """What is printed as a QR code."""
    return settings.PUBLIC_ORIGIN.rstrip("/") + code.path


def links(code: Code, product: Product) -> list[Link]:
    """All links of a code: the owner's newest of each kind and language before the house's own."""
    page = life_line(code)
    own = _newest(product)
    found = []
    for relation, names in RELATIONS.items():
        for language in LANGUAGES:
            set_ = own.get((relation, language))
            if set_ and set_.target:
                found.append(Link(relation, language, set_.target, set_.title or names[language]))
            else:
                found.append(Link(relation, language, f"{page}?lang={language}{PARTS.get(relation, '')}", names[language]))
    return found


def _newest(product: Product) -> dict[tuple[str, str], ProductLink]:
    newest: dict[tuple[str, str], ProductLink] = {}
    for one in product.links.order_by("version"):
        newest[one.relation, one.language] = one
    return newest


def pick(found: Sequence[Link], relation: str, accept_language: str) -> Link | None:
    """The link of a kind that fits the asker's languages best; the first language here is Chinese. None for a kind there is not."""
    wanted = [one for one in found if one.relation == (relation or PIP)]
    for language in preferred(accept_language):
        for one in wanted:
            if one.language == language:
                return one
    return wanted[0] if wanted else None


def preferred(accept_language: str) -> list[str]:
    """Languages of an Accept-Language header, the best first, as zh or en; others are left out (RFC 9110, 12.5.4)."""
    weighed = []
    for place, part in enumerate(accept_language.split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if quality > 0 and name[:2].lower() in LANGUAGES:
            weighed.append((-quality, place, name[:2].lower()))
    return [language for _quality, _place, language in sorted(weighed)]


def relation_of(link_type: str) -> str:
    """`gs1:pip`, the whole address or the bare word → the bare word; empty for none asked."""
    return link_type.removeprefix("gs1:").removeprefix(VOCABULARY)


def linkset(code: Code, product: Product, found: Sequence[Link]) -> dict[str, Any]:
    """All links as a link set (RFC 9264), with the default link."""
    context: dict[str, Any] = {"anchor": address(code), "itemDescription": product.name}
    default = pick(found, PIP, "zh")
    if default:
        context[f"{VOCABULARY}defaultLink"] = [{"href": default.target, "title": default.title}]
    for one in found:
        line = {"href": one.target, "title": one.title, "hreflang": [one.language], "type": "text/html"}
        context.setdefault(f"{VOCABULARY}{one.relation}", []).append(line)
    return {"linkset": [context]}


def description() -> dict[str, Any]:
    """The resolver description file, /.well-known/gs1resolver."""
    return {
        "name": "诚信 Chengxin",
        "resolverRoot": settings.PUBLIC_ORIGIN.rstrip("/"),
        "supportedPrimaryKeys": ["01"],
        "supportedLinkType": [
            {"namespace": VOCABULARY, "prefix": "gs1:", "linkTypes": [f"gs1:{name}" for name in RELATIONS]},
        ],
        "linkTypeDefaultCanBeLinkset": False,
        "supportsCompression": False,
    }
