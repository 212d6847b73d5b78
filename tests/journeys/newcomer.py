"""A newcomer follows docs/handbook/newcomer.md: what is pressed and looked for are the page's bold words, what is typed are its commands.

A changed text that no longer fits the product fails the walk, and so does a changed product that no longer fits the text.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.browser import Visitor

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"en": ROOT / "docs" / "handbook" / "newcomer.md", "zh-hans": ROOT / "docs" / "handbook" / "newcomer.zh.md"}
WORDS = {"text": "收到的木耳发霉，商家拒绝退货。", "request": "退还货款", "name": "欧阳示例", "phone": "10012345678"}


@dataclass(frozen=True)
class Step:
    """One numbered section: its bold words in order, what stands as code in it, its commands."""

    words: tuple[str, ...]
    codes: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


def steps(page: Path) -> list[Step]:
    """The numbered sections of the page."""
    made = []
    for text in re.split(r"^## \d\. .*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
        plain = re.sub(r"```.*?```", "", text, flags=re.S)
        lines = tuple(tuple(shlex.split(line)) for block in blocks for line in block.splitlines() if line)
        made.append(Step(tuple(re.findall(r"\*\*(.+?)\*\*", plain)), tuple(re.findall(r"`([^`]+)`", plain)), lines))
    return made


class Newcomer:
    """Somebody with a browser and the page beside it."""

    def __init__(self, visitor: Visitor, given: list[Step], password: str) -> None:
        self.visitor, self.page, self.given, self.password = visitor, visitor.page, given, password

    def presses(self, word: str) -> None:
        """The first link or button that is called so; in a closed menu it is opened first."""
        found = self.page.locator("a, button").filter(has_text=re.compile(rf"^\s*{re.escape(word)}\s*$")).first
        assert found.count(), f"{self.page.url}: nothing to press is called “{word}”"
        if not found.is_visible():
            found.locator("xpath=ancestor::details[1]/summary").click()
        found.click()
        self.page.wait_for_load_state()

    def sees(self, word: str) -> None:
        shown = self.page.locator("main").get_by_text(word, exact=False).first
        assert shown.count() and shown.is_visible(), f"{self.page.url}: “{word}” is not to be seen"

    def dismisses_a_clue(self) -> str:
        """Section 2; returns the number of the clue."""
        clues, why, harmless, dismiss, confirm, home, leave = self.given[1].words
        self.visitor.sign_in(self.given[1].codes[0], self.password)
        self.presses(clues)
        self.page.locator("main table tbody a").first.click()
        number = self.page.url.rstrip("/").split("/")[-1]
        self.sees(why)
        self.sees(harmless)
        self.presses(dismiss)
        self.page.locator("main form input[name=pattern]").first.check()
        self.page.fill("main form [name=reason]", "已核对订单与发货记录，属团购")
        self.page.locator("main form button").filter(has_text=confirm).click()
        self.sees(home)
        self.presses(leave)
        return str(number)

    def complains_and_follows(self) -> None:
        """Section 3: the form, the code that is shown once, and the way back by it in a browser that knows nothing."""
        entry, wish, send, again, known, look = self.given[2].words
        self.visitor.go("/")
        self.presses(entry)
        self.presses(wish)
        for name, text in {**WORDS, "shop": self.given[2].codes[0]}.items():
            self.page.fill(f"main [name={name}]", text)
        self.presses(send)
        code, number = (self.page.locator(place).first.inner_text().strip() for place in ("#code", "main dd.mono"))
        kept = [one for one in self.page.context.cookies() if one["name"] == "django_language"]
        self.page.context.clear_cookies()
        self.page.context.add_cookies(kept)
        self.visitor.go("/")
        self.presses(again)
        self.presses(known)
        self.page.fill("main [name=code]", code)
        self.presses(look)
        self.sees(number)

    def verifies_without_us(self, folder: Path) -> None:
        """Section 4: a proof from the log, checked by the command of the page, and again after one letter was changed."""
        verify, log, keep = _reordered(self.given[3].words)
        [(program, *command)] = self.given[3].commands
        self.visitor.go("/verify/")
        self.sees(verify)
        self.presses(log)
        self.page.locator("main table tbody a").first.click()
        with self.page.expect_download() as found:
            self.presses(keep)
        file = folder / command[-1]
        found.value.save_as(file)
        assert program == "chengxin"
        assert says([*command[:-1], str(file)], NOWHERE).returncode == 0
        proof = json.loads(file.read_text(encoding="utf-8"))
        proof["leaf"]["body"] = proof["leaf"]["body"].replace("system", "systen", 1) + " "
        file.write_text(json.dumps(proof), encoding="utf-8")
        assert says([*command[:-1], str(file)], NOWHERE).returncode == 1


def _reordered(words: tuple[str, ...]) -> tuple[str, str, str]:
    """(verify, log, keep): English and Chinese name the log and the page it is opened from in another order."""
    first, second, keep = words
    return (second, first, keep) if first in ("Public log", "公开日志") else (first, second, keep)


NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def says(command: list[str], database: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`chengxin` as a process of its own."""
    around = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **({"DATABASE_URL": database} if database else {})}
    words = [sys.executable, "-m", "chengxin.cli", *command]
    return subprocess.run(words, capture_output=True, text=True, env=around, cwd=folder, check=False)


def keeps_and_brings_back(given: Step, folder: Path) -> None:
    """Section 5, in a folder whose `data` is the city: a backup while it serves, brought back into a new directory, and checked there."""
    for program, *words in given.commands:
        if program == "echo":
            text, _into, file = words
            (folder / file).write_text(text + "\n", encoding="utf-8")
            continue
        done = says(words, folder=folder)
        assert program == "chengxin" and done.returncode == 0, (words, done.stdout, done.stderr)
    assert "no fault found" in done.stdout
