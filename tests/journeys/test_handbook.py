"""The handbook shows every page a person meets, and every page shown is sound: 200, no console error, axe, no sideways scroll.

`CHENGXIN_WRITE_PICTURES=1 python -m pytest tests/journeys/test_handbook.py` renews docs/handbook/images; names of pages with commas between
them, in place of the 1, renew only those. The city is loaded once: a newcomer's walk through it comes after the pages.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from PIL import Image

from chengxin.accounts.demo import PASSWORD
from chengxin.accounts.models import RoleGrant
from chengxin.detection.models import Run
from chengxin.facts.models import Receipt
from chengxin.records.models import Objection
from chengxin.subjects.models import Shop, Subject
from chengxin.supervision.models import Clue
from tests.journeys import handbook_pages, newcomer, small_city
from tests.journeys.browser import PHONE, WIDE, Visitor
from tests.journeys.handbook_pages import MAIN, PAGES, Page

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "handbook"
IMAGES = HANDBOOK / "images"
ASKED = os.environ.get("CHENGXIN_WRITE_PICTURES", "")
WRITING = bool(ASKED)
MOST_BYTES = 6 * 1024 * 1024
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Texts of a Chinese page with three English words in a row, code and the language switch left out.
ENGLISH = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), inside = walk.currentNode.parentElement;
    const code = inside.closest(".mono, pre, code, script, textarea, [lang=en]");
    if (!code && /[A-Za-z]{2,}(\\s+[A-Za-z]{2,}){2,}/.test(text)) found.push(text);
  }
  return found;
}"""
# The elements that reach beyond the right edge of the page, when it scrolls sideways.
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const wide = [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > edge + 1);
  const told = wide.filter((one) => !one.closest(".table-scroll, .picture-scroll")).map((one) => one.outerHTML.slice(0, 160));
  return told.length ? told.slice(0, 3) : ["something in the header or a scrolling box"];
}"""


@pytest.fixture
def city(transactional_db: None, settings: Any) -> Iterator[handbook_pages.Places]:
    """The small city with somebody's work in it; where its pages are."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with pytest.MonkeyPatch.context() as patch:
        small_city.stop_the_clock(patch)
        small_city.open_city(patch)
        yield _places()


def _places() -> handbook_pages.Places:
    ring, parcels, prices = (small_city.clue_of(code) for code in ("B01", "B07", "B13"))
    asked = small_city.ask_a_platform(prices)
    small_city.some_verdicts(ring, parcels, prices)
    faulty = small_city.report_with_errors(asked.platform)
    small_city.complaints_alike(asked.platform)
    small_city.found_at_the_platform(asked.platform)
    small_city.a_grant_to_confirm()
    shop = Shop.objects.filter(platform__code=asked.platform, state="VERIFIED").order_by("shop_id").first()
    firm = Subject.objects.filter(kind="1", shops__isnull=False).order_by("name").first()
    assert shop and firm
    disputed = Objection.objects.get().record
    return {
        "platform": asked.platform,
        "ring": ring.page_url,
        "ring_officer": small_city.handler_of(ring),
        "parcels": parcels.page_url,
        "parcels_officer": small_city.handler_of(parcels),
        "prices": prices.page_url,
        "prices_officer": small_city.handler_of(prices),
        "request": asked.page_url,
        "faulty": faulty.page,
        "receipt": Receipt.objects.filter(platform=asked.platform, kind="order", quarantined=0).first().page,  # type: ignore[union-attr]
        "shop": str(shop.pk),
        "subject": str(firm.pk),
        "recorded": str(disputed.subject_id),
        "record": disputed.number,
        "run": Run.objects.order_by("-started_at").first().get_absolute_url(),  # type: ignore[union-attr]
        "person": str(RoleGrant.objects.waiting().get().user_id),  # type: ignore[attr-defined]
        "client": str(small_city.a_client(asked.platform).pk),
        "job": small_city.a_running_job("officer.samr").page,
    }


def test_every_page_of_the_handbook_is_sound_in_both_languages_wide_and_on_a_phone(chromium, live_server, city, nightly, tmp_path):
    wrong: list[str] = []
    for short, language in LANGUAGES.items():
        seen: dict[str, Reader] = {}
        for place, page in enumerate(PAGES):
            if WRITING and ASKED != "1" and page.name not in ASKED.split(","):
                continue
            if not (nightly or WRITING) and place % 4 != (0 if short == "zh" else 2):
                continue  # by day one page in two, by turns in Chinese and in English
            who = page.who.format(**city)
            if who not in seen:
                seen[who] = Reader(chromium, live_server.url, language, who)
            seen[who].look(page, short, page.path.format(**city), turn=-1 if nightly else place // 2 % 2)
        for reader in seen.values():
            wrong += reader.wrong
            reader.context.close()
    assert not wrong, "\n".join(wrong)
    if not WRITING:
        newcomers_walk(chromium, live_server.url, tmp_path, ["en", "zh-hans"] if nightly else ["zh-hans"])


@pytest.fixture
def nightly(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--nightly"))


class Reader(Visitor):
    """Somebody who is signed in and looks at pages in two sizes."""

    def __init__(self, chromium: Any, base: str, language: str, who: str) -> None:
        super().__init__(chromium, base, language)
        self.at = ""
        self.page.on("response", lambda said: self.note(f"{said.status} {said.url}") if said.status >= 400 else None)
        if who:
            client = Client()
            client.force_login(small_city.person(who), backend="django.contrib.auth.backends.ModelBackend")
            self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])
            self.context.set_extra_http_headers({"X-Purpose": quote("核查线索")})

    def note(self, what: str) -> None:
        self.wrong.append(f"{self.at} ({self.language}): {what}")

    def look(self, page: Page, short: str, path: str, *, turn: int) -> None:
        """Wide, then as a phone. axe looks at Chinese wide (turn 0) or at English on a phone (turn 1); at all four when it is -1."""
        self.at = page.name
        self.page.set_viewport_size(WIDE)
        answer = self.page.goto(self.base + path)
        if answer is None or answer.status != 200 or answer.request.redirected_from is not None:
            self.note(f"{path} led to {answer and answer.status} {self.page.url}")
            return
        lang = self.page.get_attribute("html", "lang")
        if lang != {"zh": "zh-Hans", "en": "en"}[short]:
            self.note(f"html lang is {lang}")
        if short == "zh" and (english := self.page.evaluate(ENGLISH)):
            self.note(f"not in Chinese: {english}")
        if turn < 0 or (turn == 0 and short == "zh"):
            self.check()
        if WRITING:
            keep(self.page, f"{page.name}-{short}-wide.webp", WIDE["width"], page.tall)
        self.page.set_viewport_size(PHONE)
        self._fits()
        if turn < 0 or (turn == 1 and short == "en"):
            self.check()
        if WRITING and short == "zh" and page.name in MAIN:
            keep(self.page, f"{page.name}-{short}-phone.webp", PHONE["width"], page.tall)

    def _fits(self) -> None:
        over = self.page.evaluate(TOO_WIDE)
        if over:
            self.note(f"scrolls sideways at 390 px: {over}")


def keep(page: Any, name: str, width: int, tallest: int) -> None:
    """A picture of the top of the page, WebP without loss: two thirds of what the same pixels take as PNG."""
    tall = min(page.evaluate("document.documentElement.scrollHeight"), tallest)
    shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
    IMAGES.mkdir(exist_ok=True)
    reduced(Image.open(io.BytesIO(shot)).convert("RGB")).convert("RGB").save(IMAGES / name, lossless=True, quality=100, method=4)


def reduced(picture: Image.Image) -> Image.Image:
    """At most 64 colours: the commonest exactly, so that grounds stay what they are, and as many that cover the rest."""
    common = [colour for _n, colour in sorted(picture.getcolors(1 << 24), reverse=True)[:32]]
    rest = picture.quantize(32, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in common for part in colour] + rest[: 32 * 3])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def newcomers_walk(chromium: Any, address: str, folder: Path, languages: list[str]) -> None:
    """After the pictures, for it changes the city: a clue dismissed, a complaint followed by code, a proof verified alone."""
    for language in languages:
        visitor = Visitor(chromium, address, language)
        walk = newcomer.Newcomer(visitor, newcomer.steps(newcomer.PAGES[language]), PASSWORD)
        number = walk.dismisses_a_clue()
        assert Clue.objects.get(number=number).state == "DISMISSED"
        walk.complains_and_follows()
        walk.verifies_without_us(folder)
        visitor.done()


def test_what_is_wrong_with_a_page_is_seen(chromium):
    page = chromium.new_context(viewport=PHONE).new_page()
    page.set_content("<main><p>有问题 Good rows are accepted</p><p class='mono'>not a text here</p><p style='width:500px'>宽</p></main>")
    assert page.evaluate(ENGLISH) == ["有问题 Good rows are accepted"]
    assert len(page.evaluate(TOO_WIDE)) == 1
    page.set_content("<main><p>没有问题</p><div class='table-scroll' style='overflow-x:auto'><p style='width:500px'>宽</p></div></main>")
    assert page.evaluate(ENGLISH) == [] and page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_handbook_shows_each_page_in_both_languages(page: Page) -> None:
    for name, short in ((f"{page.chapter}.md", "en"), (f"{page.chapter}.zh.md", "zh")):
        text = (HANDBOOK / name).read_text(encoding="utf-8")
        assert f"](images/{page.name}-{short}-wide.webp)" in text, f"{name} does not show {page.name}"


def test_every_picture_is_shown_and_together_they_are_small() -> None:
    kept = {path.name for path in IMAGES.glob("*.webp")}
    told = "".join(path.read_text(encoding="utf-8") for path in HANDBOOK.glob("*.md"))
    assert kept == {name for name in kept if f"images/{name}" in told}
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < MOST_BYTES
