"""Is this shop, link or name real? Registered, not registered, reported as an imitation, or looking like another; each with its reasons.

Nothing here says that somebody is a cheat: what looks alike is said to look alike, and only an officer's decision says imitation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from chengxin.kernel import clock
from chengxin.marks import queries
from chengxin.marks.lookalike import Known, Likeness, host_of
from chengxin.marks.models import ImitationReport, Mark
from chengxin.marks.verify_mark import host_of as wire_host
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.models.shops import DRAFT, EXITED, REJECTED, SEEN, SUBMITTED
from chengxin.subjects.queries import search_shops
from chengxin.subjects.queries.card import is_current
from chengxin.subjects.queries.search import find_by_link

REGISTERED, NOT_REGISTERED, REPORTED, LOOK_ALIKE = VERDICTS = ("registered", "not_registered", "reported", "look_alike")
NOT_ON_REGISTER = (SEEN, DRAFT, SUBMITTED, REJECTED, EXITED)
MOST_SHOPS = 5
LONGEST = 500
HOW = {
    "characters": {
        "zh": "与“{of}”只差形近字、异体字或者外形相同的字母",
        "en": "differs from “{of}” only by look-alike characters",
    },
    "one_edit": {"zh": "与“{of}”只差一个字符", "en": "is one character away from “{of}”"},
    "inside": {"zh": "域名中夹带“{of}”的名称", "en": "has the name of “{of}” as a part"},
    "subdomain": {"zh": "把“{of}”放在别人域名的前面", "en": "puts “{of}” in front of somebody else's domain"},
    "other_ending": {"zh": "与“{of}”同名但后缀不同", "en": "is “{of}” under another ending"},
}


@dataclass(frozen=True)
class Found:
    """The verdict on a link or name. reasons: {"zh", "en"}; shops: registered shops that fit; report: the confirmed imitation."""

    asked: str
    verdict: str
    reasons: list[dict[str, str]]
    shops: list[Shop] = field(default_factory=list)
    alike: list[Likeness] = field(default_factory=list)
    report: ImitationReport | None = None
    marks: list[Any] = field(default_factory=list)


def check(text: str) -> Found:
    """The verdict on what somebody pasted: a link, a host, or a name."""
    text = text.strip()[:LONGEST]
    host = wire_host(text) if "." in text and " " not in text else ""
    confirmed = _confirmed(host or text)
    if confirmed:
        passes_for = confirmed.imitated.name if confirmed.imitated else confirmed.original
        return Found(text, REPORTED, [_said("经核实为仿冒“{0}”", "Confirmed as an imitation of “{0}”", passes_for)], report=confirmed)
    if not host:
        return _of_name(text)
    found = _of_host(text, host)
    if "xn--" in host:  # what the eye takes for a letter is another one: show how it goes over the wire
        said = ("地址中含有外形相近的非英文字母，实际域名是 {0}", "Not all its letters are plain ones; its real host is {0}")
        found.reasons.append(_said(*said, host))
    return found


def _confirmed(target: str) -> ImitationReport | None:
    """A confirmed imitation on the host itself, on one above it, or of this very name."""
    parts = target.split(".")
    wanted = {".".join(parts[place:]) for place in range(len(parts) - 1)} | {target}
    return queries.public_imitations().filter(target__in=wanted).first()


def _of_host(text: str, host: str) -> Found:
    marks = [queries.standing(one) for one in queries.with_state(Mark.objects.filter(host=host).select_related("shop", "request"))]
    good = [one for one in marks if one.good]
    shop = find_by_link(text)
    if good:
        reasons = [_said("该网站持有现行有效的可信标识 {0}", "The site holds a trusted mark in force: {0}", good[0].mark.serial)]
        return Found(text, REGISTERED, reasons, [one.mark.shop for one in good], marks=good)
    if shop is not None and shop.state not in NOT_ON_REGISTER:
        return Found(text, REGISTERED, [_registered(shop)], [shop], marks=marks)
    alike = known().host(text)
    if alike:
        return Found(text, LOOK_ALIKE, [_like(one) for one in alike], alike=alike)
    return Found(text, NOT_REGISTERED, [_not_on_register(host)])


def _not_on_register(host: str) -> dict[str, str]:
    if host_of(host) in known().hosts:
        return _said(
            "“{0}”是已登记的网站或平台，但该网址下没有已登记的店铺",
            "“{0}” is a registered site or platform, but no registered shop stands at this address",
            host,
        )
    return _said("登记中没有该网址", "The register has no shop at this address")


def _of_name(text: str) -> Found:
    shops = [one for one in search_shops(text).select_related("platform", "subject")[:50] if one.state not in NOT_ON_REGISTER]
    same = [one for one in shops if text in (one.name, one.shop_id) or (one.subject and text in (one.subject.name, one.subject.uscc))]
    if same:
        return Found(text, REGISTERED, [_registered(one) for one in same[:MOST_SHOPS]], same[:MOST_SHOPS])
    alike = known().name(text)
    if alike:
        return Found(text, LOOK_ALIKE, [_like(one) for one in alike], alike=alike)
    reasons = [_said("登记中没有这个名称的店铺", "The register has no shop of this name")]
    if shops:
        reasons.append(_said("名称中含有该文字的店铺见下", "Shops whose names hold these words are listed below"))
    return Found(text, NOT_REGISTERED, reasons, shops[:MOST_SHOPS])


def _registered(shop: Shop) -> dict[str, str]:
    if is_current(shop, clock.today()):
        return _said("“{0}”已登记，身份在核验有效期内", "“{0}” is registered and its identity is current", str(shop))
    return _said("“{0}”已登记，但身份核验已过期或者未完成", "“{0}” is registered, but its identity is not current", str(shop))


def _like(one: Likeness) -> dict[str, str]:
    return {lang: text.format(of=one.of) for lang, text in HOW[one.how].items()}


def _said(zh: str, en: str, *parts: str) -> dict[str, str]:
    return {"zh": zh.format(*parts), "en": en.format(*parts)}


def known() -> Known:
    """All names and hosts of the register, indexed; built anew when a shop, platform or mark came or changed."""
    shops = Shop.objects.exclude(state__in=NOT_ON_REGISTER).aggregate(n=Count("pk"), at=Max("updated_at"))
    return _known(shops["n"], str(shops["at"]), Platform.objects.count(), Mark.objects.count())


@lru_cache(maxsize=1)
def _known(*version: Any) -> Known:
    shops = Shop.objects.exclude(state__in=NOT_ON_REGISTER)
    platforms = list(Platform.objects.values_list("name", "url"))
    names = {name for name in shops.values_list("name", flat=True) if name} | {name for name, _ in platforms if name}
    hosts = {url for url in shops.exclude(url="").values_list("url", flat=True)} | {url for _, url in platforms if url}
    return Known.of(names, hosts | set(Mark.objects.values_list("host", flat=True)))
