"""The template library of the house: `{% load chengxin %}`. Rooms use it by name only, never by Python import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django import template
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chengxin.accounts.access import actor_of
from chengxin.kernel import clock, language, money
from chengxin.kernel.masking import mask
from chengxin.kernel.tables import FORMATS, Column, TableView
from chengxin.law import law
from chengxin.law.errors import LawUnknown, NotInForce
from chengxin.notices.queries import article_of
from chengxin.subjects.queries.persons import names_of
from chengxin.web.doors import Entry

register = template.Library()


@cache
def icon_paths() -> dict[str, str]:
    """Name -> path elements of the vendored Tabler icons (MIT), one a line in icons.txt."""
    lines = (Path(__file__).parents[1] / "icons.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """A decorative inline icon; KeyError for a name that is not in icons.txt, so that a typing error fails in tests."""
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css,
        mark_safe(icon_paths()[name]),  # noqa: S308 - our own vendored file
    )


@register.simple_tag
def door_link(entry: Entry) -> SafeString:
    """A link of the shell; every page draws some thirty of them, which as a template of its own would take half the time of a page."""
    current = mark_safe(' aria-current="page"') if entry.current else ""
    return format_html('<a href="{}"{}>{}{}</a>', entry.url, current, icon(entry.icon), entry.label)


@register.filter
def said(pair: Mapping[str, str] | object | None) -> str:
    """The reader's language of a {"zh", "en"} pair or of an object with .zh and .en."""
    return language.pick(pair) if pair else ""


@register.filter
def yuan(fen: int | None) -> str:
    """123456 -> 1,234.56."""
    return "" if fen is None else money.yuan_for_people(fen)


@register.filter
def in_yuan(fen: int | None) -> str:
    """123456 -> 1,234.56元 or 1,234.56 yuan: an amount that no column head gives its unit."""
    return "" if fen is None else _("%(amount)s yuan") % {"amount": money.yuan_for_people(fen)}


@register.filter
def department(code: str) -> str:
    """A department's code in the reader's language, as it is called today; what is no department's code stays as it is."""
    try:
        return language.pick(law.at(clock.today()).department(code)) if code else ""
    except (LawUnknown, NotInForce):
        return code


@cache
def read_fields() -> dict[str, dict[str, str]]:
    """read_fields.yaml: the code of what was opened -> {"zh", "en"}."""
    text = (Path(__file__).parents[1] / "read_fields.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


@register.filter
def opened(fields: list[str]) -> str:
    """What a read opened, in words: ["id_doc_no", "phone"] -> 证件号码、电话."""
    words = [language.pick(read_fields()[one]) if one in read_fields() else one for one in fields]
    return _(", ").join(dict.fromkeys(words))


@register.simple_tag
def actor_names(rows: Iterable[Any]) -> dict[str, str]:
    """The names behind the `actor` of many rows ("user:<uuid>"), for `{{ names|get:one.actor }}`; a job's name stays as it is."""
    return names_of({str(one.actor) for one in rows})


@register.filter
def masked(value: str, rule: str) -> str:
    """`{{ person.name|masked:"name,public" }}`: a personal value as the named audience may see it."""
    kind, audience = rule.split(",")
    return mask(kind, value, audience)  # type: ignore[arg-type]


@register.simple_tag(takes_context=True)
def name_for(context: Mapping[str, Any], subject: Any) -> str:
    """A subject's name as the reader may see it: whoever it is reads their own whole name, everybody else the one of the register."""
    own = subject.is_natural and subject.pk in actor_of(context["request"]).subjects
    return str(subject.own_name if own else subject.name)


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """A key of a mapping when the key is itself a variable."""
    return mapping.get(key, "")


@register.filter
def city_day(value: date | datetime | None) -> str:
    """An ISO day in the city's calendar; the one form both languages read without doubt."""
    if value is None:
        return ""
    return f"{clock.city_day(value) if isinstance(value, datetime) else value:%Y-%m-%d}"


@register.filter
def city_time(value: datetime | None) -> str:
    """ISO day and minute in the city's time."""
    return "" if value is None else f"{value.astimezone(clock.CITY):%Y-%m-%d %H:%M}"


@register.simple_tag(takes_context=True)
def query_with(context: Mapping[str, Any], **changes: Any) -> str:
    """The present query string with keys changed; an empty value removes the key. Paging starts again unless `page` is given."""
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return "?" + query.urlencode()


@register.simple_tag
def days_left(due: date) -> str:
    """How far the clock is from its day, in words."""
    days = (due - clock.today()).days
    if days < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


@register.inclusion_tag("web/parts/clock.html")
def clock_badge(due: date | None, colour: str = "green", turn: str = "", article: str = "", of: Any = None) -> dict[str, Any]:
    """A legal clock: its day, the days left, whose turn it is, the article it comes from; of: the row it stands on, whose article is
    looked up where the page does not give it."""
    return {"due": due, "colour": colour, "turn": turn, "article": article or (article_of(of, due) if of and due else "")}


@register.simple_tag
def day_comes_from(row: Any, due: date | None) -> str:
    """The article of a last day that a sentence names, not a badge."""
    return article_of(row, due) if row and due else ""


@register.simple_tag
def last_day(row: Any, due: date | None) -> str:
    """A last day with the article it comes from, where a list has no room for a badge."""
    article = day_comes_from(row, due)
    return format_html('{} <span class="muted small">{}</span>', city_day(due), article) if article else city_day(due)


@register.inclusion_tag("web/parts/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """`{% crumbs _("Clues") queue_url number %}`: label, URL, …, and the label of this page."""
    pairs = list(zip(parts[:-1:2], parts[1::2], strict=False))
    return {"steps": [*pairs, (parts[-1], "")]}


@register.inclusion_tag("web/parts/stat.html")
def stat(label: str, value: Any, url: str = "", colour: str = "", *, note: str = "", icon_name: str = "") -> dict[str, Any]:
    """One number as a list item of <ul class="stats">; it links to what it is made of. Nothing counted is nothing to warn of: no colour."""
    return {"label": label, "value": value, "url": url, "colour": colour if value else "", "note": note, "icon_name": icon_name}


@register.inclusion_tag("web/parts/empty.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "", icon_name: str = "inbox") -> dict[str, Any]:
    """An empty page that says what to do next."""
    return {"title": title, "text": text, "url": url, "label": label, "icon_name": icon_name}


@register.inclusion_tag("web/parts/reasons.html")
def reason_list(reasons: Any) -> dict[str, Any]:
    """Reasons with their weights, strongest first: objects with zh, en and percent."""
    return {"reasons": reasons}


@register.inclusion_tag("web/parts/field.html")
def field(bound: Any) -> dict[str, Any]:
    """A form field with label, help and errors tied to it."""
    return {"field": bound}


FEW = 3  # fields that one sees at a glance


@register.simple_tag
def wrong_fields(form: Any) -> list[Any]:
    """The fields to be corrected, for the head of a form too long to be seen at a glance."""
    return [bound for bound in form if bound.errors and not bound.is_hidden] if len(form.fields) > FEW else []


@register.inclusion_tag("web/parts/choices.html")
def choices(bound: Any, *, grid: bool = False) -> dict[str, Any]:
    """Radio buttons or boxes as a fieldset of large targets; grid: many short ones, side by side."""
    return {"field": bound, "grid": grid}


@register.inclusion_tag("web/parts/table.html", takes_context=True)
def table(context: Mapping[str, Any], view: TableView, *, heading: bool = False) -> dict[str, Any]:
    """A list of chengxin.kernel.tables with its filters, order, pages and exports; heading: its caption is shown, for a page of several."""
    links = _Links(context["request"].GET, view)
    mine = {"sort", "page", "export", *(one.key for one in view.table.filters)}
    kept = [(key, value) for key, value in context["request"].GET.items() if key.removeprefix(view.prefix) not in mine - {"sort"}]
    return {
        "request": context["request"],
        "table": view,
        "heading": heading,
        "heads": [links.head(column) for column in view.columns],
        "page_links": [links.page(number) for number in view.pages],
        "exports": [{"label": name, "url": links.to(export=name)} for name in FORMATS],
        "kept": kept,
        "clear_url": links.to(**dict.fromkeys([one.key for one in view.table.filters], "")),
    }


class _Links:
    """The query strings of one table on a page that may hold several."""

    def __init__(self, query: QueryDict, view: TableView) -> None:
        self.query, self.view = query, view

    def to(self, **changes: Any) -> str:
        query = self.query.copy()
        for name in ("page", "export", *changes):
            query.pop(self.view.prefix + name, None)
        for name, value in changes.items():
            if value != "":
                query[self.view.prefix + name] = str(value)
        return "?" + query.urlencode()

    def head(self, column: Column) -> dict[str, str]:
        css = "num" if column.kind in ("number", "money") else ""
        if not column.sort or not self.view.table.tools:
            return {"label": str(column.label), "url": "", "aria": "", "css": css}
        key, down = self.view.sort
        aria = "" if key != column.key else "descending" if down else "ascending"
        turned = f"-{column.key}" if aria == "ascending" else column.key
        return {"label": str(column.label), "url": self.to(sort=turned), "aria": aria, "css": css}

    def page(self, number: int | str) -> dict[str, Any]:
        if not isinstance(number, int):
            return {"label": "…", "url": "", "current": False}
        return {"label": number, "url": self.to(page=number), "current": number == self.view.page.number}
