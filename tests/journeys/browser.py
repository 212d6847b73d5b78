"""A visitor in a real browser: Chinese or English, wide or phone; every page it leaves is checked with axe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Set to a folder to keep pictures of the pages, as the handbook shows them.
SHOTS = os.environ.get("CHENGXIN_SHOTS", "")


class Visitor:
    """Somebody with a browser: console errors and accessibility violations are kept and fail the test at the end."""

    def __init__(self, chromium: Any, base: str, language: str = "zh-hans", size: dict[str, int] | None = None) -> None:
        self.base, self.language, self.phone = base, language, size == PHONE
        self.context = chromium.new_context(viewport=size or WIDE, base_url=base, locale="zh-CN")
        self.context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.clicks = 0
        self.page.on("console", lambda said: self.wrong.append(f"console: {said.text}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))

    def go(self, path: str) -> Visitor:
        self.page.goto(self.base + path)
        return self

    def click(self, selector: str) -> Visitor:
        self.clicks += 1
        self.page.click(selector)
        return self

    def sign_in(self, name: str, password: str) -> Visitor:
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", name)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button:not([name])")
        return self

    def check(self, name: str = "") -> Visitor:
        """axe on this page, no sideways scroll, and a picture when they are kept."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_load_state()  # a click may still be on its way
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        self.wrong += [f"{self.page.url} axe {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.wrong.append(f"{self.page.url} scrolls sideways by {wide} px at {self.page.viewport_size}")
        if SHOTS and name:
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}-{self.language[:2]}{'-phone' if self.phone else ''}.png", full_page=True)
        return self

    def done(self) -> None:
        self.context.close()
        assert not self.wrong, "\n".join(self.wrong)
