"""The badge: a picture that says what it was checked for and when, and turns stale by itself. No script, no cookie, no style sheet."""

from __future__ import annotations

from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.marks.queries import Standing

GREEN, RED, GREY = "#0b6b3a", "#a32020", "#5b6470"
# The words of a badge for each code; the host and the moment stand below them.
WIDTH, HEIGHT = 236, 64


def svg(standing: Standing, elsewhere: str = "") -> str:
    """The badge as SVG. elsewhere: the host of the page that shows it, when that is another than the mark's.

    After the minutes of a statement a grey cover appears (SMIL, which pictures may run): a page left open shows no old verdict.
    """
    minutes = int(law.at(clock.today()).value("mark_statement_minutes"))
    colour, said = words(standing, elsewhere)
    below = (elsewhere and _("not for %s") % elsewhere) or standing.mark.host
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{said}: {below}">'
        '<rect width="{w}" height="{h}" rx="6" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
        '<path d="M10 14 L26 8 L42 14 V34 C42 45 34 52 26 56 C18 52 10 45 10 34 Z" fill="{colour}"/>'
        '<path d="{sign}" fill="none" stroke="#ffffff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'
        '<g font-family="Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif">'
        '<text x="52" y="22" font-size="15" font-weight="600" fill="{colour}">{said}</text>'
        '<text x="52" y="39" font-size="12" fill="#1c2530">{below}</text>'
        '<text x="52" y="55" font-size="11" fill="{grey}">{checked} {at}</text>'
        '<g visibility="hidden"><set attributeName="visibility" to="visible" begin="{seconds}s" fill="freeze"/>'
        '<rect width="{w}" height="{h}" rx="6" fill="{grey}"/>'
        '<text x="14" y="38" font-size="15" fill="#ffffff">{stale}</text></g></g></svg>',
        w=WIDTH,
        h=HEIGHT,
        said=said,
        below=_short(below),
        colour=colour,
        sign="M17 31 L24 38 L35 24" if colour == GREEN else "M18 24 L34 40 M34 24 L18 40",
        grey=GREY,
        checked=_("Checked at"),
        at=_minute(standing.checked_at),
        seconds=minutes * 60,
        stale=_("Out of date: reload the page"),
    )


def words(standing: Standing, elsewhere: str = "") -> tuple[str, str]:
    """(colour, what it says)."""
    if elsewhere:
        return RED, _("Mark of another site")
    names = {
        "good": (GREEN, _("Identity verified")),
        "suspended": (GREY, _("Mark suspended")),
        "expired": (GREY, _("Mark expired")),
        "revoked": (RED, _("Mark revoked")),
    }
    return names[standing.code]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(clock.CITY):%Y-%m-%d %H:%M}"


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:27] + "…"
