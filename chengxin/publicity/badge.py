"""The badge of a shop's page: whether its identity is current, when it was made, and when to look again. No cookie, no script needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.html import format_html
from django.utils.translation import gettext as _

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.subjects.models import Shop
from chengxin.subjects.models.shops import DRAFT, EXITED, SEEN, SUBMITTED
from chengxin.subjects.queries import PublicShop, public_shop

GREEN, AMBER, GREY = "#0b6b3a", "#8a5a00", "#5b6470"
WIDTH, HEIGHT, NAME = 260, 68, 16


@dataclass(frozen=True)
class Badge:
    """What a badge says. `stale_at`: from then on it says that it is to be looked at again."""

    shop: PublicShop
    subject: str
    made_at: datetime
    stale_at: datetime

    @property
    def said(self) -> str:
        return _("Identity current") if self.shop.current else _("Identity check lapsed")

    @property
    def seconds(self) -> int:
        return int((self.stale_at - self.made_at).total_seconds())


def of(shop_id: UUID) -> Badge:
    """The badge of a shop, of this moment. Raises NotFound for a shop that is not shown in public."""
    found = Shop.objects.filter(pk=shop_id, subject__isnull=False).exclude(state__in=(SEEN, DRAFT, SUBMITTED, EXITED))
    shop = found.select_related("platform", "subject").prefetch_related("declarations").first()
    if shop is None:
        raise NotFound
    now = clock.now()
    until = now + timedelta(hours=int(law.at(clock.today()).value("public_badge_hours")))
    return Badge(public_shop(shop), str(shop.subject_id), now, until)


def svg(one: Badge) -> str:
    """The badge as a picture. It covers itself when its hours are over (SMIL, which pictures may run), and a saved copy names its day."""
    colour = GREEN if one.shop.current else AMBER
    name = one.shop.name if len(one.shop.name) <= NAME else one.shop.name[: NAME - 1] + "…"
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img"'
        ' aria-label="{name}: {said}, {at}">'
        '<rect x="1" y="1" width="258" height="66" rx="6" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
        '<g font-family="Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif">'
        '<text x="14" y="23" font-size="15" font-weight="600" fill="{colour}">{said}</text>'
        '<text x="14" y="41" font-size="12" fill="#1c2530">{name}</text>'
        '<text x="14" y="58" font-size="11" fill="{grey}">{at} · {again}</text>'
        '<g visibility="hidden"><set attributeName="visibility" to="visible" begin="{seconds}s" fill="freeze"/>'
        '<rect width="{w}" height="{h}" rx="6" fill="{grey}"/>'
        '<text x="14" y="40" font-size="15" fill="#ffffff">{stale}</text></g></g></svg>',
        w=WIDTH,
        h=HEIGHT,
        name=name,
        said=one.said,
        colour=colour,
        grey=GREY,
        at=_minute(one.made_at),
        again=_("check again after %s") % _minute(one.stale_at),
        seconds=one.seconds,
        stale=_("Out of date: check again"),
    )


def _minute(at: datetime) -> str:
    return at.astimezone(clock.CITY).strftime("%m-%d %H:%M")
