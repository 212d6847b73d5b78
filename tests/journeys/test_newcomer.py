"""From a fresh copy to an open city, as README and handbook say; the walk inside the city is in test_handbook.py, where one is loaded."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from chengxin.accounts.demo import PASSWORD as DEMO_PASSWORD
from chengxin.cli import parser
from tests.journeys import newcomer
from tests.journeys.newcomer import PAGES, ROOT, steps

pytestmark = pytest.mark.one_database
PATIENCE = 300  # seconds; the city is open in a tenth of it, and a machine may be busy


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_its_five_steps_and_names_a_person_of_the_demo(language: str) -> None:
    start, clue, complaint, proof, kept = steps(PAGES[language])
    assert start.commands == (("python3", "dev.py", "run"),) and start.codes == (DEMO_PASSWORD,)
    assert (len(clue.words), len(complaint.words), len(proof.words)) == (7, 6, 3)
    assert clue.codes == ("officer.samr",)
    assert parser().parse_args(proof.commands[0][1:])
    assert [words[0] for words in kept.commands] == ["echo", "chengxin", "chengxin", "chengxin"]


def test_both_readmes_lead_there() -> None:
    for name, page in (("README.md", "newcomer.md"), ("README.zh.md", "newcomer.zh.md")):
        assert f"docs/handbook/{page}" in (ROOT / name).read_text(encoding="utf-8")


def test_a_fresh_copy_opens_the_city_lists_who_one_can_be_and_is_kept_and_brought_back(migrated: Path, tmp_path: Path) -> None:
    """`python3 dev.py run` installs and then is `chengxin demo`; the process is the real one, its data directory new."""
    import dev

    [command] = steps(PAGES["en"])[0].commands
    assert command[2] in dev.COMMANDS and '"chengxin.cli", "demo"' in (ROOT / "dev.py").read_text(encoding="utf-8")
    text = PAGES["en"].read_text(encoding="utf-8")
    assert f"localhost:{parser().parse_args(['demo']).port}>" in text
    data = shutil.copytree(migrated, tmp_path / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {**os.environ, "CHENGXIN_DATA": str(data), "PYTHONPATH": str(ROOT), "CHENGXIN_ORIGIN": f"http://localhost:{port}"}
    home.pop("DJANGO_SETTINGS_MODULE", None)
    home.pop("DATABASE_URL", None)
    house = subprocess.Popen([sys.executable, "-m", "chengxin.cli", "demo", "--port", str(port)], env=home, start_new_session=True)
    try:
        page = _opened(f"http://127.0.0.1:{port}/accounts/login/", house)
        newcomer.keeps_and_brings_back(steps(PAGES["en"])[4], tmp_path)
    finally:
        os.killpg(house.pid, signal.SIGTERM)
        house.wait(60)
    for person in (*steps(PAGES["en"])[1].codes, "leader", "secadmin"):
        assert re.search(rf"\b{re.escape(person)}\b", page), f"the sign-in page does not list {person}"
    assert DEMO_PASSWORD in page


def _opened(address: str, house: subprocess.Popen[bytes]) -> str:
    """The page as soon as the house answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert house.poll() is None, "the house ended before it was open"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the city is not open")


def test_the_twin_a_word_that_nothing_is_called_by_fails_the_walk(chromium: object) -> None:
    from tests.journeys.browser import Visitor

    visitor = Visitor(chromium, "http://localhost")
    visitor.page.set_content("<main><a href='#'>Clues</a></main>")
    one = newcomer.Newcomer(visitor, [], "")
    one.sees("Clues")
    with pytest.raises(AssertionError, match="Cloes"):
        one.presses("Cloes")
    with pytest.raises(AssertionError, match="is not to be seen"):
        one.sees("What is due")
    visitor.context.close()
