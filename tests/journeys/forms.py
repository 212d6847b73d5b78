"""A person with a form and no browser: what the page has filled in stays, what is given is written, and the button is pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Form:
    """A form of a page: where it goes, and what stands in its fields."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Collects the forms of a page with the values they show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "textarea" and self.forms:
            self._area = name
            self.forms[-1].fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self.forms and self._select and ("selected" in given or self._select not in self.forms[-1].fields):
            self.forms[-1].fields[self._select] = given.get("value", "")
        elif tag == "input" and self.forms and name and _is_sent(given):
            self.forms[-1].fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            self.forms[-1].fields[self._area] += data.lstrip("\n")


def _is_sent(given: dict[str, str]) -> bool:
    """Whether a browser would send this input as it stands."""
    kind = given.get("type", "text")
    return kind not in ("file", "submit", "button") and (kind not in ("radio", "checkbox") or "checked" in given)


def forms_of(page: str) -> list[Form]:
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def fill(browser: Client, address: str, end: str = "", **given: Any) -> Any:
    """Open a page, write into the form whose action ends so (or that has these fields), send it; the answer, which must be a redirect."""
    page = browser.get(address)
    assert page.status_code == 200, (address, page.status_code)
    found = [one for one in forms_of(page.content.decode()) if (one.action.endswith(end) if end else given.keys() & one.fields.keys())]
    assert found, f"no such form on {address}: {end or list(given)}"
    answer = browser.post(found[0].action or address, {**found[0].fields, **given})
    assert answer.status_code == 302, (address, end, answer.status_code, _said(answer.content.decode()))
    return answer


def _said(page: str) -> list[str]:
    """The sentences of refusal on a page."""
    parts = page.split('class="invalid-feedback')[1:] + page.split('class="notice notice-error')[1:]
    return [part[:300] for part in parts]
